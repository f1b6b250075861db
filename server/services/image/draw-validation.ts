import type { z } from 'zod';
import { GROUP_MOST } from '#core/project/splits.ts';
import type { drawValidation as schema } from '#core/schemas/import.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { listDrawable, listUntouched } from '#db/queries/image/draw-validation.ts';
import { listCandidates, listLikenesses, lockLikenesses } from '#db/queries/image/likeness.ts';
import { moveTwins } from '#db/queries/image/look-alike.ts';
import { lockImages } from '#db/queries/labeling/annotation.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import type { Actor, Services } from '../../context.ts';
import { refuseWhileTraining } from '../run/refuse-while-training.ts';
import { pairMoved } from './pair-moved.ts';
import { sortAlike } from './pair-look-alikes.ts';

/**
 * Sets a random share of the pool aside for validation: of images that nobody answered or works on, each with what
 * looks like it (IMAGE-30). What looks like an image that stays, since somebody answered it, stays too: it would
 * measure what was learned. No model has a say.
 * @throws AppError CONFLICT while a run is training
 */
export const drawValidation = (
  { db }: Services,
  actor: Actor,
  input: { projectId: string } & z.infer<typeof schema>,
): Promise<{ drawn: number }> =>
  db.transaction(async (tx) => {
    const { projectId, count } = input;
    await refuseWhileTraining(tx, projectId, 'images');
    await lockLikenesses(tx, projectId);
    const drawn = new Set<string>();
    const seen = new Set<string>();
    for (const id of await listDrawable(tx, { projectId, limit: 4 * count })) {
      if (drawn.size >= count) break;
      if (seen.has(id)) continue;
      const group = await listGroup(tx, projectId, id);
      for (const one of group ?? [id]) seen.add(one);
      for (const one of group ?? []) drawn.add(one);
    }
    if (drawn.size === 0) return { drawn: 0 };
    await lockImages(tx, { projectId, imageIds: [...drawn] });
    // Somebody may have begun with one between the draw and the lock.
    const twins = (await listUntouched(tx, [...drawn])).map((one) => ({ id: one, split: 'validation' as const }));
    await moveTwins(tx, { moveId: null, twins });
    await pairMoved(tx, projectId, twins);
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId,
      memberId: actor.memberId,
      action: 'validation:drawn',
      subject: twins.length === 1 ? '1 image' : `${twins.length} images`,
      detail: {},
    });
    await notify(tx, { name: 'project:changed', projectId });
    return { drawn: twins.length };
  });

/** The image and all that look like it, or like one of those; null where some must stay, or they are too many. */
async function listGroup(tx: Db, projectId: string, id: string): Promise<string[] | null> {
  const group = new Set([id]);
  let fresh = [id];
  while (fresh.length > 0) {
    const likenesses = await listLikenesses(tx, fresh);
    const candidates = await listCandidates(tx, { projectId, hashes: likenesses.map(({ hash }) => hash) });
    const alike = likenesses.flatMap((likeness, at) =>
      sortAlike(likeness, candidates[at] ?? []).filter(({ imageId }) => !group.has(imageId)),
    );
    if (alike.some(({ split }) => split === 'test')) return null;
    fresh = [...new Set(alike.filter(({ split }) => split === 'pool').map(({ imageId }) => imageId))];
    if (group.size + fresh.length > GROUP_MOST) return null;
    if ((await listUntouched(tx, fresh)).length < fresh.length) return null;
    for (const one of fresh) group.add(one);
  }
  return [...group];
}
