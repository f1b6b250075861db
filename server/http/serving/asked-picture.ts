import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { notFound } from '#core/errors.ts';
import { askedKey } from '#core/image/media.ts';
import { findAsked } from '#db/queries/serving/asked.ts';
import type { Services } from '../../context.ts';
import { authorizeProject } from '../authorize.ts';

/** GET /media/projects/:projectId/asked/:askedId — a picture that was asked and is kept, as we encoded it. */
export async function handleAskedPicture(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; askedId: string },
): Promise<void> {
  const { project } = await authorizeProject(services, req, params.projectId, 'model:ask');
  if (!z.uuid().safeParse(params.askedId).success) throw notFound('image');
  const found = await findAsked(services.db, { projectId: project.id, id: params.askedId });
  if (!found) throw notFound('image');
  const stream = await services.blobs.stream(askedKey(project.id, found.contentHash));
  res.writeHead(200, {
    'content-type': 'image/webp',
    'content-disposition': 'inline',
    'cache-control': 'private, max-age=3600',
  });
  await pipeline(stream, res);
}
