import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nextPause, ProcessKeeper } from './process-keeper.ts';

let folder = '';
let keeper: ProcessKeeper | null = null;
const messages: unknown[] = [];
const crashes: [string, number][] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pupil-keeper-'));
  messages.length = crashes.length = 0;
});
afterEach(async () => {
  await keeper?.stop();
  rmSync(folder, { recursive: true });
});

function keep(program: string, patienceMs = 5_000, log?: { limitBytes: number; lookMs: number }): void {
  const plan = {
    name: 'server' as const,
    args: ['-e', program],
    cwd: folder,
    env: process.env,
    logFile: join(folder, 'log'),
    patienceMs,
  };
  const events = {
    onMessage: (m: unknown) => messages.push(m),
    onCrash: (what: string, againMs: number) => crashes.push([what, againMs]),
  };
  keeper = new ProcessKeeper(plan, events, log);
  keeper.start();
}

test('OPS-5 the pause doubles up to half a minute, and starts anew after a healthy minute', () => {
  expect([0, 1_000, 2_000, 16_000, 30_000].map((last) => nextPause(last, 10))).toEqual([
    1_000, 2_000, 4_000, 30_000, 30_000,
  ]);
  expect(nextPause(30_000, 60_000)).toBe(1_000);
});

test('OPS-5 a process that ends by itself is told of and started again', async () => {
  keep('process.send(process.pid); setTimeout(() => process.exit(3), 10)');
  await vi.waitFor(() => expect(messages.length).toBe(2), 10_000);
  expect(crashes[0]).toEqual(['ended with code 3', 1_000]);
  expect(messages[0]).not.toBe(messages[1]);
});

test('OPS-5 stop waits until the work is ended, and nothing starts again', async () => {
  keep(
    `process.on('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(0); }, 50)); ` +
      `process.send('up'); setInterval(() => {}, 1000)`,
  );
  await vi.waitFor(() => expect(messages).toEqual(['up']), 10_000);
  await keeper?.stop();
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('saved\n');
  expect(crashes).toEqual([]);
});

test('OPS-5 a process that will not end is killed', async () => {
  keep(`process.on('SIGTERM', () => {}); process.send('up'); setInterval(() => {}, 1000)`, 50);
  await vi.waitFor(() => expect(messages).toEqual(['up']), 10_000);
  await keeper?.stop();
  expect(crashes).toEqual([]);
});

test('OPS-5 a log that grows large while its process runs begins anew, and loses no place to write to', async () => {
  const limitBytes = 2_000;
  keep(`setInterval(() => console.log('x'.repeat(99)), 5)`, 5_000, { limitBytes, lookMs: 20 });
  const log = join(folder, 'log');
  await vi.waitFor(() => expect(existsSync(`${log}.old`)).toBe(true), 10_000);
  expect(readFileSync(`${log}.old`, 'utf8').length).toBeGreaterThan(limitBytes);
  await vi.waitFor(() => expect(statSync(log).size).toBeGreaterThan(200), 10_000);
  expect(readFileSync(log, 'utf8')).toMatch(/^[x\n]+$/);
});

test('OPS-5 a restart ends the process and starts the next at once: no crash, and it waits for its word', async () => {
  keep(
    `process.on('SIGTERM', () => { console.log('ended'); process.exit(0); }); ` +
      `setTimeout(() => process.send(process.pid), 50); setInterval(() => {}, 1000)`,
  );
  await vi.waitFor(() => expect(messages.length).toBe(1), 10_000);
  await keeper?.restart();
  expect(messages.length).toBe(2);
  expect(messages[0]).not.toBe(messages[1]);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('ended\n');
  expect(crashes).toEqual([]);
});
