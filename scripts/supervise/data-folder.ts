import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeDurably } from '#db/embedded/write-durably.ts';
import { firstBarrier, postgresAccount } from '#db/embedded/account.ts';
import { ClearError } from './clear-error.ts';

/**
 * Where everything is kept. The default is `.pupil` in the repository; as root in a clone that the account of Postgres
 * cannot enter (below /root, say) it is a folder of its own under /var/lib.
 */
export function chooseDataFolder(root: string, wanted: string | null, embedded: boolean): string {
  if (wanted !== null) return resolve(wanted);
  const beside = join(root, '.pupil');
  const account = embedded ? postgresAccount() : null;
  if (!account || !firstBarrier(root, account)) return beside;
  const fingerprint = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return join('/var/lib/pupil', `${basename(root)}-${fingerprint}`);
}

/** Makes the folder and takes it for this process. The returned function gives it back. */
export function openDataFolder(folder: string): () => void {
  try {
    mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
    keepPrivate(folder);
    writeFileSync(join(folder, 'writable'), '');
    rmSync(join(folder, 'writable'));
  } catch (error) {
    throw new ClearError(
      `The data folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}). Choose another: npm ` +
        `start -- --data DIR`,
    );
  }
  return lock(folder);
}

/**
 * Images, weights, logs and secrets are for us alone. The folder itself stays open to walk through where the account of
 * Postgres lives below it.
 */
function keepPrivate(folder: string): void {
  chmodSync(folder, statSync(folder).mode & 0o711);
  for (const name of ['blobs', 'logs', 'tmp', 'tls', 'cache'])
    if (existsSync(join(folder, name))) chmodSync(join(folder, name), 0o700);
}

/** One supervisor a folder. A lock names its process and when that began, because a number is soon somebody else's. */
function lock(folder: string): () => void {
  const file = join(folder, 'running');
  if (existsSync(file)) {
    const [pid = '', began = ''] = readFileSync(file, 'utf8').split(' ');
    if (Number(pid) !== process.pid && startOf(Number(pid)) === began)
      throw new ClearError(`Pupil is already running with the data folder ${folder} (process ${pid}).`);
  }
  writeFileSync(file, `${process.pid} ${startOf(process.pid) ?? ''}`);
  return () => rmSync(file, { force: true });
}

/**
 * When a process began, in the kernel's ticks (Linux) or '' where that is not known; null when there is no such
 * process.
 */
export function startOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended and that nobody has reaped, as in a container without an init, holds nothing any more.
    return state === 'Z' || state === 'X' ? null : (rest[18] ?? '');
  } catch {
    return null;
  }
}

/**
 * The secret that signs sessions, made on first use and kept in the folder. One that a power cut has emptied is made
 * anew: people sign in again.
 */
export function keptSecret(folder: string): string {
  const file = join(folder, 'secret');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept !== '') return kept;
  const made = randomBytes(32).toString('base64url');
  writeDurably(file, made);
  return made;
}
