// `node scripts/run.mjs scripts/loop.ts --seed 1`: installs the packages when they are missing, then runs a TypeScript
// program.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages, requireNode } from './setup/packages.mjs';
import { fail } from './setup/say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [program, ...args] = process.argv.slice(2);

try {
  requireNode();
  await ensurePackages(root);
} catch (error) {
  fail(error);
}

const loader = new URL('../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
// The path of the program is ours; paths among its arguments are relative to where the person stands.
const child = spawn(process.execPath, ['--import', loader, resolve(root, program), ...args], { stdio: 'inherit' });

// Ctrl-C reaches the child by itself (one process group): we only wait for it to end its work.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal === 'SIGINT' ? 'SIGTERM' : signal);
  else process.exit(code ?? 1);
});
