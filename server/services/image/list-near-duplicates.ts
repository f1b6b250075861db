import type { Db } from '#db/client.ts';
import { findFeatureSet } from '#db/queries/image/feature-set.ts';
import { listPairs } from '#db/queries/image/feature-pair.ts';

/** One page of the images that are nearly the same to the backbone in use. */
export async function listNearDuplicates(
  db: Db,
  input: {
    projectId: string;
    cursor?: { distance: number; imageId: string; twinId: string } | null | undefined;
    limit: number;
  },
) {
  const set = await findFeatureSet(db, input.projectId);
  const pairs = set ? await listPairs(db, { setId: set.id, after: input.cursor ?? null, limit: input.limit }) : [];
  const last = pairs.at(-1);
  return {
    pairs,
    nextCursor:
      last && pairs.length === input.limit
        ? { distance: last.distance, imageId: last.image.id, twinId: last.twin.id }
        : null,
  };
}
