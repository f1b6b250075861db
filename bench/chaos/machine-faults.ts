import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { freePort } from '#db/embedded/free-port.ts';
import type { Installation } from './installation.ts';
import { check } from './verify.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const READ_ONLY_MS = 12_000;
const CUTS = 12;
const CUT_EVERY_MS = 500;
const SHIFTED_MS = 8000;
const HOURS = 48;

export interface Fault {
  name: string;
  /** Does it; resolves when it is over. False where there was nothing to do it to; words where something was wrong. */
  strike(installation: Installation): Promise<boolean | string>;
}

/** Files that are sent, blobs as the server keeps them, can be read and not written, for a while. */
async function makeReadOnly({ folder }: Installation): Promise<boolean> {
  const blobs = join(folder, 'blobs');
  try {
    execFileSync('mount', ['--bind', blobs, blobs], { stdio: 'ignore' });
  } catch {
    return false;
  }
  try {
    execFileSync('mount', ['-o', 'remount,bind,ro', blobs], { stdio: 'ignore' });
    await wait(READ_ONLY_MS);
  } finally {
    execFileSync('umount', ['-l', blobs], { stdio: 'ignore' });
  }
  return true;
}

/** Damages stored files, holds that fsck names each, and lays them back as they were. */
async function damage(installation: Installation): Promise<boolean | string> {
  const client = new Client({ connectionString: installation.databaseUrl() });
  await client.connect();
  const { rows } = await client.query<{ project: string; hash: string }>(
    `select project_id as project, content_hash as hash from image where file_name like 'first-%' order by id limit 3`,
  );
  await client.end();
  const fileOf = (at: number, what: string): string =>
    join(installation.folder, 'blobs/projects', rows[at]?.project ?? '', what, `${rows[at]?.hash}.webp`);
  const [cut, flipped, lost] = [fileOf(0, 'images'), fileOf(1, 'images'), fileOf(2, 'images')];
  const before = [cut, flipped, lost].map((path) => ({ path, bytes: readFileSync(path) }));
  let said = '';
  try {
    truncateSync(cut, Math.floor(statSync(cut).size / 2));
    const bits = Buffer.from(before[1]?.bytes ?? []);
    // In the head of its picture, where a decoder cannot pass over it.
    for (let at = 12; at < 24; at += 1) bits[at] = (bits[at] ?? 0) ^ 0xff;
    writeFileSync(flipped, bits);
    rmSync(lost);
    said = (await check(installation.folder, ['--deep'])) ?? '';
  } finally {
    for (const { path, bytes } of before) writeFileSync(path, bytes);
  }
  const unnamed = rows.filter(({ hash }) => !said.includes(hash)).length;
  return unnamed === 0 || `${unnamed} of 3 damaged files are not named by fsck: ${said}`;
}

/** Cuts every connection of people to the server, again and again. */
async function cutSockets(installation: Installation): Promise<boolean> {
  for (let cuts = 0; cuts < CUTS; cuts += 1) {
    installation.cut();
    await wait(CUT_EVERY_MS);
  }
  return true;
}

/** Ends it and starts it with a clock that is off: that of server and trainer; the database keeps the right one. */
const shiftClock =
  (hours: number) =>
  async (installation: Installation): Promise<boolean> => {
    await installation.stop();
    await installation.start(hours);
    await wait(SHIFTED_MS);
    await installation.stop();
    await installation.start(0);
    return true;
  };

/** Starts a second one on the same folder: it has to say so in a line and go, and change nothing. */
async function startTwice({ folder }: Installation): Promise<boolean | string> {
  const args = ['scripts/start.mjs', '--data', folder, '--port', String(await freePort()), '--empty'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const code = await new Promise<number | null>((ended) => child.once('exit', ended));
  clearTimeout(timer);
  if (code === null || code === 0) return `a second one did not refuse: ${said}`;
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return lines.length <= 3 || `a second one said ${lines.length} lines: ${said}`;
}

/** A backup while people work: its copy is whole, read to the last byte. */
async function backUp({ folder }: Installation): Promise<boolean | string> {
  const to = mkdtempSync(join(tmpdir(), 'pupil-chaos-backup-'));
  try {
    const args = ['scripts/run.mjs', 'scripts/backup.ts', '--data', folder, '--to', to];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const code = await new Promise<number | null>((ended) => child.once('exit', ended));
    if (code !== 0) return `the backup ended with ${code}`;
    const found = await check(to, ['--deep']);
    return found === null || `in the copy: ${found}`;
  } finally {
    rmSync(to, { recursive: true, force: true });
  }
}

/** What goes wrong around the processes: disks, files, sockets, clocks, and who starts what. */
export const MACHINE_FAULTS: readonly Fault[] = [
  { name: 'a backup taken, its copy read', strike: backUp },
  { name: `files read-only for ${READ_ONLY_MS / 1000} s`, strike: makeReadOnly },
  { name: 'files cut, flipped and lost, then laid back', strike: damage },
  { name: `sockets of people cut ${CUTS} times`, strike: cutSockets },
  { name: `clock of server and trainer ${HOURS} h ahead`, strike: shiftClock(HOURS) },
  { name: `clock of server and trainer ${HOURS} h behind`, strike: shiftClock(-HOURS) },
  { name: 'a second supervisor on the folder', strike: startTwice },
];
