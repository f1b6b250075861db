import { and, asc, eq, sql } from 'drizzle-orm';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { image, prediction, pseudoLabel, roundLabel } from '../../schema/index.ts';
import { execute, number } from '../../execute.ts';

export interface PredictionRow {
  imageId: string;
  /** In the order of run.classIds. */
  probabilities: number[];
  classIndex: number;
  confidence: number;
  /** Place on the pool's map; none for validation. */
  mapX?: number;
  mapY?: number;
}

/**
 * Stores predictions of a round; what is stored already stays. Vectors travel as one flat array, since unnest flattens
 * nested ones, and are cut apart in the statement.
 */
export async function insertPredictions(
  db: Db,
  roundId: string,
  rows: readonly PredictionRow[],
  classCount: number,
): Promise<void> {
  if (rows.length === 0) return;
  await db.execute(sql`
    with flat as (select ${sql.param(rows.flatMap((row) => row.probabilities))}::real[] as p)
    insert into prediction (round_id, image_id, probabilities, class_index, confidence, map_x, map_y)
    select ${roundId}, r.image_id, flat.p[(r.n - 1) * ${classCount}::int + 1 : r.n * ${classCount}::int], r.class_index,
      r.confidence, r.map_x, r.map_y
    from flat, unnest(
      ${sql.param(rows.map((row) => row.imageId))}::uuid[], ${sql.param(rows.map((row) => row.classIndex))}::int[],
      ${sql.param(rows.map((row) => row.confidence))}::real[],
        ${sql.param(rows.map((row) => row.mapX ?? null))}::real[],
      ${sql.param(rows.map((row) => row.mapY ?? null))}::real[]
    ) with ordinality as r (image_id, class_index, confidence, map_x, map_y, n)
    on conflict do nothing`);
}

/**
 * Predictions of a round in the order of the images' content (LEARN-10), each with what people say today: on the images
 * that lie in a split now, or on those that a round froze as pseudo-labels, wherever they were moved since.
 */
export const listPredictions = (
  db: Db,
  params: { roundId: string; of: { split: Split } | { pseudoLabelsOf: string } },
) =>
  db
    .select({
      imageId: prediction.imageId,
      probabilities: prediction.probabilities,
      classIndex: prediction.classIndex,
      confidence: prediction.confidence,
      humanClassId: sql<
        string | null
      >`case when ${image.consensusState} in ('agreed', 'adjudicated') then ${image.consensusClassId} end`,
    })
    .from(prediction)
    .innerJoin(image, eq(image.id, prediction.imageId))
    .where(
      and(
        eq(prediction.roundId, params.roundId),
        'split' in params.of
          ? eq(image.split, params.of.split)
          : sql`${image.id} in (select image_id from ${pseudoLabel} where round_id = ${params.of.pseudoLabelsOf})`,
      ),
    )
    .orderBy(asc(image.contentHash));

export type StoredPrediction = Awaited<ReturnType<typeof listPredictions>>[number];

/** Images of a split that a round has scored. */
export async function listScoredImages(db: Db, params: { roundId: string; split: Split }): Promise<Set<string>> {
  const rows = await db
    .select({ imageId: prediction.imageId })
    .from(prediction)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, params.split)))
    .where(eq(prediction.roundId, params.roundId));
  return new Set(rows.map(({ imageId }) => imageId));
}

/** The class that a round predicts for each of these images that it has scored. */
export async function listPredictedClasses(
  db: Db,
  params: { roundId: string; imageIds: readonly string[] },
): Promise<Map<string, number>> {
  const rows = await db
    .select({ imageId: prediction.imageId, classIndex: prediction.classIndex })
    .from(prediction)
    .where(
      and(
        eq(prediction.roundId, params.roundId),
        sql`${prediction.imageId} = any(${sql.param([...params.imageIds])}::uuid[])`,
      ),
    );
  return new Map(rows.map(({ imageId, classIndex }) => [imageId, classIndex]));
}

/** Pool images that both rounds scored and no person answered: how many, and on how many the two agree. */
export async function countAgreement(
  db: Db,
  params: { roundId: string; otherRoundId: string },
): Promise<{ open: number; agreed: number }> {
  const rows = await execute(
    db,
    sql`
    select count(*)::int as open, (count(*) filter (where a.class_index = b.class_index))::int as agreed
    from ${prediction} a
    join ${prediction} b on b.image_id = a.image_id and b.round_id = ${params.otherRoundId}
    join ${image} i on i.id = a.image_id and i.split = 'pool' and i.consensus_state not in ('agreed', 'adjudicated')
    where a.round_id = ${params.roundId}`,
    { open: number, agreed: number },
  );
  return rows[0] ?? { open: 0, agreed: 0 };
}

/**
 * Pool images that a teacher scored and a round has no human answer for, in the order of the images' content
 * (LEARN-10).
 */
export async function listScoredUnlabeled(
  db: Db,
  params: { teacherRoundId: string; roundId: string },
): Promise<string[]> {
  const rows = await db
    .select({ imageId: prediction.imageId })
    .from(prediction)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'pool')))
    .where(
      and(
        eq(prediction.roundId, params.teacherRoundId),
        sql`not exists (select 1 from ${roundLabel} l
          where l.round_id = ${params.roundId} and l.image_id = ${image.id})`,
      ),
    )
    .orderBy(asc(image.contentHash));
  return rows.map(({ imageId }) => imageId);
}
