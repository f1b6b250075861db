import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Verdict, RunConfig } from '#core/run/learning.ts';
import { nextRunStatus, statusesAllowing } from '#core/run/run.ts';
import type { RunCommand, RunStatus } from '#core/run/run.ts';
import { must } from '#core/must.ts';
import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import type { Db } from '../../client.ts';
import { round, run } from '../../schema/index.ts';
import { lockProject } from '../project/project.ts';

/**
 * Adds a queued run with the next number of its project. Takes the project's row lock, so that two starts never share a
 * number. @throws NOT_FOUND when it is deleted
 */
export async function insertRun(
  db: Db,
  row: {
    projectId: string;
    config: RunConfig;
    classIds: string[];
    createdBy: string;
    name?: string;
    tags?: string[];
    sweepId?: string | null;
  },
) {
  return db.transaction(async (tx) => {
    await lockProject(tx, row.projectId);
    const number = sql`1 + greatest(
      (select max(number) from run where project_id = ${row.projectId}),
      (select deleted_run_number from project where id = ${row.projectId}))`;
    const inserted = await tx
      .insert(run)
      .values({ ...row, number })
      .returning({ id: run.id, number: run.number });
    return must(inserted, 0, 'run');
  });
}

/** Carries out a lead's command in one statement; null when the run is not in a status that allows it. */
export async function commandRun(
  db: Db,
  params: { projectId: string; runId: string; command: RunCommand },
): Promise<RunStatus | null> {
  const from = statusesAllowing(params.command);
  const target = sql.join(
    from.map((status) => sql`when ${status} then ${nextRunStatus(status, params.command)}`),
    sql` `,
  );
  const ended = params.command === 'cancel' || params.command === 'fail' || params.command === 'finish';
  const [row] = await db
    .update(run)
    .set({
      status: sql`case ${run.status} ${target} else ${run.status} end`,
      message: null,
      endedAt: ended ? sql`now()` : null,
      // Only what rests is archived.
      ...(params.command === 'resume' ? { archivedAt: null } : {}),
    })
    .where(and(eq(run.projectId, params.projectId), eq(run.id, params.runId), inArray(run.status, from)))
    .returning({ status: run.status });
  return row?.status ?? null;
}

/** Runs of a sweep that a command reaches, those that wait before the one that works; held until the end. */
export const lockSweep = (tx: Db, params: { projectId: string; sweepId: string; command: RunCommand }) =>
  tx
    .select({ id: run.id })
    .from(run)
    .where(
      and(
        eq(run.projectId, params.projectId),
        eq(run.sweepId, params.sweepId),
        inArray(run.status, statusesAllowing(params.command)),
      ),
    )
    .orderBy(sql`${run.status} = 'queued' desc`, asc(run.number))
    .for('update');

/** Sets per-class floors for the rounds still to come; null when the run has ended. */
export async function setClassFloors(
  db: Db,
  params: { projectId: string; runId: string; classFloors: Record<string, number> },
): Promise<RunConfig | null> {
  const [row] = await db
    .update(run)
    .set({ config: sql`jsonb_set(${run.config}, '{classFloors}', ${JSON.stringify(params.classFloors)}::jsonb)` })
    .where(
      and(
        eq(run.projectId, params.projectId),
        eq(run.id, params.runId),
        inArray(run.status, ['queued', 'training', 'waiting-review', 'paused']),
      ),
    )
    .returning({ config: run.config });
  return row?.config ?? null;
}

/**
 * A person's word on a finished round; the judge's reason stays in front of it. False when the round is not judged
 * yet.
 */
export async function decideRound(
  db: Db,
  params: { roundId: string; verdict: Verdict; memberId: string; reason: Said },
): Promise<boolean> {
  const rows = await db
    .update(round)
    .set({
      verdict: params.verdict,
      decidedBy: params.memberId,
      verdictReason: sql`concat_ws(' ', ${round.verdictReason}, ${inEnglish(params.reason)}::text)`,
      verdictSaid: sql`coalesce(${round.verdictSaid}, '[]') || ${JSON.stringify([params.reason])}::jsonb`,
      rolledBackAt: params.verdict === 'roll-back' ? sql`now()` : null,
    })
    .where(and(eq(round.id, params.roundId), eq(round.stage, 'done')))
    .returning({ id: round.id });
  return rows.length > 0;
}
