import { and, eq, inArray, sql } from 'drizzle-orm';
import { exportKey, runPrefix } from '#core/image/media.ts';
import type { Db } from '../../client.ts';
import { execute, number } from '../../execute.ts';
import { checkpoint, modelExport, prediction, project, reviewItem, round, run } from '../../schema/index.ts';
import { noteRemovals } from '../project/blob-removal.ts';

interface Place {
  projectId: string;
  runId: string;
}
const isRun = ({ projectId, runId }: Place) => and(eq(run.projectId, projectId), eq(run.id, runId));

/** What leads say of a run, held until the transaction ends. */
export async function lockRunWords(tx: Db, place: Place): Promise<{ notes: string; tags: string[] } | null> {
  const [row] = await tx.select({ notes: run.notes, tags: run.tags }).from(run).where(isRun(place)).for('update');
  return row ?? null;
}

/** Writes what leads say of a run; what is left out stays. */
export async function updateRunWords(
  db: Db,
  params: Place & { name?: string | undefined; notes?: string | undefined; tags?: string[] | undefined },
): Promise<void> {
  const { name, notes, tags } = params;
  await db
    .update(run)
    .set({
      ...(name === undefined ? {} : { name }),
      ...(notes === undefined ? {} : { notes }),
      ...(tags === undefined ? {} : { tags }),
    })
    .where(isRun(params));
}

/** False when the run is to be archived and its status is none that allows it: a resume may have come first. */
export async function setArchived(
  db: Db,
  params: Place & { archived: boolean; statuses: (typeof run.$inferSelect)['status'][] },
): Promise<boolean> {
  const rows = await db
    .update(run)
    .set({ archivedAt: params.archived ? sql`now()` : null })
    .where(and(isRun(params), params.archived ? inArray(run.status, params.statuses) : undefined))
    .returning({ id: run.id });
  return rows.length > 0;
}

export interface HangsOnRun {
  rounds: number;
  checkpoints: number;
  /** Of checkpoints and exports together. */
  bytes: number;
  exports: number;
  predictions: number;
  reviewOpen: number;
  reviewAnswered: number;
}

/** What goes with a run when it is deleted. */
export async function countHangingOn(db: Db, runId: string): Promise<HangsOnRun> {
  const rounds = sql`(select id from ${round} where run_id = ${runId})`;
  const [row] = await execute(
    db,
    sql`select
      (select count(*)::int from ${round} where run_id = ${runId}) as rounds,
      (select count(*)::int from ${checkpoint} where round_id in ${rounds}) as checkpoints,
      (select coalesce(sum(bytes), 0)::float8 from ${checkpoint} where round_id in ${rounds})
        + (select coalesce(sum(bytes), 0)::float8 from ${modelExport} where round_id in ${rounds}) as bytes,
      (select count(*)::int from ${modelExport} where round_id in ${rounds}) as exports,
      (select count(*)::int from ${prediction} where round_id in ${rounds}) as predictions,
      (select count(*)::int from ${reviewItem} where run_id = ${runId} and status = 'open') as "reviewOpen",
      (select count(*)::int from ${reviewItem} where run_id = ${runId} and status <> 'open') as "reviewAnswered"`,
    {
      rounds: number,
      checkpoints: number,
      bytes: number,
      exports: number,
      predictions: number,
      reviewOpen: number,
      reviewAnswered: number,
    },
  );
  if (!row) throw new Error('counting gave no row');
  return row;
}

/**
 * Deletes a run with all that hangs on it and notes its files for the sweep, under the lock of the project's parts. Its
 * number is not given again. False when its status is not among those that allow it: a resume may have come first.
 */
export async function deleteRunRows(
  tx: Db,
  params: Place & { statuses: (typeof run.$inferSelect)['status'][] },
): Promise<boolean> {
  const [row] = await tx
    .select({ number: run.number })
    .from(run)
    .where(and(isRun(params), inArray(run.status, params.statuses)))
    .for('update');
  if (!row) return false;
  const exports = await tx
    .select({ id: modelExport.id })
    .from(modelExport)
    .innerJoin(round, eq(round.id, modelExport.roundId))
    .where(eq(round.runId, params.runId));
  await noteRemovals(tx, [runPrefix(params.runId), ...exports.map(({ id }) => exportKey(params.projectId, id))]);
  await tx.delete(run).where(isRun(params));
  await tx
    .update(project)
    .set({ deletedRunNumber: sql`greatest(${project.deletedRunNumber}, ${row.number})` })
    .where(eq(project.id, params.projectId));
  return true;
}
