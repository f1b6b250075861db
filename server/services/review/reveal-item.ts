import { isGuessHidden } from '#core/labeling.ts';
import type { Db } from '#db/client.ts';
import { getReviewItem } from '#db/queries/review.ts';
import { listImagePredictions } from '#db/queries/round-read.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import { readGuess } from './guess.ts';

type Project = typeof projectTable.$inferSelect;

/** What the model thinks of an item and what its earlier rounds said; null while the settings hide it from the one who answers. */
export async function revealItem(db: Db, project: Project, input: { itemId: string }) {
  const item = await getReviewItem(db, { projectId: project.id, itemId: input.itemId });
  const { guess, hiddenGuessShare } = project.settings;
  if (guess === 'never') return null;
  if (item.status === 'open' && (guess === 'after' || isGuessHidden(item, hiddenGuessShare))) return null;
  return { guess: readGuess(item), rounds: await listImagePredictions(db, { projectId: project.id, imageId: item.imageId }) };
}
