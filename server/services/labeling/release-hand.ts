import { releaseLeases } from '#db/queries/labeling/lease.ts';
import type { Services } from '../../context.ts';

/**
 * Gives back the images that a member holds in a project; from a window that they leave, only while no other window of
 * theirs works on them: a member's windows draw from one hand. What stays comes to that other window at its next claim.
 */
export async function releaseHand(
  services: Pick<Services, 'db' | 'windows'>,
  params: { projectId: string; memberId: string; windowId?: string },
): Promise<number> {
  const { windowId, ...who } = params;
  if (windowId !== undefined && services.windows?.worksElsewhere({ ...who, windowId, pages: ['label', 'grid'] }))
    return 0;
  return releaseLeases(services.db, who);
}
