import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { notFound } from '#core/errors.ts';
import { imageKey, thumbnailKey } from '#core/image/media.ts';
import { getImage } from '#db/queries/image/image.ts';
import type { Services } from '../context.ts';
import { THUMBNAIL_SIDE } from '../services/image/process-image.ts';
import { authorizeProject } from './authorize.ts';

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
  const hasThumbnail = Math.max(image.width, image.height) > THUMBNAIL_SIDE;
  const key =
    params.size === 'thumbnails' && hasThumbnail
      ? thumbnailKey(project.id, image.contentHash)
      : imageKey(project.id, image.contentHash);
  const etag = `"${image.contentHash.slice(0, 32)}-${params.size[0]}"`;
  res.setHeader('etag', etag);
  // The bytes of an image never change, but who may see them can: private, and only for a while.
  res.setHeader('cache-control', 'private, max-age=86400, immutable');
  if (req.headers['if-none-match'] === etag) {
    res.writeHead(304).end();
    return;
  }
  const stream = await services.blobs.stream(key);
  res.writeHead(200, {
    'content-type': 'image/webp',
    'content-disposition': 'inline',
    // A file that was cut short then ends as a broken answer, which no browser keeps.
    ...(key === imageKey(project.id, image.contentHash) ? { 'content-length': image.bytes } : {}),
  });
  await pipeline(stream, res);
}
