import { SUSPECT_LABELS_A_CLASS } from '#core/run/learning.ts';
import { must } from '#core/must.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { maxRows } from '#core/math/probabilities.ts';
import { insertReviewItems, notifyArrived } from '#db/queries/review/review-write.ts';
import { countAskedSuspects, insertSuspects, listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { REVIEW_MIX } from '#ml/selection/review-queue.ts';
import { findSuspects } from '#ml/selection/suspects.ts';
import type { RunContext } from '../hold/context.ts';
import { whileHeld } from '../hold/context.ts';
import { listPool } from './prepare-training.ts';
import type { Progress } from '../hold/progress.ts';
import { answerUnseen } from './answer-unseen.ts';

/**
 * Stores with the round which human labels are contradicted by an answer that none of them taught, for the page, and
 * asks people to look again at the clearest, a tenth of the round's questions (LEARN-7). A second try finds what the
 * first one stored.
 * @param options.asks whether this round asks people at all
 * @returns how many questions of the round's budget that takes
 */
export async function askSuspects(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  options: { asks: boolean; progress: Progress },
): Promise<number> {
  const { db, run } = context;
  const stored = await countAskedSuspects(db, round.id);
  if (stored !== null) return stored;
  const labels = (await listRoundLabels(db, round.id)).map(
    ({ imageId, classId }) => [imageId, run.classIds.indexOf(classId)] as const,
  );
  const classOf = new Map(labels.filter(([, classIndex]) => classIndex >= 0));
  if (classOf.size < SUSPECT_LABELS_A_CLASS * run.classIds.length) return 0;
  const labeled = (await listPool(context, new Set(classOf.keys()))).map((image) => ({
    ...image,
    classIndex: must(classOf, image.id, 'label of image'),
  }));
  const unseen = await answerUnseen(context, plan, round, labeled, options.progress);
  if (!unseen) return 0;
  const { probabilities, knows } = unseen;
  const confidences = maxRows(probabilities, run.classIds.length);
  const given = labeled.map(({ classIndex }) => classIndex);
  const found = findSuspects(probabilities, given, run.classIds.length).flatMap(
    ({ row, given: classIndex, suggested, margin }) => {
      const image = labeled[row];
      return image && knows[classIndex]
        ? [{ imageId: image.id, classIndex: suggested, confidence: confidences[row] ?? 0, margin }]
        : [];
    },
  );
  const suspects = found.slice(
    0,
    options.asks ? Math.round(context.config.reviewPerRound * REVIEW_MIX['suspect-label']) : 0,
  );
  await whileHeld(context, async (tx) => {
    await insertSuspects(tx, round.id, found);
    const itemIds = await insertReviewItems(tx, {
      projectId: run.projectId,
      runId: run.id,
      roundId: round.id,
      reason: 'suspect-label',
      classIds: run.classIds,
      drawProbability: null,
      candidates: suspects.map(({ margin, ...suspect }) => ({ ...suspect, priority: margin })),
    });
    await notifyArrived(tx, { projectId: run.projectId, runId: run.id, reason: 'suspect-label', itemIds });
  });
  return suspects.length;
}
