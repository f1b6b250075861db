import type { Db } from '#db/client.ts';
import { listSeenGuesses } from '#db/queries/image/similar.ts';
import { findSpeaker } from '#db/queries/labeling/live-teacher.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from '../gallery/blind-of.ts';

/** What the model says of images that the member has answered, as far as they may see it: told after a stroke. */
export async function listGuesses(
  db: Db,
  actor: Actor,
  project: typeof projectTable.$inferSelect,
  imageIds: readonly string[],
): Promise<{ imageId: string; classId: string; confidence: number }[]> {
  const speaker = await findSpeaker(db, project.id);
  if (!speaker) return [];
  const rows = await listSeenGuesses(db, {
    projectId: project.id,
    source: speaker.kind === 'live' ? { projectId: project.id } : { roundId: speaker.round.id },
    blind: blindOf(actor, project),
    imageIds,
  });
  return rows.flatMap(({ imageId, classIndex, confidence }) => {
    const classId = speaker.classIds[classIndex];
    return classId === undefined ? [] : [{ imageId, classId, confidence }];
  });
}
