import { setTimeout as wait } from 'node:timers/promises';
import { joinFloats } from '#core/math/floats.ts';
import type { Db } from '#db/client.ts';
import {
  areShardsStored,
  claimPredictionShard,
  closePredictionShard,
  countAnsweredByTrainer,
  cutPredictionShards,
  findAnsweredShard,
  isFirstStored,
  listShardImages,
  setAnswerer,
} from '#db/queries/round/prediction-shard.ts';
import type { ClaimedShard } from '#db/queries/round/prediction-shard.ts';
import { listImagesById, listInPool } from '#db/queries/round/training-image.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import type { Prediction } from '#ml/index.ts';
import { answerOne, shardSize } from '../model/answer-shards.ts';
import type { Answering } from '../model/answer-shards.ts';
import { stopIfTaken, whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';

/** How often it is looked whether others have answered what they took, ms. */
const LOOK_MS = 200;
/**
 * Who has nothing left of its own waits so long for others, ms, or twice what its slowest shard took; then it answers
 * theirs too. A process may hang and still be spoken for.
 */
const PATIENCE_MS = 10_000;

export interface PoolShard extends Prediction {
  images: TrainingImage[];
  /** Shares of the pool before and after this shard, 0..1. */
  from: number;
  to: number;
  /** To be called in the transaction that stores what follows from it. */
  close(tx: Db): Promise<void>;
}

/**
 * The pool's answers by a model, a shard at a time, each to be stored before the next. The pool is cut once and the
 * pieces are kept as rows: what an earlier try stored is not answered again, and other trainers with the same kind of
 * engine take some (docs/decisions/0035). The first shard is always this trainer's and comes first. A head on kept
 * features answers alone: to read them would cost others more than the answer.
 *
 * @param images the pool, in the order of its content. @param scored those that have their prediction
 */
export async function* answerPool(
  context: RunContext,
  roundId: string,
  model: Answering,
  { images, scored }: { images: readonly TrainingImage[]; scored: ReadonlySet<string> },
): AsyncGenerator<PoolShard> {
  const { db, trainerId } = context;
  await cutPool(context, roundId, model, { images, scored });
  let begun = await isFirstStored(db, roundId);
  let [waited, patience] = [0, PATIENCE_MS];
  for (;;) {
    stopIfTaken(context);
    const answered = begun ? await findAnsweredShard(db, roundId) : null;
    const any = waited > patience;
    const shard = answered ?? (await claimPredictionShard(db, { trainerId, roundId, first: !begun, any }));
    if (shard) {
      const started = performance.now();
      const listed = await listShard(context, shard);
      // Of one whose images were deleted since it was answered, the answers are given anew.
      const theirs = answered && isSameOrder(answered.imageIds, listed) ? answered : null;
      const answers = theirs ?? (await answerOne(context, model, listed));
      if (!theirs) patience = Math.max(patience, 2 * (performance.now() - started));
      const close = (tx: Db): Promise<void> => closePredictionShard(tx, shard.id, theirs ? null : trainerId);
      // Between two tries images may have been deleted, moved out of the pool, or answered by an older version.
      const inPool = await listInPool(db, shard.imageIds);
      const rows = listed.flatMap(({ id }, row) => (inPool.has(id) && !scored.has(id) ? [row] : []));
      if (rows.length === 0) await whileHeld(context, close);
      else yield { ...placeOf(shard), ...pickRows(listed, answers, rows), close };
      begun = true;
      waited = 0;
    } else if (await areShardsStored(db, roundId)) break;
    else {
      await wait(LOOK_MS, undefined, { signal: context.signal }).catch(() => undefined);
      waited += LOOK_MS;
    }
  }
  const byTrainer = await countAnsweredByTrainer(db, roundId);
  if (byTrainer.length > 1) context.log.info({ roundId, byTrainer }, 'several trainers answered the pool');
}

const isSameOrder = (ids: readonly string[], images: readonly TrainingImage[]): boolean =>
  ids.length === images.length && images.every(({ id }, row) => id === ids[row]);

/** These rows of a shard and of its answers, in their order. */
function pickRows(
  images: readonly TrainingImage[],
  { logits, embeddings }: Pick<Prediction, 'logits' | 'embeddings'>,
  rows: readonly number[],
) {
  const pick = (values: Float32Array): Float32Array => {
    const width = values.length / images.length;
    return joinFloats(rows.map((row) => values.subarray(row * width, (row + 1) * width)));
  };
  return {
    images: rows.flatMap((row) => images[row] ?? []),
    logits: pick(logits),
    embeddings: pick(embeddings),
    embeddingSize: embeddings.length / images.length,
  };
}

const placeOf = ({ start, total, imageIds }: ClaimedShard) => ({
  from: start / total,
  to: (start + imageIds.length) / total,
});

const listShard = (context: RunContext, { imageIds }: ClaimedShard): Promise<TrainingImage[]> =>
  listImagesById(context.db, { projectId: context.run.projectId, imageIds });

/** Cuts what has neither a prediction nor a place in a shard: all of it at first, later what was imported meanwhile. */
async function cutPool(
  context: RunContext,
  roundId: string,
  model: Answering,
  { images, scored }: { images: readonly TrainingImage[]; scored: ReadonlySet<string> },
): Promise<void> {
  const listed = await listShardImages(context.db, roundId);
  const open = images.filter(({ id }) => !scored.has(id) && !listed.has(id));
  const answerer = model.answer ? null : context.answerer;
  if (open.length === 0) return whileHeld(context, (tx) => setAnswerer(tx, { roundId, answerer }));
  const [size, before, total] = [shardSize(model), images.length - open.length, images.length];
  const shards = Array.from({ length: Math.ceil(open.length / size) }, (_, at) => ({
    start: before + at * size,
    total,
    imageIds: open.slice(at * size, (at + 1) * size).map(({ id }) => id),
  }));
  await whileHeld(context, async (tx) => {
    await setAnswerer(tx, { roundId, answerer });
    await cutPredictionShards(tx, { roundId, answerer, shards });
  });
}
