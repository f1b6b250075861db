import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { writeDurably } from '#db/embedded/write-durably.ts';
import { firstBarrier, postgresAccount } from '#db/embedded/account.ts';
import { startOf } from '../setup/process-start.mjs';
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

/** A start that clears away an old lock is done within this, ms; one that takes longer was killed while at it. */
const CLEARING_MS = 10_000;

/**
 * One supervisor a folder. A lock names its process and when that began, because a number is soon somebody else's; and
 * the folder, because a copy brings the original's lock along. Of starts at the same moment one gets it: the name is
 * given to a whole file at once, and an old lock is cleared away by one at a time.
 */
function lock(folder: string): () => void {
  const file = join(folder, 'running');
  const { dev, ino } = statSync(folder);
  const here = `${dev}:${ino}`;
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${startOf(process.pid) ?? ''} ${here}`);
  try {
    while (!take(own, file)) {
      const found = readIfThere(file);
      const holder = found === null ? null : holderOf(found, here);
      if (holder !== null)
        throw new ClearError(`Pupil is already running with the data folder ${folder} (process ${holder}).`);
      if (take(own, `${file}.clearing`)) {
        // Somebody may have done so since we looked.
        if (readIfThere(file) === found) rmSync(file, { force: true });
        rmSync(`${file}.clearing`, { force: true });
      } else if (Date.now() - (statSync(`${file}.clearing`, { throwIfNoEntry: false })?.ctimeMs ?? 0) > CLEARING_MS)
        rmSync(`${file}.clearing`, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** Gives a file this name as well; false where there is one of that name. */
function take(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The living process that holds the folder by this lock; null when none does. */
function holderOf(lockText: string, here: string): string | null {
  const [pid = '', began = '', folder = here] = lockText.split(' ');
  const isHeld = Number(pid) !== process.pid && folder === here && startOf(Number(pid)) === began;
  return isHeld ? pid : null;
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
