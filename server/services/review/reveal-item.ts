import type { Db } from '#db/client.ts';
import { isGuessUnseen } from '#db/queries/blind.ts';
import { getReviewItem } from '#db/queries/review/review.ts';
import { listImagePredictions } from '#db/queries/round/round-read.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from '../gallery/blind-of.ts';
import { findHiddenGuesses, readGuess } from '../labeling/guess.ts';

type Project = typeof projectTable.$inferSelect;

/**
 * What the model thinks of an item and what its earlier rounds said; null while the settings hide it from the one who
 * answers.
 */
export async function revealItem(db: Db, actor: Actor, project: Project, input: { itemId: string }) {
  const item = await getReviewItem(db, { projectId: project.id, itemId: input.itemId });
  if (project.settings.guess === 'never') return null;
  const where = { projectId: project.id, imageId: item.imageId };
  const isHidden =
    item.status === 'open'
      ? (await findHiddenGuesses(db, project, [item.imageId])).has(item.imageId)
      : await isGuessUnseen(db, { ...where, blind: blindOf(actor, project) });
  return isHidden ? null : { guess: readGuess(item), rounds: await listImagePredictions(db, where) };
}
