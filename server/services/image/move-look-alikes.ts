import { lockImages } from '#db/queries/labeling/annotation.ts';
import { lockLikenesses } from '#db/queries/image/likeness.ts';
import { listMoved, listTwins, moveTwins, returnTwins } from '#db/queries/image/look-alike.ts';
import type { Actor, Services } from '../../context.ts';
import { refuseWhileTraining } from '../run/refuse-while-training.ts';
import { announce } from './change-images.ts';
import { pairMoved } from './pair-moved.ts';

/**
 * Moves images of the pool to the split of the validation or test image that they look like: the measured set keeps all
 * it had, and nothing that looks like it is learned from. All of them, or those named. The stroke has an id made by the
 * client, by which it is taken back.
 * @throws AppError CONFLICT while a run is training, which has read the pool already
 */
export const moveLookAlikes = (
  { db }: Services,
  actor: Actor,
  input: { projectId: string; id: string; imageIds: readonly string[] | null },
): Promise<{ moved: number }> =>
  db.transaction(async (tx) => {
    const { projectId } = input;
    await refuseWhileTraining(tx, projectId, 'images');
    await lockLikenesses(tx, projectId);
    const twins = await listTwins(tx, { projectId, imageIds: input.imageIds });
    if (twins.length === 0) return { moved: 0 };
    await lockImages(tx, { projectId, imageIds: twins.map(({ id }) => id) });
    await moveTwins(tx, { moveId: input.id, twins });
    await pairMoved(tx, projectId, twins);
    await announce(tx, actor, {
      projectId,
      action: 'look-alikes:moved',
      images: twins.length,
      event: 'project:changed',
    });
    return { moved: twins.length };
  });

/** Takes a stroke back: what it moved is of the pool again. What models had said of it is not. */
export const returnLookAlikes = (
  { db }: Services,
  actor: Actor,
  input: { projectId: string; id: string },
): Promise<{ returned: number }> =>
  db.transaction(async (tx) => {
    const { projectId } = input;
    await lockLikenesses(tx, projectId);
    const imageIds = await listMoved(tx, { projectId, moveId: input.id });
    if (imageIds.length === 0) return { returned: 0 };
    await lockImages(tx, { projectId, imageIds });
    await returnTwins(tx, { moveId: input.id, imageIds });
    await announce(tx, actor, {
      projectId,
      action: 'look-alikes:returned',
      images: imageIds.length,
      event: 'project:changed',
    });
    return { returned: imageIds.length };
  });
