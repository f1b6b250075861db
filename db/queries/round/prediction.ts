import { and, asc, eq, sql } from 'drizzle-orm';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { image, prediction } from '../../schema/index.ts';

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
 * Predictions of a round on one split, in the order of the images' content (LEARN-10), each with what people say today.
 */
export const listPredictions = (db: Db, params: { roundId: string; split: Split }) =>
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
    .where(and(eq(prediction.roundId, params.roundId), eq(image.split, params.split)))
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
