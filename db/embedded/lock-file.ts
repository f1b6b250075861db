import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isGone } from './processes.ts';

/** The server that runs in a data folder. */
export interface RunningServer {
  pid: number;
  port: number;
  /** It takes no connections any more, and waits for those that it has to end: somebody told it to stop. */
  isStopping: boolean;
}

/**
 * The server that runs in this very data folder; null when none does. `postmaster.pid` alone does not tell: in a copy
 * of a folder it names the original's server, after a restart of the machine its number may be another installation's,
 * and a power cut may have emptied it. A lock file that names no server of this folder is removed, so that Postgres
 * starts.
 *
 * @param folder Postgres' data folder
 */
export function findServer(folder: string): RunningServer | null {
  const lockFile = join(folder, 'postmaster.pid');
  if (!existsSync(lockFile)) return null;
  const [pidLine = '', named = '', , portLine = '', , , , status = ''] = readFileSync(lockFile, 'utf8').split('\n');
  const [pid, port] = [Number(pidLine), Number(portLine)];
  const server = { pid, port, isStopping: status.startsWith('stopping') };
  if (!Number.isInteger(pid) || pid <= 0) {
    rmSync(lockFile, { force: true });
    return null;
  }
  const whose = process.platform === 'linux' ? ownerOnLinux(pid, folder) : 'unknown';
  if (whose === 'ours') return server;
  const isOurs = whose === 'unknown' && named === realpathSync(folder) && isAlive(pid);
  if (isOurs) return server;
  if (whose === 'foreign' || named !== realpathSync(folder) || (process.platform === 'linux' && isGone(pid)))
    rmSync(lockFile, { force: true });
  return null;
}

/** A postmaster works in its data folder. */
function ownerOnLinux(pid: number, folder: string): 'ours' | 'foreign' | 'gone' | 'unknown' {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder) ? 'ours' : 'foreign';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH' ? 'gone' : 'unknown';
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
