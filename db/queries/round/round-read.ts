import { and, asc, desc, eq, isNotNull, ne, or, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { NO_TAG } from '#core/round/point-map.ts';
import type { MapColumns } from '#core/round/point-map.ts';
import { readReals, readSmallInts } from '../../array-bytes.ts';
import { notFound } from '#core/errors.ts';
import type { Db } from '../../client.ts';
import { image, prediction, pseudoLabel, round, roundLabel, run } from '../../schema/index.ts';
import { guessUnseen } from '../blind.ts';
import { isSuspect, tagOf } from '../image/feature-map.ts';
import type { Blind } from '../blind.ts';
import { bytes, execute, nullable, number } from '../../execute.ts';

export interface ImageCursor {
  confidence: number;
  imageId: string;
}

/** What a blind member may not see yet is left out. */
interface Page {
  blind: Blind | null;
  cursor?: ImageCursor | null;
  limit: number;
}

const resolved = sql`${image.consensusState} in ('agreed', 'adjudicated')`;
const unresolved = sql`${image.consensusState} not in ('agreed', 'adjudicated')`;
/** The class behind a prediction's index; null when the index lies outside the run's classes. */
const classAt = (classIds: readonly string[], index: SQL | typeof prediction.classIndex): SQL<string> =>
  sql<string>`(${sql.param([...classIds])}::uuid[])[${index} + 1]`;
/** Confidence is stored as 4 bytes: compare in the same width, or a page would repeat its last row. */
const before = (cursor: ImageCursor | null | undefined): SQL | undefined =>
  cursor
    ? sql`(${prediction.confidence}, ${prediction.imageId}) < (${cursor.confidence}::real, ${cursor.imageId}::uuid)`
    : undefined;

const seen = (blind: Blind | null): SQL | undefined =>
  blind === null ? undefined : sql`not ${guessUnseen(blind, image)}`;

/** Unlabeled pool images by predicted class and confidence bin: the histogram, and what the simulator counts from. */
export async function countConfidence(db: Db, params: { roundId: string; bins: number }) {
  const rows = await execute(
    db,
    sql`
    select "classIndex", bin, count(*)::int as n
    from (
      select p.class_index as "classIndex", least(floor(p.confidence * ${params.bins}::int)::int,
        ${params.bins}::int - 1) as bin
      from prediction p
      join image i on i.id = p.image_id and i.split = 'pool' and i.consensus_state not in ('agreed', 'adjudicated')
      where p.round_id = ${params.roundId}
      -- A fence: seen through it, the planner expects a group for every confidence and sorts 100,000 rows on disk.
      offset 0
    ) cells
    group by 1, 2 order by 1, 2`,
    { classIndex: number, bin: number, n: number },
  );
  return rows;
}

/** A round's predictions on validation beside what people said. `truthClassId` is the consensus of today. */
export const listValidation = (db: Db, params: { roundId: string }) =>
  db
    .select({
      imageId: prediction.imageId,
      probabilities: prediction.probabilities,
      classIndex: prediction.classIndex,
      confidence: prediction.confidence,
      truthClassId: image.consensusClassId,
    })
    .from(prediction)
    .innerJoin(image, eq(image.id, prediction.imageId))
    .where(
      and(
        eq(prediction.roundId, params.roundId),
        eq(image.split, 'validation'),
        resolved,
        isNotNull(image.consensusClassId),
      ),
    )
    .orderBy(asc(prediction.imageId));

const imageShape = {
  imageId: prediction.imageId,
  fileName: image.fileName,
  confidence: prediction.confidence,
  classIndex: prediction.classIndex,
};

/** Validation images of one truth that the round took for one class, the surest first. */
export const listCell = (db: Db, params: Page & { roundId: string; truthClassId: string; predictedIndex: number }) =>
  db
    .select({ ...imageShape, truthClassId: image.consensusClassId })
    .from(prediction)
    .innerJoin(image, eq(image.id, prediction.imageId))
    .where(
      and(
        eq(prediction.roundId, params.roundId),
        eq(image.split, 'validation'),
        resolved,
        eq(image.consensusClassId, params.truthClassId),
        eq(prediction.classIndex, params.predictedIndex),
        before(params.cursor),
        seen(params.blind),
      ),
    )
    .orderBy(desc(prediction.confidence), desc(prediction.imageId))
    .limit(params.limit);

/** Validation images that the round got wrong, the surest mistakes first. */
export const listMistakes = (db: Db, params: Page & { roundId: string; classIds: readonly string[] }) =>
  db
    .select({ ...imageShape, truthClassId: image.consensusClassId })
    .from(prediction)
    .innerJoin(image, eq(image.id, prediction.imageId))
    .where(
      and(
        eq(prediction.roundId, params.roundId),
        eq(image.split, 'validation'),
        resolved,
        ne(image.consensusClassId, classAt(params.classIds, prediction.classIndex)),
        before(params.cursor),
        seen(params.blind),
      ),
    )
    .orderBy(desc(prediction.confidence), desc(prediction.imageId))
    .limit(params.limit);

const earlier = alias(prediction, 'earlier');
const pair = (params: { otherRoundId: string; classIds: readonly string[]; otherClassIds: readonly string[] }) => ({
  on: and(eq(earlier.imageId, prediction.imageId), eq(earlier.roundId, params.otherRoundId)),
  newer: classAt(params.classIds, prediction.classIndex),
  older: classAt(params.otherClassIds, sql`${earlier.classIndex}`),
});

type Pair = { roundId: string; otherRoundId: string; classIds: readonly string[]; otherClassIds: readonly string[] };

/** Unlabeled pool images on which two rounds disagree, those the newer one is surest of first. */
export function listFlips(db: Db, params: Pair & Omit<Page, 'blind'>) {
  const { on, newer, older } = pair(params);
  return db
    .select({ ...imageShape, classId: newer, otherClassId: older, otherConfidence: earlier.confidence })
    .from(prediction)
    .innerJoin(earlier, on)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'pool'), unresolved))
    .where(and(eq(prediction.roundId, params.roundId), sql`${newer} <> ${older}`, before(params.cursor)))
    .orderBy(desc(prediction.confidence), desc(prediction.imageId))
    .limit(params.limit);
}

/** How many unlabeled pool images both rounds scored, and from which class to which they moved. */
export async function countFlips(db: Db, params: Pair) {
  const { on, newer, older } = pair(params);
  const rows = await db
    .select({ fromClassId: older, toClassId: newer, n: sql<number>`count(*)::int` })
    .from(prediction)
    .innerJoin(earlier, on)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'pool'), unresolved))
    .where(eq(prediction.roundId, params.roundId))
    .groupBy(sql`1`, sql`2`)
    .orderBy(desc(sql`3`));
  const moves = rows.filter(({ fromClassId, toClassId }) => fromClassId !== toClassId);
  return { compared: rows.reduce((sum, { n }) => sum + n, 0), moved: moves.reduce((sum, { n }) => sum + n, 0), moves };
}

/**
 * Validation images scored by both rounds, by truth: right in both, only in the newer, only in the other, in neither.
 */
export async function countPaired(db: Db, params: Pair) {
  const { on, newer, older } = pair(params);
  const truth = image.consensusClassId;
  return db
    .select({
      truthClassId: sql<string>`${truth}`,
      both: sql<number>`count(*) filter (where ${newer} = ${truth} and ${older} = ${truth})::int`,
      onlyNow: sql<number>`count(*) filter (where ${newer} = ${truth} and ${older} <> ${truth})::int`,
      onlyThen: sql<number>`count(*) filter (where ${newer} <> ${truth} and ${older} = ${truth})::int`,
      neither: sql<number>`count(*) filter (where ${newer} <> ${truth} and ${older} <> ${truth})::int`,
    })
    .from(prediction)
    .innerJoin(earlier, on)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'validation'), resolved))
    .where(eq(prediction.roundId, params.roundId))
    .groupBy(truth);
}

/** Validation images that only one of two rounds got right. */
export function listChanged(db: Db, params: Pair & Page) {
  const { on, newer, older } = pair(params);
  return db
    .select({
      ...imageShape,
      classId: newer,
      otherClassId: older,
      otherConfidence: earlier.confidence,
      truthClassId: image.consensusClassId,
    })
    .from(prediction)
    .innerJoin(earlier, on)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'validation'), resolved))
    .where(
      and(
        eq(prediction.roundId, params.roundId),
        sql`${newer} <> ${older}`,
        or(eq(image.consensusClassId, newer), eq(image.consensusClassId, older)),
        before(params.cursor),
        seen(params.blind),
      ),
    )
    .orderBy(desc(prediction.confidence), desc(prediction.imageId))
    .limit(params.limit);
}

/**
 * The pool's map, about `limit` points, thinned by the random draw each image got at import. Columns come as one block
 * each: a hundred thousand rows cost 350 ms on their way into JavaScript, five blocks 150. A point opens when what it
 * tells of its image is not hidden from the blind member.
 */
export async function readMapPoints(
  db: Db,
  params: {
    roundId: string;
    otherRoundId: string | null;
    tags: readonly string[];
    limit: number;
    blind: Blind | null;
  },
): Promise<MapColumns> {
  const hidden = guessUnseen(params.blind, sql`i`);
  const [total] = await execute(
    db,
    sql`
    select count(*)::int as n from prediction where round_id = ${params.roundId} and map_x is not null
      and map_y is not null`,
    { n: number },
  );
  const share = params.limit / Math.max(1, total?.n ?? 0);
  const [found] = await execute(
    db,
    sql`
    select array_send(array_agg(p.map_x)) as x, array_send(array_agg(p.map_y)) as y,
      array_send(array_agg(p.confidence)) as confidence,
      array_send(array_agg(p.class_index::int2)) as class,
      array_send(array_agg((case when e.class_index <> p.class_index then 1 else 0 end
        + case when i.consensus_state in ('agreed', 'adjudicated') then 2 else 0 end
        + case when ${hidden} then 0 else 4 end
        + case when ${isSuspect(params.blind, sql`i`)} then 8 else 0 end)::int2)) as flags,
      array_send(array_agg((case when ${hidden} then -1 else ${tagOf(params.tags, sql`i`)} end)::int2)) as tag,
      string_agg(uuid_send(i.id), ''::bytea) filter (where not ${hidden}) as "imageIds"
    from prediction p
    join image i on i.id = p.image_id and i.split = 'pool'
    left join prediction e on e.image_id = p.image_id and e.round_id = ${params.otherRoundId}::uuid
    where p.round_id = ${params.roundId} and p.map_x is not null and p.map_y is not null
      ${share < 1 ? sql`and i.shuffle < ${share}` : sql``}`,
    {
      x: nullable(bytes),
      y: nullable(bytes),
      confidence: nullable(bytes),
      class: nullable(bytes),
      flags: nullable(bytes),
      tag: nullable(bytes),
      imageIds: nullable(bytes),
    },
  );
  const flags = readSmallInts(found?.flags ?? null);
  return {
    x: readReals(found?.x ?? null),
    y: readReals(found?.y ?? null),
    confidence: readReals(found?.confidence ?? null),
    classIndex: readSmallInts(found?.class ?? null),
    flipped: Uint8Array.from(flags, (value) => value & 1),
    labeled: Uint8Array.from(flags, (value) => (value >> 1) & 1),
    opens: Uint8Array.from(flags, (value) => (value >> 2) & 1),
    suspect: Uint8Array.from(flags, (value) => value >> 3),
    split: new Uint8Array(flags.length),
    tag: Uint8Array.from(readSmallInts(found?.tag ?? null), (index) => (index < 0 ? NO_TAG : index)),
    imageIds: found?.imageIds ?? new Uint8Array(),
  };
}

/** Points to either side, by x alone, that tell how far the nearest one lies at most. */
const BESIDE = 50;

/**
 * The image of the map point nearest to a place. Only a strip as wide as the nearest of some points beside it is
 * measured, by the index on x: a few dozen points for a place from the page, which knows it to 1/65,535 of the map's
 * width. The two are asked one after the other: as one statement the planner expects a wide strip and sends for
 * parallel processes, which takes longer than the reading.
 */
export async function findMapImage(db: Db, params: { roundId: string; x: number; y: number }) {
  const [x, y] = [Math.fround(params.x), Math.fround(params.y)];
  const distance = sql`sqrt(power(${prediction.mapX}::float8 - ${x}::float8, 2) + power(${prediction.mapY}::float8 -
    ${y}::float8, 2))`;
  const points = and(eq(prediction.roundId, params.roundId), isNotNull(prediction.mapY));
  const inPool = and(eq(image.id, prediction.imageId), eq(image.split, 'pool'));
  const beside = (side: SQL, order: SQL): SQL => sql`
    (select ${distance} as distance from ${prediction} join ${image} on ${inPool} where ${points}
      and ${prediction.mapX} ${side} order by ${prediction.mapX} ${order} limit ${BESIDE})`;
  // A hair more than the distance, which is rounded.
  const [strip] = await execute(
    db,
    sql`
    select min(distance) * 1.0000001 as reach from (${beside(sql`>= ${x}::float8`, sql`asc`)}
      union all ${beside(sql`< ${x}::float8`, sql`desc`)}) as beside`,
    { reach: nullable(number) },
  );
  if (typeof strip?.reach !== 'number') return null;
  const [row] = await db
    .select({
      ...imageShape,
      truthClassId: sql<string | null>`case when ${resolved} then ${image.consensusClassId} end`,
    })
    .from(prediction)
    .innerJoin(image, inPool)
    .where(and(points, sql`${prediction.mapX} between ${x - strip.reach}::float8 and ${x + strip.reach}::float8`))
    .orderBy(distance, asc(prediction.imageId))
    .limit(1);
  return row ?? null;
}

/** What every round of a project said of one image, newest run first. */
export const listImagePredictions = (db: Db, params: { projectId: string; imageId: string }) =>
  db
    .select({
      roundId: round.id,
      runId: run.id,
      runNumber: run.number,
      runName: run.name,
      index: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      classIds: run.classIds,
      probabilities: prediction.probabilities,
      classIndex: prediction.classIndex,
      confidence: prediction.confidence,
    })
    .from(prediction)
    .innerJoin(round, eq(round.id, prediction.roundId))
    .innerJoin(run, and(eq(run.id, round.runId), eq(run.projectId, params.projectId)))
    .where(eq(prediction.imageId, params.imageId))
    .orderBy(desc(run.number), asc(round.index), asc(round.role), asc(round.member))
    .limit(100);

/** The least sure prediction on an unlabeled pool image: shows best what a temperature does. */
export async function findUnsurePrediction(db: Db, params: { roundId: string }) {
  const [row] = await db
    .select({ imageId: prediction.imageId, probabilities: prediction.probabilities })
    .from(prediction)
    .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'pool')))
    .where(eq(prediction.roundId, params.roundId))
    .orderBy(asc(prediction.confidence))
    .limit(1);
  return row ?? null;
}

/** Accepted pseudo-labels of a student round by class index. */
export const countPseudoLabels = (db: Db, params: { roundId: string }) =>
  db
    .select({
      classIndex: pseudoLabel.classIndex,
      n: sql<number>`count(*)::int`,
      copies: sql<number>`sum(${pseudoLabel.copies})::int`,
    })
    .from(pseudoLabel)
    .where(eq(pseudoLabel.roundId, params.roundId))
    .groupBy(pseudoLabel.classIndex)
    .orderBy(asc(pseudoLabel.classIndex));

/** The labeled set that a round was trained on, by class. */
export const countRoundLabels = (db: Db, params: { roundId: string }) =>
  db
    .select({ classId: roundLabel.classId, n: sql<number>`count(*)::int` })
    .from(roundLabel)
    .where(eq(roundLabel.roundId, params.roundId))
    .groupBy(roundLabel.classId);

/** A round of this project, by whichever run. */
export async function getProjectRound(db: Db, projectId: string, roundId: string) {
  const [row] = await db
    .select({
      id: round.id,
      index: round.index,
      role: round.role,
      member: round.member,
      stage: round.stage,
      runId: run.id,
      runNumber: run.number,
      runName: run.name,
      classIds: run.classIds,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .where(and(eq(round.id, roundId), eq(run.projectId, projectId)));
  if (!row) throw notFound('round');
  return row;
}
