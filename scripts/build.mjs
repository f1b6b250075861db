import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { refuseInUse } from './setup/in-use.mjs';
import { capture, ensurePackages, requireNode } from './setup/packages.mjs';
import { ClearError, fail, say, seconds } from './setup/say.mjs';
import { filesBelow, hashOf, isFresh } from './setup/sources.mjs';

/** Pages import rooms other than these as types only (scripts/check-rooms.mjs), which vanish. */
const WEB_SOURCES = [
  'app',
  'core',
  'workers/ml',
  'public',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];
const PROCESS_SOURCES = [
  'core',
  'db',
  'server',
  'workers',
  'scripts/supervise',
  'scripts/setup',
  'scripts/build.mjs',
  'package-lock.json',
];

/**
 * Entry points of the processes. Threads and child processes start from files named `*-worker.ts` and `*-child.ts`,
 * found by name.
 */
const PROCESSES = {
  supervisor: 'scripts/supervise/main.ts',
  server: 'server/main.ts',
  trainer: 'workers/trainer/process/main.ts',
};
const THREAD = /-(worker|child)\.ts$/;

/** Builds what is missing or stale: the pages into .next, the processes into dist. */
export async function ensureBuilt(root, { force = false, web = true } = {}) {
  await buildProcesses(root, force);
  if (web) await buildPages(root, force);
}

async function buildProcesses(root, force) {
  const stamp = join(root, 'dist', 'stamp');
  const hash = hashOf(root, PROCESS_SOURCES);
  if (!force && isFresh(stamp, hash)) return;
  refuseInUse(root);
  const started = Date.now();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  const { build } = await import('esbuild');
  try {
    await build(processOptions(root, 'dist'));
  } catch (error) {
    throw new ClearError(`The server and trainer do not build: ${explainBuild(error)}`);
  }
  writeFileSync(stamp, hash);
  say('build', `processes built in ${seconds(started)}`);
}

/** How esbuild makes the processes' bundles. */
export const processOptions = (root, outdir) => ({
  absWorkingDir: root,
  entryPoints: entryPoints(root),
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'silent',
});

/** Where a build failed and why, a line each. */
export const explainBuild = (error) =>
  error.errors?.map(({ location, text }) => `${location?.file}:${location?.line}: ${text}`).join('\n') ?? error.message;

function entryPoints(root) {
  const threads = ['server', 'db', 'workers']
    .flatMap((room) => filesBelow(root, room))
    .filter((file) => THREAD.test(file));
  const entries = { ...PROCESSES, ...Object.fromEntries(threads.map((file) => [basename(file, '.ts'), file])) };
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file))));
}

async function buildPages(root, force) {
  const stamp = join(root, '.next', 'stamp');
  const hash = hashOf(root, WEB_SOURCES);
  if (!force && isFresh(stamp, hash)) return;
  refuseInUse(root);
  const started = Date.now();
  say('build', 'building the pages, about half a minute ...');
  rmSync(stamp, { force: true });
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const { code, output } = await capture(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: root,
    env,
  });
  if (code !== 0) throw new ClearError(`The pages do not build:\n${output.trim()}`);
  writeFileSync(stamp, hash);
  say('build', `pages built in ${seconds(started)}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    requireNode();
    await ensurePackages(root);
    await ensureBuilt(root, { force: process.argv.includes('--force') });
  } catch (error) {
    fail(error);
  }
}
