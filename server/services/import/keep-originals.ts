import { createHash } from 'node:crypto';
import { originalKey } from '#core/image/media.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Db } from '#db/client.ts';
import { listWithOriginal } from '#db/queries/image/original.ts';
import type { Original } from '#db/queries/image/original.ts';

/**
 * Stores uploaded files as they came, one an image: the first that it came with. To be noted with the images, in their
 * transaction.
 */
export async function keepOriginals(
  { db, blobs }: { db: Db; blobs: BlobStore },
  projectId: string,
  files: readonly { contentHash: string; bytes: Uint8Array }[],
): Promise<Original[]> {
  const known = await listWithOriginal(
    db,
    projectId,
    files.map(({ contentHash }) => contentHash),
  );
  const originals: Original[] = [];
  for (const { contentHash, bytes } of files) {
    if (known.has(contentHash)) continue;
    known.add(contentHash);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await blobs.put(originalKey(projectId, sha256), bytes);
    originals.push({ contentHash, sha256, bytes: bytes.length });
  }
  return originals;
}
