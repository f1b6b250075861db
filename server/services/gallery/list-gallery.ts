import type { z } from 'zod';
import type { listGallery as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { listGallery as query } from '#db/queries/gallery.ts';
import { getRound } from '#db/queries/run-read.ts';
import { findMapRound } from '#db/queries/similar.ts';
import type { Actor } from '../../context.ts';
import { blindMember } from './read-image.ts';

/** One page of the gallery. Predictions are those of the round asked for, or of the newest that stands. Classes come as ids. */
export async function listGallery(db: Db, actor: Actor, input: z.infer<typeof schema> & { projectId: string }) {
  const { projectId, order, cursor, limit, ...filter } = input;
  const asked = filter.roundId ? await getRound(db, { projectId, roundId: filter.roundId }) : null;
  const round = asked ? { id: asked.id, classIds: asked.run.classIds } : await findMapRound(db, { projectId });
  const rows = await query(db, { projectId, filter, round: round ? { id: round.id, classIds: round.classIds } : null, order: round ? order : 'steady', cursor, limit, blindTo: blindMember(actor) });
  const classAt = (index: number | null) => (index === null ? null : (round?.classIds[index] ?? null));
  const images = rows.map(({ predictedIndex, pseudoIndex, ...row }) => ({ ...row, predictedClassId: classAt(predictedIndex), pseudoClassId: classAt(pseudoIndex) }));
  const last = images.at(-1);
  return { images, roundId: round?.id ?? null, nextCursor: last && images.length === limit ? { id: last.id, confidence: last.confidence } : null };
}
