import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseDataFolder, keptSecret, openDataFolder, startOf } from './data-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pupil-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a wanted folder is taken; without the embedded database the default stays beside the code', () => {
  expect(chooseDataFolder('/root/pupil', '/somewhere', true)).toBe('/somewhere');
  expect(chooseDataFolder('/root/pupil', null, false)).toBe('/root/pupil/.pupil');
});

test.runIf(process.getuid?.() === 0)(
  'as root, a clone that the account of Postgres cannot enter keeps its data elsewhere',
  () => {
    const closed = join(folder, 'pupil'); // mkdtemp makes folders for their owner only
    expect(chooseDataFolder(closed, null, true)).toMatch(/^\/var\/lib\/pupil\/pupil-[0-9a-f]{8}$/);
  },
);

test('OPS-3 a folder has one supervisor, and a lock that nobody holds any more is no obstacle', () => {
  const release = openDataFolder(folder);
  expect(readFileSync(join(folder, 'running'), 'utf8')).toBe(`${process.pid} ${startOf(process.pid)}`);
  writeFileSync(join(folder, 'running'), `${process.ppid} ${startOf(process.ppid)}`);
  expect(() => openDataFolder(folder)).toThrow(/already running .*process \d+/);
  writeFileSync(join(folder, 'running'), `${process.ppid} another-start`);
  openDataFolder(folder);
  release();
  expect(() => readFileSync(join(folder, 'running'))).toThrow(/ENOENT/);
});

test('OPS-6 a folder that cannot be written gives one line that says what to do', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openDataFolder(join(folder, 'file', 'data'))).toThrow(
    /cannot be written \(ENOTDIR\)\. Choose another: npm start -- --data DIR/,
  );
});

test('the secret is long, stays the same and is for its owner only', () => {
  const secret = keptSecret(folder);
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(keptSecret(folder)).toBe(secret);
  expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
});
