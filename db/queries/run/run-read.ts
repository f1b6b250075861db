import { and, asc, count, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import type { Split } from '#core/project/project.ts';
import { finalRound } from '#core/run/run.ts';
import type { Db } from '../../client.ts';
import {
  backbone,
  image,
  member,
  project,
  projectClass,
  projectCounter,
  reviewItem,
  round,
  roundPoint,
  run,
  user,
  worker,
} from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

const shape = {
  id: run.id,
  projectId: run.projectId,
  number: run.number,
  status: run.status,
  config: run.config,
  classIds: run.classIds,
  message: run.message,
  engine: run.engine,
  device: run.device,
  codeVersion: run.codeVersion,
  workerId: run.workerId,
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

/** Newest first, each with its rounds in order. */
export async function listRuns(db: Db, params: { projectId: string; limit?: number }) {
  const runs = await readRuns(db)
    .where(eq(run.projectId, params.projectId))
    .orderBy(desc(run.number))
    .limit(params.limit ?? 100);
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
  return runs.map((row) => ({ ...row, rounds: rounds.filter((each) => each.runId === row.id) }));
}

export async function getRun(db: Db, params: { projectId: string; runId: string }) {
  const [row] = await readRuns(db).where(and(eq(run.projectId, params.projectId), eq(run.id, params.runId)));
  if (!row) throw notFound('run');
  return row;
}

/** The newest run of a project, whatever became of it. */
export async function findLatestRun(db: Db, projectId: string) {
  const [row] = await readRuns(db).where(eq(run.projectId, projectId)).orderBy(desc(run.number)).limit(1);
  return row ?? null;
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
      decision: round.decision,
      decisionReason: round.decisionReason,
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
      decision: round.decision,
      classIds: run.classIds,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(inArray(round.runId, newest));
  return finalRound(rounds);
}

/** Rounds of a run: teacher first, each control arm right after its student. */
export const listRounds = (db: Db, params: { runId: string }) =>
  selectRounds(db)
    .where(eq(round.runId, params.runId))
    .orderBy(asc(round.index), sql`${round.role} = 'control'`, asc(round.member));

/** A round with its run, inside the project that the caller may see. */
export async function getRound(db: Db, params: { projectId: string; roundId: string }) {
  const [row] = await selectRounds(db)
    .innerJoin(run, eq(run.id, round.runId))
    .where(and(eq(round.id, params.roundId), eq(run.projectId, params.projectId)));
  if (!row) throw notFound('round');
  return { ...row, run: await getRun(db, { projectId: params.projectId, runId: row.runId }) };
}

export type RoundRow = Awaited<ReturnType<typeof getRound>>;

/** Every round of a project whose predictions can be compared, newest run first. */
export const listMeasuredRounds = (db: Db, projectId: string) =>
  db
    .select({
      id: round.id,
      runId: run.id,
      runNumber: run.number,
      runStatus: run.status,
      index: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      stage: round.stage,
      decision: round.decision,
      metrics: round.metrics,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(and(eq(run.projectId, projectId), isNotNull(round.metrics)))
    .orderBy(desc(run.number), asc(round.index), asc(round.role), asc(round.member));

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

/** Human answers a run could learn from: resolved images by class and split. */
export const listLabelCounts = (db: Db, projectId: string) =>
  db
    .select({ classId: image.consensusClassId, split: image.split, n: count() })
    .from(image)
    .where(and(eq(image.projectId, projectId), inArray(image.consensusState, ['agreed', 'adjudicated'])))
    .groupBy(image.consensusClassId, image.split);

export async function countSplits(db: Db, projectId: string): Promise<Record<Split, number>> {
  const rows = await db
    .select({ split: projectCounter.split, n: sql<number>`sum(${projectCounter.images})::int` })
    .from(projectCounter)
    .where(eq(projectCounter.projectId, projectId))
    .groupBy(projectCounter.split);
  return { pool: 0, validation: 0, test: 0, ...Object.fromEntries(rows.map(({ split, n }) => [split, n])) };
}

export const listClassIds = (db: Db, projectId: string) =>
  db
    .select({
      id: projectClass.id,
      name: projectClass.name,
      colour: projectClass.colour,
      position: projectClass.position,
    })
    .from(projectClass)
    .where(eq(projectClass.projectId, projectId))
    .orderBy(asc(projectClass.position), asc(projectClass.id));

/** Review items of a project, or of one run, by status: what waits for people. */
export async function countReview(db: Db, of: { projectId: string } | { runId: string }) {
  const whose = 'runId' in of ? eq(reviewItem.runId, of.runId) : eq(reviewItem.projectId, of.projectId);
  const rows = await db
    .select({ status: reviewItem.status, n: count() })
    .from(reviewItem)
    .where(whose)
    .groupBy(reviewItem.status);
  return {
    open: 0,
    answered: 0,
    skipped: 0,
    closed: 0,
    ...Object.fromEntries(rows.map(({ status, n }) => [status, n])),
  };
}

/**
 * Trainers, the liveliest first, each with the run that it holds when the member who asks sees its project.
 */
export const listWorkers = (db: Db, memberId: string) =>
  db
    .select({
      id: worker.id,
      engine: worker.engine,
      device: worker.device,
      threads: worker.threads,
      memoryBytes: worker.memoryBytes,
      imagesPerSecond: worker.imagesPerSecond,
      skipped: worker.skipped,
      answers: worker.answers,
      startedAt: worker.startedAt,
      heartbeatAt: worker.heartbeatAt,
      busy: isNotNull(worker.job),
      runId: run.id,
      runNumber: run.number,
      projectId: project.id,
      projectName: project.name,
      alive: sql<boolean>`${worker.heartbeatAt} > now() - interval '30 seconds'`,
    })
    .from(worker)
    .leftJoin(
      run,
      and(
        eq(run.workerId, worker.id),
        eq(run.status, 'training'),
        sql`${run.projectId} in (select p.id from project p join member m on m.organization_id = p.organization_id
          where m.id = ${memberId} and p.status <> 'deleted' and ${seesProject(sql`m`, sql`p.id`)})`,
      ),
    )
    .leftJoin(project, eq(project.id, run.projectId))
    .orderBy(desc(worker.heartbeatAt))
    .limit(200);

/** A few images of the pool, drawn at import: to show what a policy does. */
export async function listSampleImages(db: Db, projectId: string): Promise<string[]> {
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .where(and(eq(image.projectId, projectId), eq(image.split, 'pool')))
    .orderBy(asc(image.id))
    .limit(12);
  return rows.map(({ id }) => id);
}

/** Pre-trained weights that the organization has imported, newest first. */
export const listBackbones = (db: Db, organizationId: string) =>
  db
    .select({
      id: backbone.id,
      name: backbone.name,
      inputSize: backbone.inputSize,
      bytes: backbone.bytes,
      kind: backbone.kind,
      width: backbone.width,
      licence: backbone.licence,
      origin: backbone.origin,
      sourceUrl: backbone.sourceUrl,
    })
    .from(backbone)
    .where(eq(backbone.organizationId, organizationId))
    .orderBy(desc(backbone.createdAt))
    .limit(100);

/** Does a trainer read the project's images just now, or may one begin to at any moment? */
export async function isAnyRunWorking(db: Db, projectId: string): Promise<boolean> {
  const rows = await db
    .select({ id: run.id })
    .from(run)
    .where(and(eq(run.projectId, projectId), inArray(run.status, ['queued', 'training'])))
    .limit(1);
  return rows.length > 0;
}
