import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOf } from '../setup/process-start.mjs';
import { chooseDataFolder, keptSecret, openDataFolder } from './data-folder.ts';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
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
  expect(readFileSync(join(folder, 'running'), 'utf8')).toMatch(`${process.pid} ${startOf(process.pid)} `);
  writeFileSync(join(folder, 'running'), `${process.ppid} ${startOf(process.ppid)}`);
  expect(() => openDataFolder(folder)).toThrow(/already running .*process \d+/);
  writeFileSync(join(folder, 'running'), `${process.ppid} another-start`);
  openDataFolder(folder);
  release();
  expect(() => readFileSync(join(folder, 'running'))).toThrow(/ENOENT/);
});

test('OPS-3 a copied folder is not held by who holds the original, nor two at once', async () => {
  const held = `${process.ppid} ${startOf(process.ppid)}`;
  const { dev, ino } = statSync(folder);
  writeFileSync(join(folder, 'running'), `${held} ${dev}:${ino}`);
  expect(() => openDataFolder(folder)).toThrow(/already running/);
  expect(() => openDataFolder(folder)).toThrow(/already running/);
  // The copy has the lock of the original's process, and a place of its own.
  writeFileSync(join(folder, 'running'), `${held} ${dev}:${ino + 1}`);
  openDataFolder(folder)();
  // Many starts at once, each beside the lock of one that died.
  writeFileSync(join(folder, 'running'), `${process.ppid} another-start ${dev}:${ino}`);
  const program = `import { openDataFolder } from ${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)};
    await new Promise((go) => process.stdin.once('data', go));
    try { openDataFolder(${JSON.stringify(folder)}); console.log('held'); await new Promise((end) =>
      process.stdin.once('data', end)); } catch (error) { console.log(error.message); } process.exit(0);`;
  const starts = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const said = starts.map(
    (start) => new Promise<string>((done) => start.stdout?.once('data', (words) => done(String(words)))),
  );
  for (const start of starts) start.stdin?.write('go');
  const words = await Promise.all(said);
  for (const start of starts) start.stdin?.end('end');
  expect(words.filter((word) => word.startsWith('held'))).toHaveLength(1);
  expect(words.filter((word) => /already running/.test(word))).toHaveLength(3);
}, 30_000);

test('OPS-6 a folder that cannot be written gives one line that says what to do', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openDataFolder(join(folder, 'file', 'data'))).toThrow(
    /cannot be written \(ENOTDIR\)\. Choose another: npm start -- --data DIR/,
  );
});

test('OPS-47 what is kept is for its owner only', () => {
  mkdirSync(join(folder, 'data', 'blobs'), { recursive: true, mode: 0o755 });
  chmodSync(join(folder, 'data'), 0o755);
  openDataFolder(join(folder, 'data'))();
  const modes = ['.', 'blobs', 'logs'].map((name) => statSync(join(folder, 'data', name)).mode & 0o777);
  expect(modes).toEqual([0o711, 0o700, 0o700]);
  openDataFolder(join(folder, 'new'))();
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
});

test.runIf(process.platform === 'linux')(
  'OPS-3 a process that ended and that nobody reaped holds no folder',
  async () => {
    // The shell puts a child into the background and becomes one that never reaps it.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60']);
    try {
      const pid = Number(await new Promise((done) => parent.stdout.once('data', done)));
      const state = () => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      await expect.poll(state).toBe('Z');
      expect(startOf(pid)).toBeNull();
    } finally {
      parent.kill();
    }
  },
);

test('OPS-47 a secret that a power cut has emptied is made anew', () => {
  writeFileSync(join(folder, 'secret'), '');
  const secret = keptSecret(folder);
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(keptSecret(folder)).toBe(secret);
});

test('the secret is long, stays the same and is for its owner only', () => {
  const secret = keptSecret(folder);
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(keptSecret(folder)).toBe(secret);
  expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
});
