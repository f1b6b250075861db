import { must } from '#core/must.ts';
import { createRandom } from '#core/math/random.ts';
import type { ReviewReason } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import { insertReviewItems, notifyArrived } from '#db/queries/review/review-write.ts';
import { listPredictedClasses } from '#db/queries/round/prediction.ts';
import { listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { listAnsweredIds, listWaitingIds } from '#db/queries/round/training-image.ts';
import { classPrior } from '#ml/selection/align.ts';
import { chooseQuestions, dealQuestions } from '#ml/selection/review-queue.ts';
import type { RunContext } from '../hold/context.ts';
import type { ScoredShard } from './score-round.ts';

export type Asker = (shard: ScoredShard, tx: Db) => Promise<void>;

/**
 * Sends a fair part of each scored shard to people while the rest of the pool is still being scored (RUN-12). Images
 * that people answered are left out, and those that wait in the queue already are only audited. The draw depends on the
 * round's seed and the shard only.
 * @param previous the round that flips are counted from; null for a run's first
 * @param budget questions for the whole pool
 */
export async function createAsker(
  context: RunContext,
  round: RoundState,
  previous: RoundState | null,
  budget: number,
): Promise<Asker> {
  const { run } = context;
  const classCount = run.classIds.length;
  const answered = await listAnsweredIds(context.db, { projectId: run.projectId });
  const queued = await listWaitingIds(context.db, { runId: run.id });
  const deal = dealQuestions(budget, createRandom(round.seed).fork('review'));
  const labels = await listRoundLabels(context.db, round.id);
  const prior = classPrior(
    labels.map(({ classId }) => run.classIds.indexOf(classId)),
    classCount,
  );
  return async (shard, tx) => {
    const quota = deal(shard);
    const open = shard.rows.flatMap((row, at) => (answered.has(row.imageId) ? [] : [{ row, at }]));
    if (quota.count === 0 || open.length === 0) return;
    const { embeddings, embeddingSize: width } = shard;
    const values = new Float32Array(open.length * width);
    for (const [to, { at }] of open.entries())
      values.set(embeddings.subarray(at * width, (at + 1) * width), to * width);
    const before = previous
      ? await listPredictedClasses(tx, { roundId: previous.id, imageIds: open.map(({ row }) => row.imageId) })
      : null;
    const questions = chooseQuestions({
      classCount,
      prior,
      quota,
      probabilities: Float32Array.from(open.flatMap(({ row }) => row.probabilities)),
      previous: before ? open.map(({ row }) => before.get(row.imageId) ?? row.classIndex) : null,
      waiting: new Set(open.flatMap(({ row }, at) => (queued.has(row.imageId) ? [at] : []))),
      embeddings: { values, count: open.length, width },
      random: createRandom(round.seed).fork(`review:${shard.from}`),
    });
    const reasons = new Map<ReviewReason, typeof questions>();
    for (const question of questions) reasons.set(question.reason, [...(reasons.get(question.reason) ?? []), question]);
    for (const [reason, asked] of reasons) {
      const itemIds = await insertReviewItems(tx, {
        projectId: run.projectId,
        runId: run.id,
        roundId: round.id,
        reason,
        classIds: run.classIds,
        drawProbability: asked[0]?.drawProbability ?? null,
        candidates: asked.map(({ row, priority }) => {
          const { imageId, classIndex, confidence } = must(open, row, 'open row').row;
          return { imageId, classIndex, confidence, priority };
        }),
      });
      await notifyArrived(tx, { projectId: run.projectId, runId: run.id, reason, itemIds });
    }
  };
}
