import { and, asc, eq, gte, max, ne, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { floatsOf, bytesOf, packIds, unpackIds } from '../../packed-embeddings.ts';
import { predictionShard, round, run } from '../../schema/index.ts';
import { bytes, execute, number, text } from '../../execute.ts';

/** How long a shard stays with a trainer that said last that it works on it, s. */
export const SHARD_SECONDS = 8;
/** Answered shards of a round that may wait to be stored: their numbers take room. */
const ANSWERED_AHEAD = 8;
/** Rows that one statement stores. */
const CUT_TOGETHER = 100;

export interface ClaimedShard {
  id: string;
  roundId: string;
  start: number;
  total: number;
  imageIds: string[];
}

export interface AnsweredShard extends ClaimedShard {
  logits: Float32Array;
  embeddings: Float32Array;
}

/** Cuts what a round is still to answer; shards that are there already keep their numbers. */
export async function cutPredictionShards(
  tx: Db,
  params: {
    roundId: string;
    answerer: string | null;
    shards: readonly { start: number; total: number; imageIds: readonly string[] }[];
  },
): Promise<void> {
  const { roundId, answerer } = params;
  const [last] = await tx
    .select({ index: max(predictionShard.index) })
    .from(predictionShard)
    .where(eq(predictionShard.roundId, roundId));
  const next = (last?.index ?? -1) + 1;
  const rows = params.shards.map(({ imageIds, ...rest }, at) => {
    return { ...rest, roundId, index: next + at, images: imageIds.length, imageIds: packIds(imageIds), answerer };
  });
  for (let at = 0; at < rows.length; at += CUT_TOGETHER)
    await tx.insert(predictionShard).values(rows.slice(at, at + CUT_TOGETHER));
}

/** Says who fits what is open of a round: whoever takes a run over may answer with another kind of engine. */
export async function setAnswerer(tx: Db, params: { roundId: string; answerer: string | null }): Promise<void> {
  await tx
    .update(predictionShard)
    .set({ answerer: params.answerer })
    .where(and(eq(predictionShard.roundId, params.roundId), eq(predictionShard.status, 'open')));
}

/** Images that lie in shards which are not stored yet. */
export async function listShardImages(db: Db, roundId: string): Promise<Set<string>> {
  const rows = await db
    .select({ imageIds: predictionShard.imageIds })
    .from(predictionShard)
    .where(and(eq(predictionShard.roundId, roundId), ne(predictionShard.status, 'stored')));
  return new Set(rows.flatMap(({ imageIds }) => unpackIds(imageIds ?? new Uint8Array())));
}

const isFree = (trainerId: string): SQL =>
  sql`(c.trainer_until is null or c.trainer_until < now() or c.trainer_id = ${trainerId})`;

/** What others may take: all but the first shard, of runs under way, and not far ahead of what is stored. */
const isForOthers = (answerer: string): SQL => sql`c.answerer = ${answerer} and c.index > 0
  and c.round_id in (select d.id from ${round} d join ${run} r on r.id = d.run_id where r.status = 'training')
  and c.round_id not in (select a.round_id from prediction_shard a where a.status = 'answered'
    group by a.round_id having count(*) >= ${ANSWERED_AHEAD})`;

/**
 * Takes the next open shard: of one round for whoever holds its run, the first one at once, which nobody else takes; of
 * any round whose answers fit for others. One that its trainer no longer speaks for is free again.
 * @param params.any also one that another trainer speaks for: what two answer is stored once
 */
export async function claimPredictionShard(
  db: Db,
  params: { trainerId: string } & ({ roundId: string; first: boolean; any: boolean } | { answerer: string }),
): Promise<ClaimedShard | null> {
  const { trainerId } = params;
  const isWanted =
    'answerer' in params
      ? sql`${isFree(trainerId)} and ${isForOthers(params.answerer)}`
      : sql`c.round_id = ${params.roundId} and ${
          params.first ? sql`c.index = 0` : params.any ? sql`true` : isFree(trainerId)
        }`;
  const [row] = await execute(
    db,
    sql`
    update prediction_shard s
    set trainer_id = ${trainerId}, trainer_until = now() + make_interval(secs => ${SHARD_SECONDS})
    where s.id = (select c.id from prediction_shard c where c.status = 'open' and ${isWanted}
      order by c.index limit 1 for update of c skip locked)
    returning s.id, s.round_id as "roundId", s.start, s.total, s.image_ids as "imageIds"`,
    { id: text, roundId: text, start: number, total: number, imageIds: bytes },
  );
  return row ? { ...row, imageIds: unpackIds(row.imageIds) } : null;
}

/** For which kind of answers there is a shard that this trainer could give them for; null where there is none. */
export async function findHelpWanted(
  db: Db,
  params: { trainerId: string; answerers: readonly string[] },
): Promise<string | null> {
  for (const answerer of params.answerers) {
    const rows = await execute(
      db,
      sql`select c.id from prediction_shard c
        where c.status = 'open' and ${isFree(params.trainerId)} and ${isForOthers(answerer)} limit 1`,
      { id: text },
    );
    if (rows.length > 0) return answerer;
  }
  return null;
}

const heldBy = (trainerId: string) => and(eq(predictionShard.trainerId, trainerId), eq(predictionShard.status, 'open'));

/** Says that a trainer still works on what it took. What it has not said in time is not its own any more. */
export async function keepPredictionShards(db: Db, trainerId: string): Promise<void> {
  await db
    .update(predictionShard)
    .set({ trainerUntil: sql`now() + make_interval(secs => ${SHARD_SECONDS})` })
    .where(and(heldBy(trainerId), gte(predictionShard.trainerUntil, sql`now()`)));
}

/** Gives back what a trainer took and did not answer. */
export async function releasePredictionShards(db: Db, trainerId: string): Promise<void> {
  await db.update(predictionShard).set({ trainerId: null, trainerUntil: null }).where(heldBy(trainerId));
}

const isTraining = sql`exists (select 1 from ${round} d join ${run} r on r.id = d.run_id
  where d.id = ${predictionShard.roundId} and r.status = 'training')`;

/**
 * Stores a trainer's answers for whoever holds the run; false when the shard is another one's by now, or done, or its
 * run is not under way.
 */
export async function answerPredictionShard(
  db: Db,
  params: {
    id: string;
    trainerId: string;
    imageIds: readonly string[];
    logits: Float32Array;
    embeddings: Float32Array;
  },
): Promise<boolean> {
  const { id, trainerId, imageIds, logits, embeddings } = params;
  const rows = await db
    .update(predictionShard)
    .set({
      status: 'answered',
      imageIds: packIds(imageIds),
      logits: bytesOf(logits),
      embeddings: bytesOf(embeddings),
      trainerUntil: null,
    })
    .where(and(eq(predictionShard.id, id), heldBy(trainerId), isTraining))
    .returning({ id: predictionShard.id });
  return rows.length > 0;
}

/** A shard of a round that another trainer has answered and nobody has stored. */
export async function findAnsweredShard(db: Db, roundId: string): Promise<AnsweredShard | null> {
  const [row] = await db
    .select()
    .from(predictionShard)
    .where(and(eq(predictionShard.roundId, roundId), eq(predictionShard.status, 'answered')))
    .orderBy(asc(predictionShard.index))
    .limit(1);
  if (!row) return null;
  const empty = new Uint8Array();
  return {
    id: row.id,
    roundId,
    start: row.start,
    total: row.total,
    imageIds: unpackIds(row.imageIds ?? empty),
    logits: floatsOf(row.logits ?? empty),
    embeddings: floatsOf(row.embeddings ?? empty),
  };
}

/** Closes a shard, in the transaction that stores its predictions. @param trainerId whose answers they are */
export async function closePredictionShard(tx: Db, id: string, trainerId: string | null): Promise<void> {
  await tx
    .update(predictionShard)
    .set({
      status: 'stored',
      ...(trainerId === null ? {} : { trainerId }),
      trainerUntil: null,
      logits: null,
      embeddings: null,
      imageIds: sql`case when ${predictionShard.index} = 0 then ${predictionShard.imageIds} end`,
    })
    .where(eq(predictionShard.id, id));
}

/** Forgets answers that nobody will store: their run was cancelled, or has failed. */
export async function forgetAnswers(db: Db): Promise<void> {
  await db.execute(sql`
    update prediction_shard s set status = 'open', trainer_id = null, trainer_until = null, logits = null,
      embeddings = null
    from ${round} d join ${run} r on r.id = d.run_id
    where d.id = s.round_id and s.status = 'answered' and r.status in ('cancelled', 'failed')`);
}

/** Whether the first shard of a round is stored: what is fitted to it is known then. */
export async function isFirstStored(db: Db, roundId: string): Promise<boolean> {
  const rows = await db
    .select({ id: predictionShard.id })
    .from(predictionShard)
    .where(
      and(eq(predictionShard.roundId, roundId), eq(predictionShard.index, 0), eq(predictionShard.status, 'stored')),
    );
  return rows.length > 0;
}

/** Whether every shard of a round is stored. */
export async function areShardsStored(db: Db, roundId: string): Promise<boolean> {
  const rows = await db
    .select({ id: predictionShard.id })
    .from(predictionShard)
    .where(and(eq(predictionShard.roundId, roundId), ne(predictionShard.status, 'stored')))
    .limit(1);
  return rows.length === 0;
}

/** How many images of a round's pool each trainer has answered. */
export const countAnsweredByTrainer = (db: Db, roundId: string): Promise<{ trainerId: string; images: number }[]> =>
  execute(
    db,
    sql`select trainer_id as "trainerId", sum(images)::int as images from prediction_shard
      where round_id = ${roundId} and status = 'stored' group by trainer_id order by sum(images) desc`,
    { trainerId: text, images: number },
  );
