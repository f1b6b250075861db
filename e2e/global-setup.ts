import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../db/embedded/free-port.ts';

const START_MS = 240_000;

/** Starts the product as a user does, with one command, on a free port and an empty data folder. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['PUPIL_E2E_URL']) return undefined;
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'pupil-e2e-'));
  const child = spawn(process.execPath, ['scripts/start.mjs', '--port', String(port), '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const started = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Pupil did not start within ${START_MS / 1000} s:\n${output}`)),
      START_MS,
    );
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!/\/setup\/[\w-]{20,}/.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`Pupil ended with ${code}:\n${output}`)));
  });
  await started;
  process.env['PUPIL_E2E_URL'] = `http://127.0.0.1:${port}`;
  process.env['PUPIL_E2E_SETUP_TOKEN'] = /\/setup\/([\w-]{20,})/.exec(output)?.[1] ?? '';
  return async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
}
