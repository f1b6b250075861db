import { eq, lt, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { worker } from '../../schema/index.ts';

/** Puts a trainer on the list, or brings it up to date, with a fresh heartbeat. */
export async function registerWorker(db: Db, row: typeof worker.$inferInsert): Promise<void> {
  await db
    .insert(worker)
    .values(row)
    .onConflictDoUpdate({ target: worker.id, set: { ...row, heartbeatAt: sql`now()` } });
  await notify(db, { name: 'worker:changed', workerId: row.id });
}

export async function beatWorker(
  db: Db,
  params: { id: string; memoryBytes: number; job: string | null; imagesPerSecond?: number | undefined },
): Promise<void> {
  const { id, ...set } = params;
  await db
    .update(worker)
    .set({ ...set, heartbeatAt: sql`now()` })
    .where(eq(worker.id, id));
}

export async function removeWorker(db: Db, id: string): Promise<void> {
  await db.delete(worker).where(eq(worker.id, id));
  await notify(db, { name: 'worker:changed', workerId: id });
}

/** Forgets trainers that have been silent for an hour. */
export async function removeSilentWorkers(db: Db): Promise<void> {
  await db.delete(worker).where(lt(worker.heartbeatAt, sql`now() - interval '1 hour'`));
}
