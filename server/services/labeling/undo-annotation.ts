import { AppError, notFound } from '#core/errors.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { findAnnotation, insertAnnotation, lockImage } from '#db/queries/annotation.ts';
import { refreshConsensus } from '#db/queries/consensus.ts';
import { claimImage } from '#db/queries/lease.ts';
import { reopenReviewItem } from '#db/queries/review.ts';
import type { Actor } from '../../context.ts';
import { LEASE_SECONDS } from './lease-time.ts';

/** Takes back one's own decision by a new row, and claims the image again so that the person can decide anew. */
export function undoAnnotation(services: { db: Db }, actor: Actor, projectId: string, input: { id: string; annotationId: string }) {
  return services.db.transaction(async (tx) => {
    const target = await findAnnotation(tx, input.annotationId);
    if (!target || target.projectId !== projectId || target.memberId !== actor.memberId || target.kind === 'undo') throw notFound('decision');
    const { imageId } = target;
    await lockImage(tx, { projectId, imageId });
    const inserted = await insertAnnotation(tx, {
      id: input.id, projectId, imageId, memberId: actor.memberId, kind: 'undo', classId: null, source: target.source, undoesId: target.id,
    });
    if (!inserted && (await findAnnotation(tx, input.id))?.undoesId !== target.id) {
      throw new AppError('CONFLICT', 'This decision was taken back already.');
    }
    await refreshConsensus(tx, { projectId, imageIds: [imageId] });
    if (target.reviewItemId) await reopenReviewItem(tx, { itemId: target.reviewItemId, memberId: actor.memberId });
    const token = await claimImage(tx, { projectId, memberId: actor.memberId, imageId, seconds: LEASE_SECONDS });
    await notify(tx, { name: 'annotation:submitted', projectId, imageId, memberId: actor.memberId, source: 'undo' });
    return { imageId, token, classId: target.classId, reviewItemId: target.reviewItemId };
  });
}
