import type { ReviewReason } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { notifyAll } from '../../notify.ts';
import { reviewItem } from '../../schema/index.ts';
import type { ReviewCandidate } from './insight.ts';

/** Puts candidates in the review queue of a round; what stands there already is left alone. Returns the new ids. */
export async function insertReviewItems(
  db: Db,
  params: {
    projectId: string;
    runId: string;
    roundId: string;
    reason: ReviewReason;
    classIds: readonly string[];
    drawProbability: number | null;
    candidates: readonly ReviewCandidate[];
  },
): Promise<string[]> {
  if (params.candidates.length === 0) return [];
  const rows = await db
    .insert(reviewItem)
    .values(
      params.candidates.map((candidate) => ({
        projectId: params.projectId,
        runId: params.runId,
        roundId: params.roundId,
        imageId: candidate.imageId,
        reason: params.reason,
        drawProbability: params.drawProbability,
        guessClassId: params.classIds[candidate.classIndex] ?? null,
        confidence: candidate.confidence,
        priority: candidate.priority,
      })),
    )
    .onConflictDoNothing({ target: [reviewItem.roundId, reviewItem.imageId] })
    .returning({ id: reviewItem.id });
  return rows.map(({ id }) => id);
}

/** Ids in one event: 36 bytes each, far below the 8,000 that a notification may have. */
const IDS_PER_EVENT = 100;

/** Announces every review item that has come to the queue, in as many events as they need. */
export async function notifyArrived(
  db: Db,
  params: { projectId: string; runId: string; reason: ReviewReason; itemIds: readonly string[] },
): Promise<void> {
  const { itemIds, ...about } = params;
  await notifyAll(
    db,
    Array.from({ length: Math.max(1, Math.ceil(itemIds.length / IDS_PER_EVENT)) }, (_, part) => ({
      name: 'review:arrived' as const,
      ...about,
      itemIds: itemIds.slice(part * IDS_PER_EVENT, (part + 1) * IDS_PER_EVENT),
    })),
  );
}
