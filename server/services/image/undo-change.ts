import { OUT } from '#core/image/change.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import { addTag, forgetStroke, listStroke, lockForChange, putAside, removeTag } from '#db/queries/image/change.ts';
import type { ChangeableImage, StrokePiece } from '#db/queries/image/change.ts';
import { lockLikenesses } from '#db/queries/image/likeness.ts';
import type { Actor, Services } from '../../context.ts';
import { retryOnRace } from '../labeling/retry-on-race.ts';
import { refuseWhileTraining } from '../run/refuse-while-training.ts';
import { announce, moveImages, restoreImages } from './change-images.ts';

/**
 * Takes a piece of a stroke back: each of its images is as it was before, unless somebody has changed it in another way
 * since. `left`: there is more of it.
 */
export const undoChange = (
  { db }: Pick<Services, 'db'>,
  actor: Actor,
  input: { projectId: string; strokeId: string; limit: number },
): Promise<{ returned: number; left: boolean }> =>
  retryOnRace(() =>
    db.transaction(async (tx) => {
      const { projectId, strokeId, limit } = input;
      await lockLikenesses(tx, projectId);
      const pieces = await listStroke(tx, { projectId, strokeId, limit });
      const [first] = pieces;
      if (!first) return { returned: 0, left: false };
      if (first.change.kind === 'move') await refuseWhileTraining(tx, projectId, 'images');
      const imageIds = pieces.map(({ imageId }) => imageId);
      const now = new Map((await lockForChange(tx, { projectId, imageIds })).map((image) => [image.id, image]));
      const standing = pieces.filter(({ imageId, change }) => stands(change, now.get(imageId)));
      await takePiecesBack(tx, actor, projectId, standing, now);
      await forgetStroke(tx, { strokeId, imageIds });
      if (standing.length > 0) await announce(tx, actor, { projectId, action: 'images:undo', images: standing.length });
      return { returned: standing.length, left: pieces.length === limit };
    }),
  );

/** Is what a stroke did to an image still so? */
function stands(change: StrokePiece['change'], image: ChangeableImage | undefined): boolean {
  if (!image) return false;
  if (change.kind === 'exclude') return image.aside === 'excluded';
  if (change.kind === 'delete') return image.aside === 'deleted';
  if (change.kind === 'restore') return image.aside === null;
  return change.kind !== 'move' || image.place === change.split;
}

async function takePiecesBack(
  tx: Db,
  actor: Actor,
  projectId: string,
  pieces: readonly StrokePiece[],
  now: ReadonlyMap<string, ChangeableImage>,
): Promise<void> {
  const restored: { id: string; split: Split }[] = [];
  const moved: { id: string; from: ChangeableImage['place']; split: Split }[] = [];
  for (const { imageId, change, before } of pieces) {
    if (change.kind === 'tag' || change.kind === 'untag') continue;
    if (before.aside) {
      const { kind, reason, split } = before.aside;
      await putAside(tx, { projectId, memberId: actor.memberId, kind, reason }, [{ id: imageId, split }]);
    } else if (before.place !== OUT) {
      const { place } = now.get(imageId) ?? { place: OUT };
      if (place === OUT) restored.push({ id: imageId, split: before.place });
      else moved.push({ id: imageId, from: place, split: before.place });
    }
  }
  await restoreImages(tx, projectId, restored);
  await moveImages(tx, projectId, moved);
  const tags = new Map<string, string[]>();
  for (const { imageId, change } of pieces) {
    if (change.kind !== 'tag' && change.kind !== 'untag') continue;
    const key = `${change.kind}:${change.tag}`;
    tags.set(key, [...(tags.get(key) ?? []), imageId]);
  }
  for (const [key, imageIds] of tags) {
    const undo = key.startsWith('tag:') ? removeTag : addTag;
    await undo(tx, { projectId, tag: key.slice(key.indexOf(':') + 1), imageIds });
  }
}
