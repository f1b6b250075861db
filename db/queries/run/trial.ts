import { and, desc, eq, sql } from 'drizzle-orm';
import { isTrialDue, isTrialWorth } from '#core/recommend/trial.ts';
import type { TrialFigures } from '#core/recommend/trial.ts';
import type { LiveFigures } from '#core/live-teacher/live-teacher.ts';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { liveTeacher, project, run, scratchTrial } from '../../schema/index.ts';
import { execute, nullable, number, stored, text } from '../../execute.ts';

const isDue = sql`u.status in ('queued', 'training')`;

/** Projects that are looked at in one sweep. */
const LOOKED_AT = 20;

/**
 * Opens a trial for each project whose labels suffice and whose live teacher does not already answer so well that
 * nothing else need be tried; returns all that wait. None is opened while a run waits or works: it has the machine.
 */
export async function listQueuedTrials(db: Db): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    select t.project_id as "projectId", t.labels, jsonb_array_length(t.class_ids) as classes, t.figures,
      (select max(s.labels) from ${scratchTrial} s where s.project_id = t.project_id) as before
    from ${liveTeacher} t join ${project} p on p.id = t.project_id and p.status = 'active'
    where not exists (select 1 from ${run} u where ${isDue})
      and not exists (select 1 from ${scratchTrial} s where s.project_id = t.project_id
        and (s.status = 'queued' or s.labels >= t.labels))
    order by t.fitted_at desc limit ${LOOKED_AT}`,
    { projectId: text, labels: number, classes: number, figures: stored<LiveFigures>(), before: nullable(number) },
  );
  for (const { projectId, labels, classes, figures, before } of rows) {
    const expected = figures.validation?.value ?? figures.pool?.value ?? null;
    if (isTrialDue({ labels, classes, before }) && isTrialWorth(expected))
      await db.insert(scratchTrial).values({ projectId, labels }).onConflictDoNothing();
  }
  const waiting = await db
    .select({ id: scratchTrial.id })
    .from(scratchTrial)
    .where(and(eq(scratchTrial.status, 'queued'), sql`not exists (select 1 from ${run} u where ${isDue})`))
    .limit(LOOKED_AT);
  return waiting.map(({ id }) => id);
}

/** A trial that waits; null when it is done or gone. */
export async function findQueuedTrial(db: Db, trialId: string): Promise<{ projectId: string } | null> {
  const [row] = await db
    .select({ projectId: scratchTrial.projectId })
    .from(scratchTrial)
    .where(and(eq(scratchTrial.id, trialId), eq(scratchTrial.status, 'queued')));
  return row ?? null;
}

/** Is a run waiting or working anywhere? Then a trial waits for another time. */
export const isAnyRunDue = async (db: Db): Promise<boolean> =>
  (await db.$count(run, sql`${run.status} in ('queued', 'training')`)) > 0;

export interface TrialResult {
  figures: TrialFigures;
  labels: number;
  side: number;
  imagesPerSecond: number;
  seconds: number;
}

/** Ends a trial with what it found, or, without, with the sentence why there is nothing; pages look anew. */
export async function endTrial(db: Db, trialId: string, found: TrialResult | { message: string }): Promise<void> {
  const [row] = await db
    .update(scratchTrial)
    .set({ ...found, status: 'figures' in found ? 'done' : 'failed', doneAt: sql`now()` })
    .where(and(eq(scratchTrial.id, trialId), eq(scratchTrial.status, 'queued')))
    .returning({ projectId: scratchTrial.projectId });
  if (row) await notify(db, { name: 'trial:ended', projectId: row.projectId });
}

/** What the newest trial of a project found; null before the first. */
export async function findTrial(db: Db, projectId: string): Promise<typeof scratchTrial.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(scratchTrial)
    .where(and(eq(scratchTrial.projectId, projectId), eq(scratchTrial.status, 'done')))
    .orderBy(desc(scratchTrial.doneAt))
    .limit(1);
  return row ?? null;
}

/** Is one under way? */
export const isTrialQueued = async (db: Db, projectId: string): Promise<boolean> =>
  (await db.$count(scratchTrial, and(eq(scratchTrial.projectId, projectId), eq(scratchTrial.status, 'queued')))) > 0;
