import { SUSPECT_LABELS_A_CLASS } from '#core/learning.ts';
import { maxRows } from '#core/probabilities.ts';
import { createRandom } from '#core/random.ts';
import { notify } from '#db/notify.ts';
import { insertReviewItems } from '#db/queries/insight.ts';
import { insertSuspects, listRoundLabels } from '#db/queries/round-write.ts';
import type { RoundState } from '#db/queries/round-write.ts';
import { listTrainingImages } from '#db/queries/training-image.ts';
import { crossFit } from '#ml/selection/cross-fit.ts';
import { REVIEW_MIX } from '#ml/selection/review-queue.ts';
import { findSuspects } from '#ml/selection/suspects.ts';
import type { RunContext } from './context.ts';
import { whileHeld } from './context.ts';
import type { Predictor } from './predictor.ts';
import { answerShards } from './answer-shards.ts';

const FOLDS = 5;

/**
 * Stores with the round which human labels a head out of fold contradicts, for the page, and asks people to look again at the clearest,
 * a tenth of the round's questions (LEARN-7). The draw depends on the frozen labels and the round's seed, so a second try asks the same.
 * @param asks whether this round asks people at all
 * @returns how many questions of the round's budget that takes
 */
export async function askSuspects(context: RunContext, round: RoundState, model: Predictor, asks: boolean): Promise<number> {
  const { db, run } = context;
  const wanted = asks ? Math.round(context.config.reviewPerRound * REVIEW_MIX['suspect-label']) : 0;
  const classOf = new Map((await listRoundLabels(db, round.id)).map(({ imageId, classId }) => [imageId, run.classIds.indexOf(classId)]));
  if (classOf.size < SUSPECT_LABELS_A_CLASS * run.classIds.length) return 0;
  const labeled = (await listTrainingImages(db, { projectId: run.projectId, split: 'pool' })).filter(({ id }) => (classOf.get(id) ?? -1) >= 0);
  const shards: Float32Array[] = [];
  let width = 0;
  for await (const shard of answerShards(context, model, labeled)) {
    shards.push(shard.embeddings);
    width = shard.embeddingSize;
  }
  const values = new Float32Array(labeled.length * width);
  let at = 0;
  for (const shard of shards) {
    values.set(shard, at);
    at += shard.length;
  }
  const given = labeled.map(({ id }) => classOf.get(id) ?? 0);
  const random = createRandom(round.seed).fork('suspects');
  const probabilities = crossFit({ values, count: labeled.length, width }, given, run.classIds.length, { folds: FOLDS, random });
  const confidences = maxRows(probabilities, run.classIds.length);
  const found = findSuspects(probabilities, given, run.classIds.length).flatMap(({ row, suggested, margin }) => {
    const image = labeled[row];
    return image ? [{ imageId: image.id, classIndex: suggested, confidence: confidences[row] ?? 0, margin }] : [];
  });
  const suspects = found.slice(0, wanted);
  await whileHeld(context, async (tx) => {
    await insertSuspects(tx, round.id, found);
    const itemIds = await insertReviewItems(tx, {
      projectId: run.projectId, runId: run.id, roundId: round.id, reason: 'suspect-label', classIds: run.classIds, drawProbability: null,
      candidates: suspects.map(({ imageId, classIndex, confidence }) => ({ imageId, classIndex, confidence })),
    });
    if (itemIds.length > 0) await notify(tx, { name: 'review:arrived', projectId: run.projectId, runId: run.id, itemIds: itemIds.slice(0, 100), reason: 'suspect-label' });
  });
  return suspects.length;
}
