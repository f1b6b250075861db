import type { Db } from '#db/client.ts';
import { isGuessUnseen } from '#db/queries/blind.ts';
import { listImagePredictions } from '#db/queries/round/round-read.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from './blind-of.ts';

/**
 * What every round said of one image, empty when none has looked at it; null while the asking member may not see it
 * (REVIEW-6).
 */
export async function listOpinions(db: Db, actor: Actor, project: typeof projectTable.$inferSelect, imageId: string) {
  const params = { projectId: project.id, imageId };
  const predictions = await listImagePredictions(db, params);
  const isHidden = predictions.length > 0 && (await isGuessUnseen(db, { ...params, blind: blindOf(actor, project) }));
  return isHidden ? null : predictions;
}
