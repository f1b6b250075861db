import { isGuessHidden } from '#core/labeling.ts';
import type { Db } from '#db/client.ts';
import { readAsked } from '#db/queries/review.ts';
import { listImagePredictions } from '#db/queries/round-read.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindMember } from './read-image.ts';

/**
 * What every round said of one image, as far as the asking member may see it: leads always; others never, or only once they have answered
 * or nobody is asked any more, as the project's settings have it (REVIEW-2).
 */
export async function listOpinions(db: Db, actor: Actor, project: typeof projectTable.$inferSelect, imageId: string) {
  const params = { projectId: project.id, imageId };
  const memberId = blindMember(actor);
  if (memberId === null) return listImagePredictions(db, params);
  const { guess, hiddenGuessShare } = project.settings;
  if (guess === 'never') return [];
  const asked = await readAsked(db, { ...params, memberId });
  const isHidden = asked.items.some((item) => guess === 'after' || isGuessHidden(item, hiddenGuessShare)) || (guess === 'after' && !asked.settled);
  return isHidden && !asked.answered ? [] : listImagePredictions(db, params);
}
