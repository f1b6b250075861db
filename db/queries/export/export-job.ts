import { say } from '#core/text/said.ts';
import { toStored } from '#core/text/stored.ts';
import type { Stored } from '#core/text/stored.ts';
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { modelExport, round, run } from '../../schema/index.ts';

/** Models that somebody asked to export and nobody has made yet. One that was begun and lost is in the queue still. */
export async function listQueuedExports(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: modelExport.id })
    .from(modelExport)
    .where(and(inArray(modelExport.kind, ['model', 'serving']), inArray(modelExport.status, ['queued', 'running'])))
    .orderBy(asc(modelExport.createdAt))
    .limit(100);
  return rows.map(({ id }) => id);
}

/** Begins an export, with the round and run that it is of; null when it is made already or gone. */
export async function beginExport(db: Db, exportId: string) {
  const [row] = await db
    .update(modelExport)
    .set({ status: 'running', message: null })
    .where(and(eq(modelExport.id, exportId), or(eq(modelExport.status, 'queued'), eq(modelExport.status, 'running'))))
    .returning();
  if (!row?.roundId) return null;
  const [found] = await db
    .select({ round, run })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(eq(round.id, row.roundId));
  return found ? { export: row, ...found } : null;
}

/** The export lies in blob storage. Announces it, unless it was ended meanwhile. `message`: said beside it. */
export async function endExport(
  db: Db,
  params: { exportId: string; blobKey: string; bytes: number; sha256: string; told: Stored | null },
): Promise<void> {
  const { exportId, told, ...file } = params;
  const set = { ...file, message: told?.message ?? null, said: told?.said ?? null };
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(modelExport)
      .set({ ...set, status: 'ready', readyAt: sql`now()` })
      .where(and(eq(modelExport.id, exportId), eq(modelExport.status, 'running')))
      .returning({ projectId: modelExport.projectId });
    if (row) await notify(tx, { name: 'export:ready', projectId: row.projectId, exportId });
  });
}

/** Ends the exports that a member asked for and that are not made yet. */
export async function endExportsOf(db: Db, memberId: string): Promise<void> {
  const rows = await db
    .update(modelExport)
    .set({ status: 'failed', ...toStored(say('learning.requesterGone')) })
    .where(and(eq(modelExport.createdBy, memberId), inArray(modelExport.status, ['queued', 'running'])))
    .returning({ id: modelExport.id, projectId: modelExport.projectId });
  for (const { id, projectId } of rows) await notify(db, { name: 'export:ready', projectId, exportId: id });
}

/** Says on the pages why an export that is under way waits. */
export const delayExport = (db: Db, exportId: string, told: Stored) =>
  db
    .update(modelExport)
    .set(told)
    .where(and(eq(modelExport.id, exportId), eq(modelExport.status, 'running')));

export async function failExport(db: Db, exportId: string, told: Stored): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(modelExport)
      .set({ status: 'failed', ...told })
      .where(and(eq(modelExport.id, exportId), inArray(modelExport.status, ['queued', 'running'])))
      .returning({ projectId: modelExport.projectId });
    if (row) await notify(tx, { name: 'export:ready', projectId: row.projectId, exportId });
  });
}
