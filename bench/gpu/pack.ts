import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MEBIBYTE = 1024 ** 2;
/** What fits on the ways into a closed network that we know. */
const MOST = 60 * MEBIBYTE;

const require = createRequire(import.meta.url);

/** Folders of this machine that may hold Vulkan's loader, besides those that its linker knows. */
const LOADER_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/lib/chromium'];

const README = `Pupil's learning engine on a graphics processor, for a Linux x64 machine with a driver and nothing else.

    ./run.sh                      training and embedding, images a second; beside PyTorch where python3 has it
    ./run.sh --profile            the time of each kernel as well
    ./run.sh --software --nets s --batches 4 --sides 64 --seconds 1
                                  on a software device too, which is slow
    ./run.sh --seconds 10 --json  how long each figure is measured, and one line of JSON at the end

The first start unpacks pupil-gpu.tar.xz into unpacked/ (or the folder in PUPIL_GPU_HOME).
`;

/**
 * `npm run bench -- pack-gpu [--out FOLDER]`: packs what a bare Linux x64 machine with a driver needs to train and
 * embed on its graphics processor into one folder below 60 MiB: this Node, a bundle of the engine with the measurement,
 * the WebGPU addon, onnxruntime, the built-in backbone, and the Vulkan loader where this machine has one.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { out: { type: 'string', default: 'pupil-gpu' } } });
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`Only a Linux machine on x64 packs for its like; this is ${process.platform} on ${process.arch}.`);
  const out = resolve(values.out);
  const staging = join(tmpdir(), `pupil-gpu-${process.pid}`);
  mkdirSync(join(staging, 'dist'), { recursive: true });
  try {
    await bundle(join(staging, 'dist'));
    copyFileSync(process.execPath, join(staging, 'node'));
    chmodSync(join(staging, 'node'), 0o755);
    copyPackages(staging);
    const loader = LOADER_FOLDERS.map((folder) => join(folder, 'libvulkan.so.1')).find((file) => existsSync(file));
    if (loader === undefined) console.log('No Vulkan loader is here to pack: the other machine needs its own.');
    else {
      mkdirSync(join(staging, 'lib'));
      cpSync(loader, join(staging, 'lib', 'libvulkan.so.1'), { dereference: true });
    }
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    compress(staging, join(out, 'pupil-gpu.tar.xz'));
    copyFileSync(join(ROOT, 'bench/gpu/run.sh'), join(out, 'run.sh'));
    chmodSync(join(out, 'run.sh'), 0o755);
    writeFileSync(join(out, 'README.txt'), README);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  const bytes = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  console.log(`${out}: ${(bytes / MEBIBYTE).toFixed(1)} MiB. Carry it over and start run.sh in it.`);
  if (bytes > MOST) throw new Error(`The folder is larger than ${MOST / MEBIBYTE} MiB.`);
}

/** The measurement with all that it imports, but native parts and what is read as a file. */
async function bundle(to: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { measure: 'bench/gpu/measure.ts', 'replica-worker': 'workers/ml/training/replica-worker.ts' },
    outdir: to,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['webgpu', 'onnxruntime-node', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  copyFileSync(join(ROOT, 'bench/gpu/pytorch.py'), join(to, 'pytorch.py'));
  copyFileSync(join(ROOT, 'bench/compare-pytorch.py'), join(to, 'compare_pytorch.py'));
  copyFileSync(join(ROOT, 'bench/embed-pytorch.py'), join(to, 'embed_pytorch.py'));
}

/** Of each package only what this system runs. */
function copyPackages(to: string): void {
  const copy = (name: string, keep: (path: string) => boolean): void => {
    const home = packageHome(name);
    cpSync(home, join(to, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter: (path) => keep(path.slice(home.length + 1)),
    });
  };
  copy('webgpu', (path) => !/^dist\/(?!linux-x64)/.test(path) && !path.startsWith('build'));
  copy(
    'onnxruntime-node',
    (path) => !/^bin\/napi-v\d+\/(?!linux(\/x64|$))/.test(path) && !/^(lib|script)\/.*\.ts$/.test(path),
  );
  copy('onnxruntime-common', (path) => !/^(lib|dist\/esm)/.test(path) && !path.endsWith('.map'));
  copy(
    '@mediapipe/objectron',
    (path) => path === '' || /^(package\.json|objectron_solution_packed_assets\.data)$/.test(path),
  );
}

function packageHome(name: string): string {
  let folder = dirname(require.resolve(name === '@mediapipe/objectron' ? `${name}/package.json` : name));
  while (!existsSync(join(folder, 'package.json')) || !folder.endsWith(name)) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`The package ${name} is not installed: run npm install.`);
    folder = above;
  }
  return folder;
}

function compress(from: string, to: string): void {
  const { status, stderr } = spawnSync('tar', ['-c', '-I', 'xz -6 -T0', '-f', to, '-C', from, '.'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tar with xz did not pack: ${stderr || 'is it installed?'}`);
}
