import { can } from '#core/people/access.ts';
import type { Db } from '#db/client.ts';
import { listAnsweredGuesses } from '#db/queries/image/similar.ts';
import { findSpeaker } from '#db/queries/labeling/live-teacher.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';

/**
 * What the model says of images that the member has answered: shown after a stroke of the grid. Nothing where the
 * project keeps the model's answers to its leads.
 */
export async function listGuesses(
  db: Db,
  actor: Actor,
  project: typeof projectTable.$inferSelect,
  imageIds: readonly string[],
): Promise<{ imageId: string; classId: string; confidence: number }[]> {
  if (project.settings.guess === 'never' && !can(actor.role, 'prediction:browse')) return [];
  const speaker = await findSpeaker(db, project.id);
  if (!speaker) return [];
  const rows = await listAnsweredGuesses(db, {
    projectId: project.id,
    source: speaker.kind === 'live' ? { projectId: project.id } : { roundId: speaker.round.id },
    memberId: actor.memberId,
    imageIds,
  });
  return rows.flatMap(({ imageId, classIndex, confidence }) => {
    const classId = speaker.classIds[classIndex];
    return classId === undefined ? [] : [{ imageId, classId, confidence }];
  });
}
