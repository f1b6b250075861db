import type { Db } from '#db/client.ts';
import { findLiveTeacher } from '#db/queries/labeling/live-teacher.ts';

/** What the live teacher says of itself; null before it has looked at the project. */
export async function readLive(db: Db, projectId: string) {
  const row = await findLiveTeacher(db, projectId);
  if (!row) return null;
  const { version, labels, figures, seconds, fittedAt } = row;
  // Before two classes have a label it only knows which images are typical.
  return { version, labels, figures, seconds, fittedAt, taught: labels > 0 };
}
