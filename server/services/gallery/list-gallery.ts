import type { z } from 'zod';
import { can } from '#core/people/access.ts';
import { AppError } from '#core/errors.ts';
import type { listGallery as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { listGallery as query } from '#db/queries/image/gallery.ts';
import { findFinalRound, getRound } from '#db/queries/run/run-read.ts';
import { findLiveTeacher } from '#db/queries/labeling/live-teacher.ts';
import { findMapRound } from '#db/queries/round/map-round.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from './blind-of.ts';

/**
 * The round asked for, or the live teacher; else the final model of the newest finished run, one that stands, or
 * it.
 */
async function findGuesses(
  db: Db,
  projectId: string,
  asked: string | null,
): Promise<{ id: string | null; classIds: readonly string[] } | null> {
  if (asked !== null && asked !== 'live') {
    const { id, run } = await getRound(db, { projectId, roundId: asked });
    return { id, classIds: run.classIds };
  }
  const round =
    asked === 'live' ? null : ((await findFinalRound(db, projectId)) ?? (await findMapRound(db, { projectId })));
  if (round) return { id: round.id, classIds: round.classIds };
  const live = await findLiveTeacher(db, projectId);
  return live && { id: null, classIds: live.classIds };
}

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
 * run, before one of the newest that stands, before any of the live teacher. Classes come as ids.
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
  const round = await findGuesses(db, projectId, filter.roundId ?? null);
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
    roundId: round ? (round.id ?? ('live' as const)) : null,
    nextCursor: last && images.length === limit ? { id: last.id, confidence: last.confidence } : null,
  };
}
