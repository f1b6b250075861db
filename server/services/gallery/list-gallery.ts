import type { z } from 'zod';
import type { countGallery as countSchema, listGallery as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { countGallery as countQuery, COUNTED_MOST, listGallery as query } from '#db/queries/image/gallery.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { seekImages } from './seek-images.ts';

type Project = typeof projectTable.$inferSelect;

/**
 * One page of the gallery. Predictions are those of the round asked for, or of the final model of the newest finished
 * run, before one of the newest that stands, before any of the live teacher. Classes come as ids.
 */
export async function listGallery(db: Db, actor: Actor, project: Project, input: z.infer<typeof schema>) {
  const { order, cursor, limit, ...filter } = input;
  const sought = await seekImages(db, actor, project, filter, order);
  const { round } = sought;
  const rows = await query(db, { ...sought, cursor, limit });
  const classAt = (index: number | null) => (index === null ? null : (round?.classIds[index] ?? null));
  const images = rows.map(({ predictedIndex, pseudoIndex, ...row }) => ({
    ...row,
    predictedClassId: classAt(predictedIndex),
    pseudoClassId: classAt(pseudoIndex),
  }));
  const last = images.at(-1);
  return {
    images,
    roundId: round ? (round.id ?? ('live' as const)) : null,
    nextCursor: last && images.length === limit ? { id: last.id, confidence: last.confidence } : null,
  };
}

/** How many images the same filter finds; `more`: there are more than were counted. */
export async function countGallery(db: Db, actor: Actor, project: Project, input: z.infer<typeof countSchema>) {
  const { order, ...filter } = input;
  const images = await countQuery(db, await seekImages(db, actor, project, filter, order));
  return { images: Math.min(images, COUNTED_MOST), more: images > COUNTED_MOST };
}
