import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { PICKED_PRIORITY } from '#core/project/project.ts';
import { roundName } from '#core/run/run.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { listReviewable } from '#db/queries/review/reviewable.ts';
import { insertReviewItems, notifyArrived } from '#db/queries/review/review-write.ts';
import { findMapRound } from '#db/queries/round/map-round.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Sends images that a lead picked to people, before anything else: those without a label as any that a model is unsure
 * of, labels that people gave for a look of their own (REVIEW-3). Validation and test are passed over, and so is what
 * the round asks about already.
 * @throws AppError NOT_READY before the first round, whose items these are
 */
export async function queueImages(
  services: Pick<Services, 'db'>,
  actor: Actor,
  { projectId, roundId, imageIds }: { projectId: string; roundId: string | null; imageIds: readonly string[] },
): Promise<{ queued: number; passed: number }> {
  return services.db.transaction(async (tx) => {
    const asked = roundId ?? (await findMapRound(tx, { projectId }))?.id ?? null;
    if (asked === null) throw new AppError('NOT_READY', say('refusal.noRoundYet'));
    const round = await getRound(tx, { projectId, roundId: asked });
    const found = await listReviewable(tx, { projectId, roundId: round.id, imageIds });
    let queued = 0;
    for (const reason of ['uncertain', 'suspect-label'] as const) {
      const candidates = found.filter(({ isSettled }) => isSettled === (reason === 'suspect-label'));
      const itemIds = await insertReviewItems(tx, {
        projectId,
        runId: round.runId,
        roundId: round.id,
        reason,
        classIds: round.run.classIds,
        drawProbability: null,
        candidates: candidates.map((one) => ({ ...one, priority: PICKED_PRIORITY })),
      });
      queued += itemIds.length;
      if (itemIds.length > 0) await notifyArrived(tx, { projectId, runId: round.runId, reason, itemIds });
    }
    if (queued > 0)
      await recordActivity(tx, {
        organizationId: actor.organizationId,
        projectId,
        memberId: actor.memberId,
        action: 'review:queued',
        subject: `${roundName(round)} of run ${round.run.number}`,
        detail: { reason: 'picked', count: queued },
      });
    return { queued, passed: imageIds.length - queued };
  });
}
