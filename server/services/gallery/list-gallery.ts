import type { z } from 'zod';
import { can } from '#core/people/access.ts';
import { AppError } from '#core/errors.ts';
import type { listGallery as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { listGallery as query } from '#db/queries/image/gallery.ts';
import { findFinalRound, getRound } from '#db/queries/run/run-read.ts';
import { findMapRound } from '#db/queries/round/map-round.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from './blind-of.ts';

type Input = z.infer<typeof schema>;

/** Does this ask for images by what a model says of them? */
const asksModel = ({ predictedClassId, confidenceFrom, confidenceTo, source, order }: Input): boolean =>
  predictedClassId != null ||
  confidenceFrom != null ||
  confidenceTo != null ||
  source === 'pseudo' ||
  order !== 'steady';

/**
 * One page of the gallery. Predictions are those of the round asked for, or of the final model of the newest finished
 * run, before one of the newest that stands. Classes come as ids.
 */
export async function listGallery(db: Db, actor: Actor, project: typeof projectTable.$inferSelect, input: Input) {
  const { order, cursor, limit, ...filter } = input;
  if (asksModel(input) && !can(actor.role, 'prediction:browse')) {
    throw new AppError(
      'FORBIDDEN',
      `Your role (${actor.role}) cannot pick images by what a model says of them: its answer would come before ` +
        `yours. Take these filters away.`,
    );
  }
  if (filter.gold != null && !can(actor.role, 'annotation:adjudicate')) {
    throw new AppError(
      'FORBIDDEN',
      `Your role (${actor.role}) cannot pick gold items: people meet them unmarked. Take this filter away.`,
    );
  }
  const projectId = project.id;
  const asked = filter.roundId ? await getRound(db, { projectId, roundId: filter.roundId }) : null;
  const round = asked
    ? { id: asked.id, classIds: asked.run.classIds }
    : ((await findFinalRound(db, projectId)) ?? (await findMapRound(db, { projectId })));
  const rows = await query(db, {
    projectId,
    filter,
    round: round ? { id: round.id, classIds: round.classIds } : null,
    order: round ? order : 'steady',
    cursor,
    limit,
    blind: blindOf(actor, project),
  });
  const classAt = (index: number | null) => (index === null ? null : (round?.classIds[index] ?? null));
  const images = rows.map(({ predictedIndex, pseudoIndex, ...row }) => ({
    ...row,
    predictedClassId: classAt(predictedIndex),
    pseudoClassId: classAt(pseudoIndex),
  }));
  const last = images.at(-1);
  return {
    images,
    roundId: round?.id ?? null,
    nextCursor: last && images.length === limit ? { id: last.id, confidence: last.confidence } : null,
  };
}
