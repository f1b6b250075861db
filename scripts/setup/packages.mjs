import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseInUse } from './in-use.mjs';
import { ClearError, say, seconds } from './say.mjs';

const OLDEST_NODE = [20, 9];

/** Runs before anything is installed, so it uses nothing but Node. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new ClearError(
    `Pupil needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${version}. Get it at https://nodejs.org`,
  );
}

/** Installs the packages of the lockfile when they are not all there in their exact versions. */
export async function ensurePackages(root) {
  if (missingPackage(root) === null) return;
  refuseInUse(root);
  const started = Date.now();
  say('packages', 'installing from the lockfile, about a minute ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The two optional engines would fetch CUDA libraries in their install scripts; set-up does so itself where there is
  // a GPU.
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip',
  };
  const { code, output } = await capture(npm, ['ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: root, env });
  if (code !== 0) throw new ClearError(`npm ci failed:\n${output.trim().split('\n').slice(-15).join('\n')}`);
  const missing = missingPackage(root);
  if (missing)
    throw new ClearError(`npm ci ended well, but ${missing} is missing. Delete node_modules and start again.`);
  say('packages', `installed in ${seconds(started)}`);
}

/**
 * The first package that the lockfile wants and node_modules lacks, or null. npm writes node_modules/.package-lock.json
 * as its last step, so an install that was cut off never looks complete. Packages for other platforms may be absent.
 */
export function missingPackage(root) {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'node_modules';
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { packages: installed } = JSON.parse(readFileSync(installedFile, 'utf8'));
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const found = installed[path];
    if (found ? found.version !== entry.version : !mayBeAbsent(entry)) return path;
  }
  return null;
}

const mayBeAbsent = (entry) => Boolean(entry.optional || entry.devOptional || entry.peer);

/** Runs a command to its end and keeps what it printed. */
export function capture(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
