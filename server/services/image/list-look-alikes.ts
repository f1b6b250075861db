import type { Db } from '#db/client.ts';
import { countLookAlikes, listLookAlikes as query } from '#db/queries/image/look-alike.ts';
import { countSplits } from '#db/queries/image/split.ts';

/** One page of the open pairs. */
export async function listLookAlikes(
  db: Db,
  input: { projectId: string; cursor?: { imageId: string; twinId: string } | null | undefined; limit: number },
) {
  const pairs = await query(db, { projectId: input.projectId, after: input.cursor ?? null, limit: input.limit });
  const last = pairs.at(-1);
  return {
    pairs,
    nextCursor: last && pairs.length === input.limit ? { imageId: last.image.id, twinId: last.twin.id } : null,
  };
}

/** How many images of each held-out split look like one of the pool, and how many there are. */
export async function readLookAlikeCounts(db: Db, projectId: string) {
  const [alike, images] = await Promise.all([countLookAlikes(db, projectId), countSplits(db, projectId)]);
  return { alike, images };
}
