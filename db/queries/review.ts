import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { reviewItem, round } from '../schema/index.ts';

/**
 * Marks an open item as answered by this decision. Null when it was answered or closed meanwhile: the decision stands all the
 * same, as a judgment without an item.
 */
export async function answerReviewItem(
  db: Db,
  params: { projectId: string; itemId: string; imageId: string; memberId: string; annotationId: string; skipped: boolean },
): Promise<{ id: string; guessClassId: string | null } | null> {
  const [row] = await db
    .update(reviewItem)
    .set({
      status: params.skipped ? 'skipped' : 'answered', answeredBy: params.memberId, annotationId: params.annotationId,
      answeredAt: sql`now()`, heldBy: null, heldUntil: null,
    })
    .where(and(eq(reviewItem.id, params.itemId), eq(reviewItem.projectId, params.projectId), eq(reviewItem.imageId, params.imageId), eq(reviewItem.status, 'open')))
    .returning({ id: reviewItem.id, guessClassId: reviewItem.guessClassId, roundId: reviewItem.roundId });
  if (row && !params.skipped) await db.update(round).set({ reviewed: sql`${round.reviewed} + 1` }).where(eq(round.id, row.roundId));
  return row ?? null;
}

/** Opens an item again after its answer was taken back, held by the same member. */
export async function reopenReviewItem(db: Db, params: { itemId: string; memberId: string }): Promise<void> {
  const [row] = await db
    .update(reviewItem)
    .set({ status: 'open', answeredBy: null, annotationId: null, answeredAt: null, heldBy: params.memberId, heldUntil: sql`now() + interval '2 minutes'` })
    .where(and(eq(reviewItem.id, params.itemId), eq(reviewItem.status, 'answered')))
    .returning({ roundId: reviewItem.roundId });
  if (row) await db.update(round).set({ reviewed: sql`greatest(${round.reviewed} - 1, 0)` }).where(eq(round.id, row.roundId));
}
