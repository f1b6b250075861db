import { and, asc, eq, lte, or, sql } from 'drizzle-orm';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { image, pseudoLabel, round, roundLabel } from '../../schema/index.ts';
import { execute, text, truth } from '../../execute.ts';

export interface TrainingImage {
  id: string;
  contentHash: string;
  channels: number;
}

/** What a run has learned from does not measure it, wherever it was moved since. */
const measures = (
  runId: string,
) => sql`not exists (select 1 from ${roundLabel} l join ${round} r on r.id = l.round_id where r.run_id = ${runId}
  and l.image_id = ${image.id})
  and not exists (select 1 from ${pseudoLabel} s join ${round} r on r.id = s.round_id where r.run_id = ${runId}
    and s.image_id = ${image.id})`;

/** A round froze a human answer of the image, wherever it was moved since. */
const labelsOf = (roundId: string) =>
  sql`exists (select 1 from ${roundLabel} l where l.round_id = ${roundId} and l.image_id = ${image.id})`;

/**
 * The images of a split, without their answers, of validation those that measure the run, beside the pool also those
 * whose answers a round froze (`orLabelsOf`); in the order of their content: ids are drawn anew in every database, and
 * what is learned must not depend on them (LEARN-10).
 */
export const listTrainingImages = (
  db: Db,
  params: { projectId: string } & (
    | { split: 'pool'; until?: Date | null; orLabelsOf?: string }
    | { split: 'validation'; runId: string }
  ),
): Promise<TrainingImage[]> =>
  db
    .select({ id: image.id, contentHash: image.contentHash, channels: image.channels })
    .from(image)
    .where(
      and(
        eq(image.projectId, params.projectId),
        params.split === 'pool' && params.orLabelsOf
          ? or(eq(image.split, 'pool'), labelsOf(params.orLabelsOf))
          : eq(image.split, params.split),
        params.split === 'validation' ? measures(params.runId) : undefined,
        // Those that a round that began then already knew (RUN-4).
        params.split === 'pool' && params.until ? lte(image.createdAt, params.until) : undefined,
      ),
    )
    .orderBy(asc(image.contentHash));

/**
 * These images in the order of their content, whatever split they lie in now: what a round froze it learns from, also
 * after somebody moved it (RUN-4).
 */
export const listImagesById = (
  db: Db,
  params: { projectId: string; imageIds: Iterable<string> },
): Promise<TrainingImage[]> =>
  db
    .select({ id: image.id, contentHash: image.contentHash, channels: image.channels })
    .from(image)
    .where(
      and(
        eq(image.projectId, params.projectId),
        sql`${image.id} = any(${sql.param([...new Set(params.imageIds)])}::uuid[])`,
      ),
    )
    .orderBy(asc(image.contentHash));

/** Which of these images lie in the pool now. */
export async function listInPool(db: Db, imageIds: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .where(and(sql`${image.id} = any(${sql.param([...imageIds])}::uuid[])`, eq(image.split, 'pool')));
  return new Set(rows.map(({ id }) => id));
}

/**
 * Images of validation or test that measure a run and whose human answer is resolved, with that answer as a position in
 * the run's classes. The test split is asked for once in a run's life, at its end (RUN-7).
 */
export async function listAnsweredImages(
  db: Db,
  params: {
    projectId: string;
    runId: string;
    split: Extract<Split, 'validation' | 'test'>;
    classIds: readonly string[];
  },
): Promise<(TrainingImage & { classIndex: number })[]> {
  const rows = await db
    .select({ id: image.id, contentHash: image.contentHash, channels: image.channels, classId: image.consensusClassId })
    .from(image)
    .where(
      and(
        eq(image.projectId, params.projectId),
        eq(image.split, params.split),
        sql`${image.consensusState} in ('agreed', 'adjudicated')`,
        sql`${image.consensusClassId} = any(${sql.param([...params.classIds])}::uuid[])`,
        measures(params.runId),
      ),
    )
    .orderBy(asc(image.contentHash));
  return rows.map(({ classId, ...row }) => ({ ...row, classIndex: params.classIds.indexOf(classId ?? '') }));
}

/** How many channels a project's images train with: gray only when every image is. */
export async function findChannels(db: Db, projectId: string): Promise<1 | 3> {
  const rows = await execute(
    db,
    sql`select exists(select 1 from image where project_id = ${projectId} and channels = 3) as colour`,
    { colour: truth },
  );
  return rows[0]?.colour ? 3 : 1;
}

/** How many channels a run trains with: what its project's images were when it started, whatever was imported since. */
export async function findRunChannels(db: Db, runId: string): Promise<1 | 3> {
  const rows = await execute(
    db,
    sql`
    select exists(select 1 from run r join image i on i.project_id = r.project_id and i.channels = 3
      and i.created_at <= r.created_at where r.id = ${runId}) as colour`,
    { colour: truth },
  );
  return rows[0]?.colour ? 3 : 1;
}

/** Pool images that people have answered. */
export async function listAnsweredIds(db: Db, params: { projectId: string }): Promise<Set<string>> {
  const rows = await execute(
    db,
    sql`
    select id from image where project_id = ${params.projectId} and split = 'pool'
      and consensus_state in ('agreed', 'adjudicated')`,
    { id: text },
  );
  return new Set(rows.map(({ id }) => id));
}

/** Images that wait in the run's review queue. */
export async function listWaitingIds(db: Db, params: { runId: string }): Promise<Set<string>> {
  const rows = await execute(
    db,
    sql`select image_id as id from review_item where run_id = ${params.runId} and status = 'open'`,
    { id: text },
  );
  return new Set(rows.map(({ id }) => id));
}
