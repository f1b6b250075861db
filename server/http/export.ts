import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { MLFLOW_MOST } from '#core/book/limits.ts';
import { runSlug } from '#core/book/run-book.ts';
import type { Action } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { labelsDownload, mlflowDownload } from '#core/schemas/export.ts';
import { getModelExport } from '#db/queries/export/export.ts';
import type { Services } from '../context.ts';
import { openEvents } from '../services/export/open-events.ts';
import { openMlflow } from '../services/export/open-mlflow.ts';
import { openLabels } from '../services/export/open-labels.ts';
import { authorizeProject, watchAccess } from './authorize.ts';
import { watchReader } from './body.ts';

const attachment = (
  res: ServerResponse,
  fileName: string,
  contentType: string,
  bytes?: number,
  sha256?: string | null,
): void => {
  res.writeHead(200, {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${fileName}"`,
    'cache-control': 'private, no-store',
    ...(bytes === undefined ? {} : { 'content-length': bytes }),
    // RFC 9530: whoever keeps the file can tell that it is whole.
    ...(sha256 ? { 'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:` } : {}),
  });
};

/** Sends a download, as long as its member may have it. */
async function send(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  { projectId, action, stream }: { projectId: string; action: Action; stream: Readable },
): Promise<void> {
  const access = watchAccess(services, req, projectId, action);
  const endWatch = watchReader(res);
  try {
    await pipeline(stream, res, { signal: access.signal });
  } catch (error) {
    if (!access.signal.aborted) throw error;
    res.destroy();
  } finally {
    endWatch();
    access.stop();
  }
}

/** GET /api/projects/:projectId/exports/labels?format=csv&annotators=1&roundId=… */
export async function handleLabelsExport(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; query: URLSearchParams },
): Promise<void> {
  const { project, actor } = await authorizeProject(services, req, params.projectId, 'export:create');
  const input = labelsDownload.safeParse(Object.fromEntries(params.query));
  if (!input.success)
    throw new AppError(
      'BAD_INPUT',
      say('refusal.noSuchExport', { field: input.error.issues[0]?.path.join('.') ?? 'input' }),
    );
  const { fileName, contentType, stream } = await openLabels(services, actor, { project, ...input.data }, new Date());
  attachment(res, fileName, contentType);
  await send(services, req, res, { projectId: project.id, action: 'export:create', stream });
}

/** GET /api/projects/:projectId/exports/:exportId/file — a model that a trainer has made. */
export async function handleModelExport(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; exportId: string },
): Promise<void> {
  const { project } = await authorizeProject(services, req, params.projectId, 'export:read');
  if (!z.uuid().safeParse(params.exportId).success) throw notFound('export');
  const found = await getModelExport(services.db, project.id, params.exportId);
  if (found.status !== 'ready' || found.blobKey === null)
    throw new AppError('NOT_READY', say('refusal.exportNotReady'));
  const stream = await services.blobs.stream(found.blobKey);
  attachment(
    res,
    `${runSlug({ number: found.runNumber ?? 0, name: found.runName ?? '' })}-round-${found.roundIndex ?? 0}-` +
      `${found.format}.zip`,
    'application/zip',
    found.bytes ?? undefined,
    found.sha256,
  );
  await send(services, req, res, { projectId: project.id, action: 'export:read', stream });
}

/** GET /api/projects/:projectId/runs/:runId/tensorboard — curves and figures of a run as event files. */
export async function handleRunEvents(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; runId: string },
): Promise<void> {
  const { project } = await authorizeProject(services, req, params.projectId, 'export:read');
  if (!z.uuid().safeParse(params.runId).success) throw notFound('run');
  const { fileName, zip } = await openEvents(services.db, { projectId: project.id, runId: params.runId });
  attachment(res, fileName, 'application/zip', zip.length);
  res.end(zip);
}

/** GET /api/projects/:projectId/runs/mlflow?runs=id,id — these runs, or all that are not archived, for MLflow. */
export async function handleMlflow(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; query: URLSearchParams },
): Promise<void> {
  const { project } = await authorizeProject(services, req, params.projectId, 'export:read');
  const input = mlflowDownload.safeParse(Object.fromEntries(params.query));
  if (!input.success) throw new AppError('BAD_INPUT', say('refusal.runsByIds', { most: MLFLOW_MOST }));
  const { fileName, stream } = await openMlflow(services.db, project, input.data.runs ?? null, new Date());
  attachment(res, fileName, 'application/zip');
  await send(services, req, res, { projectId: project.id, action: 'export:read', stream });
}
