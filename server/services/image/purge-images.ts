import { DELETED_DAYS } from '#core/image/change.ts';
import { imageKey, originalKey, thumbnailKey } from '#core/image/media.ts';
import { purgeDeleted } from '#db/queries/image/aside.ts';
import { listKnownHashes } from '#db/queries/image/image.ts';
import type { Services } from '../../context.ts';

/** Images deleted in one transaction. */
const CHUNK = 500;

/**
 * Deletes for good, with their files, images that nobody took back in time. A server that dies between the two leaves
 * files that the same image, imported again, takes over. Returns how many went.
 */
export async function purgeImages(
  { db, blobs }: Pick<Services, 'db' | 'blobs'>,
  { isStopped }: { isStopped: () => boolean },
): Promise<number> {
  let purged = 0;
  while (!isStopped()) {
    const gone = await purgeDeleted(db, { days: DELETED_DAYS, images: CHUNK });
    for (const { projectId, contentHash, originalSha256 } of gone) {
      // Somebody may have imported it again since.
      if ((await listKnownHashes(db, projectId, [contentHash])).size > 0) continue;
      await blobs.delete(imageKey(projectId, contentHash));
      await blobs.delete(thumbnailKey(projectId, contentHash));
      if (originalSha256 !== null) await blobs.delete(originalKey(projectId, originalSha256));
    }
    purged += gone.length;
    if (gone.length < CHUNK) break;
  }
  return purged;
}
