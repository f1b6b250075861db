import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { SUSPECT_LABELS_A_CLASS } from '#core/run/learning.ts';
import { roundBefore } from '#core/round/order.ts';
import { roundName } from '#core/run/run.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { drawAudit, listFlipCandidates, listSuspects } from '#db/queries/review/insight.ts';
import { listUncertainApart } from '#db/queries/review/uncertain-apart.ts';
import { insertReviewItems, notifyArrived } from '#db/queries/review/review-write.ts';
import type { ReviewCandidate } from '#db/queries/review/insight.ts';
import { getRound, listRounds } from '#db/queries/run/run-read.ts';
import type { RoundRow } from '#db/queries/run/run-read.ts';
import type { Db } from '#db/client.ts';
import type { Actor, Services } from '../../context.ts';

type QueueReason = 'flip' | 'suspect-label' | 'audit' | 'uncertain';

/**
 * Sends images of a round to people. Audit items are drawn at random and keep their chance, so that the estimate stays
 * unbiased.
 */
export async function queueReview(
  services: Services,
  actor: Actor,
  input: { projectId: string; roundId: string; reason: QueueReason; count: number },
): Promise<{ queued: number }> {
  return services.db.transaction(async (tx) => {
    const round = await getRound(tx, input);
    const { candidates, drawProbability } = await drawCandidates(tx, round, input);
    const itemIds = await insertReviewItems(tx, {
      projectId: input.projectId,
      runId: round.runId,
      roundId: round.id,
      reason: input.reason,
      classIds: round.run.classIds,
      drawProbability,
      candidates,
    });
    if (itemIds.length === 0) return { queued: 0 };
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'review:queued',
      subject: `${roundName(round)} of run ${round.run.number}`,
      detail: { reason: input.reason, count: itemIds.length },
    });
    await notifyArrived(tx, { projectId: input.projectId, runId: round.runId, reason: input.reason, itemIds });
    return { queued: itemIds.length };
  });
}

async function drawCandidates(
  db: Db,
  round: RoundRow,
  { projectId, reason, count: limit }: { projectId: string; reason: QueueReason; count: number },
): Promise<{ candidates: ReviewCandidate[]; drawProbability: number | null }> {
  const plain = (candidates: ReviewCandidate[]) => ({ candidates, drawProbability: null });
  if (reason === 'suspect-label' && round.labeledCount < SUSPECT_LABELS_A_CLASS * round.run.classIds.length) {
    throw new AppError('NOT_READY', say('refusal.tooFewToDoubt', { count: SUSPECT_LABELS_A_CLASS }));
  }
  if (reason === 'suspect-label')
    return plain(await listSuspects(db, { roundId: round.id, classIds: round.run.classIds, limit }));
  if (reason === 'uncertain') return plain(await listUncertainApart(db, { projectId, roundId: round.id, limit }));
  const rounds = await listRounds(db, { runId: round.runId });
  if (reason === 'flip') {
    const earlier = roundBefore(rounds, round);
    if (!earlier) throw new AppError('NOT_READY', say('refusal.firstRound'));
    return plain(await listFlipCandidates(db, { roundId: round.id, otherRoundId: earlier.id, limit }));
  }
  const student = rounds.find(({ role, teacherRoundId }) => role === 'student' && teacherRoundId === round.id);
  if (!student) throw new AppError('NOT_READY', say('refusal.nothingToAudit'));
  const { rows, of } = await drawAudit(db, { studentRoundId: student.id, teacherRoundId: round.id, limit });
  return { candidates: rows, drawProbability: of === 0 ? null : rows.length / of };
}
