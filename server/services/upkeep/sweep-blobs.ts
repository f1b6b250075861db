import type { BlobStore } from '#db/blobs/types.ts';
import type { Db } from '#db/client.ts';
import { endRemoval, listRemovals } from '#db/queries/project/blob-removal.ts';

/**
 * Deletes the blobs of what was deleted: at once, and a last time an hour later, for what an import or a trainer was
 * still writing. A server that dies in between leaves the note, and the next one goes on. Returns how many blobs were
 * deleted.
 */
export async function sweepBlobs(services: { db: Db; blobs: BlobStore }): Promise<number> {
  let deleted = 0;
  for (const removal of await listRemovals(services.db)) {
    for await (const key of services.blobs.list(removal.prefix)) {
      await services.blobs.delete(key);
      deleted += 1;
    }
    await endRemoval(services.db, removal);
  }
  return deleted;
}
