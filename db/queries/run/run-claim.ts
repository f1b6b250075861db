import { and, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { roundThatAsked } from '#core/round/order.ts';
import { nextRunStatus, statusesAllowing } from '#core/run/run.ts';
import type { RunCommand, RunStatus } from '#core/run/run.ts';
import type { Stored } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { round, run } from '../../schema/index.ts';
import { execute, text } from '../../execute.ts';

/** A trainer's hold on a run. The token only grows: whoever holds an older one can write nothing more. */
export interface RunHold {
  runId: string;
  token: number;
}

/** Runs that a trainer should have and none has: queued, or held by a trainer that stopped saying so. */
export async function listUnheldRuns(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: run.id })
    .from(run)
    .where(or(eq(run.status, 'queued'), and(eq(run.status, 'training'), lt(run.trainerUntil, sql`now()`))))
    .orderBy(run.createdAt, run.number)
    .limit(1000);
  return rows.map(({ id }) => id);
}

/** Takes a run, whoever held it before; null when its status does not allow it. Announces the change. */
export async function claimRun(db: Db, params: { runId: string; trainerId: string; seconds: number }) {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(run)
      .set({
        status: 'training',
        trainerId: params.trainerId,
        trainerToken: sql`${run.trainerToken} + 1`,
        message: null,
        endedAt: null,
        trainerUntil: sql`now() + make_interval(secs => ${params.seconds})`,
        startedAt: sql`coalesce(${run.startedAt}, now())`,
      })
      .where(and(eq(run.id, params.runId), inArray(run.status, statusesAllowing('claim'))))
      .returning();
    if (!row) return null;
    await notify(tx, { name: 'run:changed', projectId: row.projectId, runId: row.id, status: row.status });
    return row;
  });
}

export type ClaimedRun = NonNullable<Awaited<ReturnType<typeof claimRun>>>;

const held = ({ runId, token }: RunHold) =>
  and(eq(run.id, runId), eq(run.trainerToken, token), eq(run.status, 'training'));

/** Says that the run is still worked on. False when it was cancelled, paused or taken over: its work must stop. */
export async function keepRun(db: Db, hold: RunHold, seconds: number): Promise<boolean> {
  const rows = await db
    .update(run)
    .set({ trainerUntil: sql`now() + make_interval(secs => ${seconds})` })
    .where(held(hold))
    .returning({ id: run.id });
  return rows.length > 0;
}

/** Within a transaction: is the run still ours? Nobody can take or cancel it until the transaction ends. */
export async function lockHeldRun(tx: Db, hold: RunHold): Promise<boolean> {
  const rows = await tx.select({ id: run.id }).from(run).where(held(hold)).for('share');
  return rows.length > 0;
}

export const setRunEngine = (db: Db, hold: RunHold, set: { engine: string; device: string; codeVersion: string }) =>
  db.update(run).set(set).where(held(hold));

/** Ends the hold by a command of the trainer; null when the run is not ours any more. Announces the change. */
export async function leaveRun(
  db: Db,
  hold: RunHold,
  params: { command: Extract<RunCommand, 'wait' | 'fail' | 'finish' | 'release'>; told: Stored | null },
): Promise<RunStatus | null> {
  const status = nextRunStatus('training', params.command);
  if (!status) return null;
  const ended = params.command === 'fail' || params.command === 'finish';
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(run)
      .set({
        status,
        message: params.told?.message ?? null,
        said: params.told?.said ?? null,
        trainerId: null,
        trainerUntil: null,
        endedAt: ended ? sql`now()` : null,
      })
      .where(held(hold))
      .returning({ projectId: run.projectId });
    if (!row) return null;
    await notify(tx, { name: 'run:changed', projectId: row.projectId, runId: hold.runId, status });
    return status;
  });
}

/**
 * Lets runs go on that wait for answers and have as many as their gate asks, or no open item left. Returns their ids.
 */
export async function releaseAnsweredRuns(db: Db): Promise<string[]> {
  return db.transaction(async (tx) => {
    const waiting = await tx
      .select({
        runId: run.id,
        id: round.id,
        index: round.index,
        role: round.role,
        member: round.member,
        stage: round.stage,
      })
      .from(run)
      .innerJoin(round, eq(round.runId, run.id))
      .where(and(eq(run.status, 'waiting-review'), sql`${run.config}->>'reviewGate' = 'answers'`));
    const asked = [...new Set(waiting.map(({ runId }) => runId))].flatMap((runId) => {
      const found = roundThatAsked(waiting.filter((row) => row.runId === runId));
      return found ? [found.id] : [];
    });
    if (asked.length === 0) return [];
    const rows = await execute(
      tx,
      sql`
      with counted as (
        select d.run_id, count(*) filter (where ri.status <> 'open') as settled,
          count(*) filter (where ri.status = 'open') as open
        from round d left join review_item ri on ri.round_id = d.id
        where d.id = any(${sql.param(asked)}::uuid[]) group by d.run_id
      )
      update run r set status = 'queued', message = null from counted c
      where c.run_id = r.id and r.status = 'waiting-review' and (c.open = 0
        or c.settled >= (r.config->>'reviewAnswers')::int)
      returning r.id, r.project_id as "projectId"`,
      { id: text, projectId: text },
    );
    for (const row of rows)
      await notify(tx, { name: 'run:changed', projectId: row.projectId, runId: row.id, status: 'queued' });
    return rows.map(({ id }) => id);
  });
}

/** Fails a run that no trainer could bring to an end; the message tells people what to do. Announces the change. */
export async function failRun(db: Db, runId: string, told: Stored): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(run)
      .set({ status: 'failed', ...told, trainerId: null, trainerUntil: null, endedAt: sql`now()` })
      .where(and(eq(run.id, runId), inArray(run.status, statusesAllowing('fail'))))
      .returning({ projectId: run.projectId });
    if (row) await notify(tx, { name: 'run:changed', projectId: row.projectId, runId, status: 'failed' });
  });
}
