import type { z } from 'zod';
import { can } from '#core/people/access.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { galleryFilter } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { findFinalRound, getRound } from '#db/queries/run/run-read.ts';
import { findLiveTeacher } from '#db/queries/labeling/live-teacher.ts';
import { findMapRound } from '#db/queries/round/map-round.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from './blind-of.ts';

export type Filter = z.infer<typeof galleryFilter>;
export type Order = 'steady' | 'sure-first' | 'unsure-first';

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

/** Does this ask for images by what a model says of them? */
export const asksModel = (filter: Filter, order: Order = 'steady'): boolean =>
  filter.predictedClassId != null ||
  filter.confidenceFrom != null ||
  filter.confidenceTo != null ||
  filter.source === 'pseudo' ||
  order !== 'steady';

/**
 * What a query needs to find the images of a filter as this member may find them. @throws AppError FORBIDDEN for what
 * their role cannot ask for
 */
export async function seekImages(
  db: Db,
  actor: Actor,
  project: typeof projectTable.$inferSelect,
  filter: Filter,
  order: Order = 'steady',
) {
  if (asksModel(filter, order) && !can(actor.role, 'prediction:browse')) {
    throw new AppError('FORBIDDEN', say('refusal.modelFilters', { role: actor.role }));
  }
  if (filter.gold != null && !can(actor.role, 'annotation:adjudicate')) {
    throw new AppError('FORBIDDEN', say('refusal.goldFilter', { role: actor.role }));
  }
  const round = await findGuesses(db, project.id, filter.roundId ?? null);
  return {
    projectId: project.id,
    filter,
    round: round ? { id: round.id, classIds: round.classIds } : null,
    order: round ? order : ('steady' as const),
    blind: blindOf(actor, project),
  };
}
