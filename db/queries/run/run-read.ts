import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { notFound } from '#core/errors.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import { finalRound } from '#core/run/run.ts';
import { saidAs } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import { member, round, roundPoint, run, user } from '../../schema/index.ts';

const shape = {
  id: run.id,
  projectId: run.projectId,
  number: run.number,
  name: run.name,
  notes: run.notes,
  tags: run.tags,
  sweepId: run.sweepId,
  archivedAt: run.archivedAt,
  status: run.status,
  config: run.config,
  classIds: run.classIds,
  message: run.message,
  said: run.said,
  engine: run.engine,
  device: run.device,
  codeVersion: run.codeVersion,
  trainerId: run.trainerId,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  createdAt: run.createdAt,
  createdByName: user.name,
};

const readRuns = (db: Db) =>
  db
    .select(shape)
    .from(run)
    .leftJoin(member, eq(member.id, run.createdBy))
    .leftJoin(user, eq(user.id, member.userId))
    .$dynamic();

/** A row with the keys of what it tells, where they still say that. */
const spokenRun = <T extends Spoken>(row: T): T => ({ ...row, said: saidAs(row.message, row.said) });
const spokenRound = <T extends SpokenRound>(row: T): T => ({
  ...row,
  verdictSaid: saidAs(row.verdictReason, row.verdictSaid),
});
type Spoken = Pick<typeof run.$inferSelect, 'message' | 'said'>;
type SpokenRound = Pick<typeof round.$inferSelect, 'verdictReason' | 'verdictSaid'>;

/** Most runs that a list holds; two statements read them all with their rounds. */
const RUNS_MOST = 100;

/** Newest first, each with its rounds in order; archived ones too, unless they are not wanted. */
export async function listRuns(db: Db, params: { projectId: string; limit?: number; archived?: boolean }) {
  const runs = await readRuns(db)
    .where(
      and(eq(run.projectId, params.projectId), params.archived === false ? sql`${run.archivedAt} is null` : undefined),
    )
    .orderBy(desc(run.number))
    .limit(params.limit ?? RUNS_MOST);
  const rounds =
    runs.length === 0
      ? []
      : await selectRounds(db)
          .where(
            inArray(
              round.runId,
              runs.map(({ id }) => id),
            ),
          )
          .orderBy(asc(round.index), asc(round.role), asc(round.member));
  const byRun = new Map<string, typeof rounds>();
  for (const row of rounds) {
    const held = byRun.get(row.runId);
    if (held) held.push(spokenRound(row));
    else byRun.set(row.runId, [spokenRound(row)]);
  }
  return runs.map((row) => ({ ...spokenRun(row), rounds: byRun.get(row.id) ?? [] }));
}

export async function getRun(db: Db, params: { projectId: string; runId: string }) {
  const [row] = await readRuns(db).where(and(eq(run.projectId, params.projectId), eq(run.id, params.runId)));
  if (!row) throw notFound('run');
  return spokenRun(row);
}

/** The newest run of a project, whatever became of it. */
export async function findLatestRun(db: Db, projectId: string) {
  const [row] = await readRuns(db).where(eq(run.projectId, projectId)).orderBy(desc(run.number)).limit(1);
  return row ? spokenRun(row) : null;
}

const selectRounds = (db: Db) =>
  db
    .select({
      id: round.id,
      runId: round.runId,
      index: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      stage: round.stage,
      seed: round.seed,
      teacherRoundId: round.teacherRoundId,
      labeledHash: round.labeledHash,
      labeledCount: round.labeledCount,
      metrics: round.metrics,
      selection: round.selection,
      verdict: round.verdict,
      verdictReason: round.verdictReason,
      verdictSaid: round.verdictSaid,
      standings: round.standings,
      decidedBy: round.decidedBy,
      rolledBackAt: round.rolledBackAt,
      reviewed: round.reviewed,
      startedAt: round.startedAt,
      endedAt: round.endedAt,
    })
    .from(round)
    .$dynamic();

/**
 * The final model of the project's newest finished run, with the order of its classes; null before one has finished.
 */
export async function findFinalRound(db: Db, projectId: string) {
  const newest = db
    .select({ id: run.id })
    .from(run)
    .where(and(eq(run.projectId, projectId), eq(run.status, 'finished')))
    .orderBy(desc(run.number))
    .limit(1);
  const rounds = await db
    .select({
      id: round.id,
      index: round.index,
      role: round.role,
      member: round.member,
      stage: round.stage,
      verdict: round.verdict,
      classIds: run.classIds,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(inArray(round.runId, newest));
  return finalRound(rounds);
}

/** Rounds of a run: teacher first, each control arm right after its student. */
export async function listRounds(db: Db, params: { runId: string }) {
  const rows = await selectRounds(db)
    .where(eq(round.runId, params.runId))
    .orderBy(asc(round.index), sql`${round.role} = 'control'`, asc(round.member));
  return rows.map(spokenRound);
}

/** A round with its run, inside the project that the caller may see. */
export async function getRound(db: Db, params: { projectId: string; roundId: string }) {
  const [row] = await selectRounds(db)
    .innerJoin(run, eq(run.id, round.runId))
    .where(and(eq(round.id, params.roundId), eq(run.projectId, params.projectId)));
  if (!row) throw notFound('round');
  return { ...spokenRound(row), run: await getRun(db, { projectId: params.projectId, runId: row.runId }) };
}

export type RoundRow = Awaited<ReturnType<typeof getRound>>;

/** Every round of a project whose predictions can be compared, newest run first, and what each stands on. */
export async function listMeasuredRounds(db: Db, projectId: string) {
  const rows = await db
    .select({
      id: round.id,
      runId: run.id,
      runNumber: run.number,
      runName: run.name,
      runStatus: run.status,
      index: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      stage: round.stage,
      verdict: round.verdict,
      metrics: round.metrics,
      config: run.config,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(and(eq(run.projectId, projectId), isNotNull(round.metrics)))
    .orderBy(desc(run.number), asc(round.index), asc(round.role), asc(round.member));
  return rows.map(({ config, ...row }) => ({ ...row, ...originOf(config, row) }));
}

/**
 * Points of a run's curves in the order of its rounds, each control arm after its student, after a round and step: for
 * a page that already holds what came before.
 */
export function listCurve(
  db: Db,
  params: { runId: string; cursor?: { roundId: string; step: number } | null; limit: number },
) {
  const after = params.cursor;
  return db
    .select({
      roundId: roundPoint.roundId,
      step: roundPoint.step,
      lossLabeled: roundPoint.lossLabeled,
      lossPseudo: roundPoint.lossPseudo,
      learningRate: roundPoint.learningRate,
      imagesPerSecond: roundPoint.imagesPerSecond,
      valAccuracy: roundPoint.valAccuracy,
    })
    .from(roundPoint)
    .innerJoin(round, eq(round.id, roundPoint.roundId))
    .where(
      and(
        eq(round.runId, params.runId),
        after
          ? sql`(${round.index}, ${round.role} = 'control', ${round.id}, ${roundPoint.step}) >
        (select r.index, r.role = 'control', r.id, ${after.step}::int from ${round} r where r.id = ${after.roundId}
          and r.run_id = ${params.runId})`
          : undefined,
      ),
    )
    .orderBy(asc(round.index), sql`${round.role} = 'control'`, asc(round.id), asc(roundPoint.step))
    .limit(params.limit);
}

/** Does a trainer read the project's images just now, or may one begin to at any moment? */
export async function isAnyRunWorking(db: Db, projectId: string): Promise<boolean> {
  const rows = await db
    .select({ id: run.id })
    .from(run)
    .where(and(eq(run.projectId, projectId), inArray(run.status, ['queued', 'training'])))
    .limit(1);
  return rows.length > 0;
}

/** The run as it stands: settings and status may have changed since it was claimed. */
export async function getRunState(db: Db, runId: string) {
  return must(await db.select().from(run).where(eq(run.id, runId)), 0, 'run');
}
