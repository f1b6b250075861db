import { createHash } from 'node:crypto';
import { backboneKey } from '#core/image/media.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import type { Db } from '#db/client.ts';
import { insertBackbone } from '#db/queries/run/backbone.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';

/** A drawn backbone, stored as an import stores it. Returns its id. */
export async function createDrawnBackbone(
  db: Db,
  blobs: BlobStore,
  organizationId: string,
  options: { side?: number; average?: number } = {},
): Promise<string> {
  const bytes = await zipFiles([
    ...drawBackbone(options),
    { path: 'backbone.json', bytes: Buffer.from(JSON.stringify({ scale: 'symmetric' })) },
  ]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blobKey = backboneKey(sha256);
  await blobs.put(blobKey, bytes);
  return insertBackbone(db, {
    organizationId,
    name: 'drawn',
    blobKey,
    sha256,
    bytes: bytes.length,
    inputSize: options.side ?? 16,
  });
}
