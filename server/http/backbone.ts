import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#core/errors.ts';
import { saidOfInput } from '#core/schemas/said-of-input.ts';
import type { Services } from '../context.ts';
import { importBackbone as backboneQuery } from '#core/schemas/run-commands.ts';
import { importBackbone } from '../services/backbone/import-backbone.ts';
import { authorizeProject } from './authorize.ts';
import { sendJson } from './respond.ts';
import { withBody } from './upload/receive.ts';

const ZIP_BYTES = 512 * 2 ** 20;

/**
 * PUT /api/projects/:projectId/backbones?name=&scale=&layer= — the body is a model file or a zip of one; it serves
 * the whole organization.
 */
export async function handleBackbone(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; query: URLSearchParams },
): Promise<void> {
  const { actor } = await authorizeProject(services, req, params.projectId, 'run:start');
  const parsed = backboneQuery.safeParse(Object.fromEntries(params.query));
  if (!parsed.success) throw new AppError('BAD_INPUT', saidOfInput(parsed.error));
  const { layer, ...file } = parsed.data;
  const at = layer === undefined ? {} : { layer };
  const stored = await withBody(req, ZIP_BYTES, (bytes) => importBackbone(services, actor, { ...file, ...at, bytes }));
  sendJson(res, 200, stored);
}
