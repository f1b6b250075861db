import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { imageKey, thumbnailKey } from '#core/image/media.ts';
import { getImage } from '#db/queries/image/image.ts';
import type { Services } from '../context.ts';
import { THUMBNAIL_SIDE } from '../services/image/process-image.ts';
import { authorizeProject } from './authorize.ts';

const TYPE = { 'content-type': 'image/webp', 'content-disposition': 'inline' };
/** The bytes of an image never change, but who may see them can: private, and only for a while. */
const KEPT = 'private, max-age=86400, immutable';

/**
 * GET /media/projects/:projectId/{images,thumbnails}/:imageId — only what we encoded ourselves, under our own content
 * type.
 */
export async function handleMedia(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; imageId: string; size: 'images' | 'thumbnails' },
): Promise<void> {
  const { project } = await authorizeProject(services, req, params.projectId, 'image:read');
  if (!z.uuid().safeParse(params.imageId).success) throw notFound('image');
  const image = await getImage(services.db, project.id, params.imageId);
  const etag = `"${image.contentHash.slice(0, 32)}-${params.size[0]}"`;
  if (req.headers['if-none-match'] === etag) {
    res.writeHead(304, { etag, 'cache-control': KEPT }).end();
    return;
  }
  const small = params.size === 'thumbnails' && Math.max(image.width, image.height) > THUMBNAIL_SIDE;
  const thumbnail = small ? await readWhole(services, thumbnailKey(project.id, image.contentHash)) : null;
  if (thumbnail !== null) {
    res.writeHead(200, { ...TYPE, etag, 'cache-control': KEPT, 'content-length': thumbnail.length }).end(thumbnail);
    return;
  }
  const key = imageKey(project.id, image.contentHash);
  const stream = await services.blobs.stream(key);
  // In place of a thumbnail that is lost the image itself is shown, until there is one again.
  const caching = small ? { 'cache-control': 'private, no-store' } : { etag, 'cache-control': KEPT };
  res.writeHead(200, { ...TYPE, ...caching, 'content-length': image.bytes });
  await pipeline(
    stream,
    async function* (chunks: AsyncIterable<Buffer>) {
      let seen = 0;
      for await (const chunk of chunks) {
        seen += chunk.length;
        yield chunk;
      }
      if (seen === image.bytes) return;
      services.log.warn({ key }, 'the file of an image is cut or damaged; npm run fsck names all such');
      // The answer breaks off, so that no browser keeps it.
      throw new AppError('UNREADABLE_IMAGE', say('refusal.imageFile'));
    },
    res,
  );
}

/** A WebP file as it was written; null where it is lost or cut: its head says how long it is. */
async function readWhole({ blobs }: Services, key: string): Promise<Buffer | null> {
  const bytes = await blobs.get(key).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return bytes !== null && bytes.length >= 12 && bytes.readUInt32LE(4) + 8 === bytes.length ? bytes : null;
}
