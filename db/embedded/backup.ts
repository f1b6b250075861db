import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** What belongs to the running server only, or is made anew by the one that starts from the copy. */
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|server\.log|pg_(wal|replslot|stat_tmp|notify|subtrans|dynshmem|serial|snapshots)\/.+)$/;

/**
 * Copies the running database of a data folder, as its base backup: whatever was acknowledged when this began is in the
 * copy, and a server starts from it as after a power cut.
 * https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 * @param url of the running database
 * @param from Postgres' data folder
 * @param to a folder that is not there yet
 */
export async function copyCluster(url: string, from: string, to: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // What is written meanwhile must not be recycled before it is copied; the slot goes with this connection.
    await client.query(`select pg_create_physical_replication_slot('pupil_backup_' || pg_backend_pid(), true, true)`);
    await client.query(`select pg_backup_start('pupil', fast => true)`);
    await copyFolder(from, to, (name) => !LEFT_OUT.test(name));
    const { rows } = await client.query<{ label: string }>(
      `select labelfile as label from pg_backup_stop(wait_for_archive => false)`,
    );
    await writeFile(join(to, 'backup_label'), rows[0]?.label ?? '', { mode: 0o600 });
    await copyFolder(join(from, 'pg_wal'), join(to, 'pg_wal'), (name) => /^[\dA-F]{24}$/.test(name));
  } finally {
    await client.end();
  }
}

/** Copies files; one that goes away meanwhile is not missed. Folders are for their owner only. */
export async function copyFolder(from: string, to: string, isWanted: (name: string) => boolean): Promise<number> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  let count = 0;
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(from.length + 1).replaceAll('\\', '/');
    if (!isWanted(name)) continue;
    try {
      if (entry.isDirectory()) await mkdir(join(to, name), { recursive: true, mode: 0o700 });
      else if (entry.isFile()) {
        await mkdir(join(to, name, '..'), { recursive: true, mode: 0o700 });
        await copyFile(path, join(to, name));
        count += 1;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return count;
}
