import { holdReviewItems } from '#db/queries/review/review.ts';
import type { Services } from '../../context.ts';

/**
 * Gives back the review items that a member holds; from a window that they leave, only while no other window of theirs
 * reviews.
 */
export async function releaseReview(
  services: Pick<Services, 'db' | 'windows'>,
  params: { projectId: string; memberId: string; windowId?: string },
): Promise<void> {
  const { windowId, ...who } = params;
  if (windowId !== undefined && services.windows?.worksElsewhere({ ...who, windowId, pages: ['review'] })) return;
  await holdReviewItems(services.db, { ...who, seconds: 0 });
}
