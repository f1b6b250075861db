import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { judgeChange } from '#core/image/change.ts';
import type { ImageChange } from '#core/image/change.ts';
import type { changeImages as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { listRunsUnderWay } from '#db/queries/image/aside.ts';
import {
  addTag,
  forgetGuesses,
  lockForChange,
  noteChanges,
  putAside,
  removeTag,
  setPlaces,
  takeBack,
} from '#db/queries/image/change.ts';
import type { ChangeableImage } from '#db/queries/image/change.ts';
import { listFound } from '#db/queries/image/gallery.ts';
import { lockLikenesses } from '#db/queries/image/likeness.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor, Services } from '../../context.ts';
import { asksModel, seekImages } from '../gallery/seek-images.ts';
import { retryOnRace } from '../labeling/retry-on-race.ts';
import { refuseWhileTraining } from '../run/refuse-while-training.ts';
import { pairMoved } from './pair-moved.ts';

type Input = z.infer<typeof schema>;

export interface Changed {
  changed: number;
  /** Images that a model chose for people, and that so stay in the pool. */
  kept: number;
  /** Where the next piece begins; null after the last one. */
  after: string | null;
  /** Numbers of the runs under way, which go on with what their rounds have frozen. */
  runs: number[];
}

/**
 * One piece of a stroke on images that came in wrong: these, or the next ones that a filter finds. Sent again it
 * changes nothing. What it did is noted under the stroke's id, by which `undoChange` takes it back.
 * @throws AppError CONFLICT for a move while a run is training, BAD_INPUT for one into validation or test of what was
 * found by a model's answers
 */
export async function changeImages(
  { db }: Pick<Services, 'db'>,
  actor: Actor,
  project: typeof projectTable.$inferSelect,
  { strokeId, change, target }: Input,
): Promise<Changed> {
  const found = target.kind === 'images' ? target.found : target.filter;
  if (change.kind === 'move' && change.split !== 'pool' && asksModel(found)) {
    throw new AppError('BAD_INPUT', say('refusal.randomDraw'));
  }
  const imageIds =
    target.kind === 'images'
      ? target.imageIds
      : await listFound(db, {
          ...(await seekImages(db, actor, project, target.filter)),
          after: target.after ?? null,
          limit: target.limit,
        });
  const by = { projectId: project.id, strokeId, change };
  const done = await retryOnRace(() => db.transaction((tx) => changePiece(tx, actor, by, imageIds)));
  const isLast = target.kind === 'images' || imageIds.length < target.limit;
  return { ...done, after: isLast ? null : (imageIds.at(-1) ?? null), runs: await listRunsUnderWay(db, project.id) };
}

async function changePiece(
  tx: Db,
  actor: Actor,
  by: { projectId: string; strokeId: string; change: ImageChange },
  imageIds: readonly string[],
): Promise<{ changed: number; kept: number }> {
  const { projectId, change } = by;
  if (change.kind === 'move') await refuseWhileTraining(tx, projectId, 'images');
  if (change.kind === 'move' || change.kind === 'restore') await lockLikenesses(tx, projectId);
  const images = await lockForChange(tx, { projectId, imageIds });
  const judged = images.map((image) => ({ image, verdict: judgeChange(change, image) }));
  const wanted = judged.filter(({ verdict }) => verdict === 'change').map(({ image }) => image);
  const changed =
    change.kind === 'tag' || change.kind === 'untag'
      ? await changeTag(tx, { ...by, change }, wanted)
      : await changePlace(tx, actor, { ...by, change }, wanted);
  const kept = judged.filter(({ verdict }) => verdict === 'kept').length;
  if (changed > 0) await announce(tx, actor, { projectId, action: `images:${change.kind}`, images: changed });
  return { changed, kept };
}

async function changeTag(
  tx: Db,
  by: { projectId: string; strokeId: string; change: Extract<ImageChange, { tag: string }> },
  images: readonly ChangeableImage[],
): Promise<number> {
  const { projectId, change } = by;
  const imageIds = images.map(({ id }) => id);
  const set = change.kind === 'tag' ? addTag : removeTag;
  const changed = await set(tx, { projectId, tag: change.tag, imageIds });
  await noteChanges(
    tx,
    by,
    images.filter(({ id }) => changed.has(id)),
  );
  return changed.size;
}

async function changePlace(
  tx: Db,
  actor: Actor,
  by: { projectId: string; strokeId: string; change: Exclude<ImageChange, { tag: string }> },
  wanted: readonly ChangeableImage[],
): Promise<number> {
  const { projectId, change } = by;
  const fresh = await noteChanges(tx, by, wanted);
  const images = wanted.filter(({ id }) => fresh.has(id));
  if (change.kind === 'exclude' || change.kind === 'delete') {
    await putAside(
      tx,
      {
        projectId,
        memberId: actor.memberId,
        kind: change.kind === 'exclude' ? 'excluded' : 'deleted',
        reason: change.kind === 'exclude' ? change.reason : '',
      },
      images.map(({ id, split, place }) => ({ id, split: split ?? (place === 'out' ? 'pool' : place) })),
    );
  } else if (change.kind === 'restore') {
    await restoreImages(
      tx,
      projectId,
      images.map(({ id, split }) => ({ id, split: split ?? 'pool' })),
    );
  } else {
    await moveImages(
      tx,
      projectId,
      images.map(({ id, place }) => ({ id, from: place, split: change.split })),
    );
  }
  return images.length;
}

/** Puts images that were aside back. Call it under `lockLikenesses`, with the images locked. */
export async function restoreImages(tx: Db, projectId: string, images: Parameters<typeof takeBack>[1]): Promise<void> {
  await takeBack(tx, images);
  await pairMoved(tx, projectId, images);
}

/** Moves images between splits. Call it under `lockLikenesses`, with the images locked. */
export async function moveImages(
  tx: Db,
  projectId: string,
  images: readonly {
    id: string;
    from: ChangeableImage['place'];
    split: Parameters<typeof takeBack>[1][number]['split'];
  }[],
): Promise<void> {
  await setPlaces(
    tx,
    images.map(({ id, split }) => ({ id, place: split })),
  );
  await forgetGuesses(
    tx,
    images.filter(({ from, split }) => from === 'pool' && split !== 'pool').map(({ id }) => id),
  );
  await pairMoved(tx, projectId, images);
}

/** Into the activity and to every open page. */
export async function announce(
  tx: Db,
  actor: Actor,
  {
    projectId,
    action,
    images,
    event = 'images:changed',
  }: {
    projectId: string;
    action: string;
    images: number;
    event?: 'images:changed' | 'project:changed';
  },
): Promise<void> {
  await recordActivity(tx, {
    organizationId: actor.organizationId,
    projectId,
    memberId: actor.memberId,
    action,
    subject: images === 1 ? '1 image' : `${images} images`,
    detail: {},
  });
  await notify(tx, { name: event, projectId });
}
