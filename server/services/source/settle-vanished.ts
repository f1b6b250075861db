import type { z } from 'zod';
import type { settleVanished as schema } from '#core/schemas/source.ts';
import { CHANGE_MOST } from '#core/image/change.ts';
import { notify } from '#db/notify.ts';
import { keepVanished, listVanished, settleObjects } from '#db/queries/source/source-object.ts';
import { getSource } from '#db/queries/source/source.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor, Services } from '../../context.ts';
import { changeImages } from '../image/change-images.ts';

export interface Settled {
  /** Images that were excluded. */
  excluded: number;
  /** Images that another object still is. */
  held: number;
  /** Objects that seem to have another name now, which waits to be taken: they are asked about again. */
  moved: number;
  /** Where the next piece begins; null after the last one. */
  after: string | null;
}

/**
 * One piece of a stroke on what vanished from a source or was replaced there: its images are excluded, with the source
 * as the reason, or simply stay. Nothing is deleted, and the stroke is taken back like any other.
 */
export async function settleVanished(
  services: Pick<Services, 'db'>,
  actor: Actor,
  project: typeof projectTable.$inferSelect,
  { sourceId, how, strokeId, after }: z.infer<typeof schema>,
): Promise<Settled> {
  const { db } = services;
  const { name } = await getSource(db, project.id, sourceId);
  const tell = () => notify(db, { name: 'source:changed', projectId: project.id, sourceId });
  if (how === 'keep') {
    const held = await keepVanished(db, sourceId);
    await tell();
    return { excluded: 0, held, moved: 0, after: null };
  }
  const found = await listVanished(db, { sourceId, projectId: project.id, after, limit: CHANGE_MOST });
  const last = found.at(-1);
  const settled = found.filter(({ isMoved }) => !isMoved);
  const imageIds = [...new Set(settled.flatMap(({ imageId, isHeld }) => (imageId === '' || isHeld ? [] : [imageId])))];
  const { changed } =
    imageIds.length === 0
      ? { changed: 0 }
      : await changeImages(services, actor, project, {
          strokeId,
          change: { kind: 'exclude', reason: `No longer at ${name}` },
          target: { kind: 'images', imageIds, found: {} },
        });
  await settleObjects(db, sourceId, {
    vanished: settled.flatMap(({ key, whole }) => (whole ? [key] : [])),
    replaced: settled.filter(({ whole }) => !whole),
  });
  await tell();
  return {
    excluded: changed,
    held: settled.length - imageIds.length,
    moved: found.length - settled.length,
    after: last?.hasMore ? last.key : null,
  };
}
