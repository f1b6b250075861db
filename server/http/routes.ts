import type { IncomingMessage, ServerResponse } from 'node:http';
import { notFound } from '#core/errors.ts';
import type { Services } from '../context.ts';
import { handleBackbone } from './backbone.ts';
import { handleLabelsExport, handleMlflow, handleModelExport, handleRunEvents } from './export.ts';
import { handleImport } from './import.ts';
import { handleMedia } from './media.ts';
import { handleAskedPicture } from './serving/asked-picture.ts';
import { handlePredict } from './serving/predict.ts';
import { handleSourceHook } from './hooks/source-hook.ts';

type Handler = (
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  match: RegExpExecArray,
  query: URLSearchParams,
) => Promise<void>;

interface Route {
  method: 'GET' | 'PUT' | 'POST';
  pattern: RegExp;
  handle: Handler;
}

const part = (match: RegExpExecArray, index: number): string => match[index] ?? '';

/** Plain HTTP: bytes in and out. Everything else is tRPC. */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    pattern: /^\/media\/projects\/([\w-]+)\/(images|thumbnails)\/([\w-]+)$/,
    handle: (services, req, res, match) =>
      handleMedia(services, req, res, {
        projectId: part(match, 1),
        size: match[2] === 'images' ? 'images' : 'thumbnails',
        imageId: part(match, 3),
      }),
  },
  {
    method: 'PUT',
    pattern: /^\/api\/projects\/([\w-]+)\/imports\/([\w-]+)\/file$/,
    handle: (services, req, res, match, query) =>
      handleImport(services, req, res, { projectId: part(match, 1), importId: part(match, 2), query }),
  },
  {
    method: 'PUT',
    pattern: /^\/api\/projects\/([\w-]+)\/backbones$/,
    handle: (services, req, res, match, query) =>
      handleBackbone(services, req, res, { projectId: part(match, 1), query }),
  },
  {
    method: 'GET',
    pattern: /^\/api\/projects\/([\w-]+)\/exports\/labels$/,
    handle: (services, req, res, match, query) =>
      handleLabelsExport(services, req, res, { projectId: part(match, 1), query }),
  },
  {
    method: 'GET',
    pattern: /^\/api\/projects\/([\w-]+)\/exports\/([\w-]+)\/file$/,
    handle: (services, req, res, match) =>
      handleModelExport(services, req, res, { projectId: part(match, 1), exportId: part(match, 2) }),
  },
  {
    method: 'GET',
    pattern: /^\/api\/projects\/([\w-]+)\/runs\/([\w-]+)\/tensorboard$/,
    handle: (services, req, res, match) =>
      handleRunEvents(services, req, res, { projectId: part(match, 1), runId: part(match, 2) }),
  },
  {
    method: 'GET',
    pattern: /^\/api\/projects\/([\w-]+)\/runs\/mlflow$/,
    handle: (services, req, res, match, query) =>
      handleMlflow(services, req, res, { projectId: part(match, 1), query }),
  },
  {
    method: 'GET',
    pattern: /^\/media\/projects\/([\w-]+)\/asked\/([\w-]+)$/,
    handle: (services, req, res, match) =>
      handleAskedPicture(services, req, res, { projectId: part(match, 1), askedId: part(match, 2) }),
  },
  {
    method: 'POST',
    pattern: /^\/api\/projects\/([\w-]+)\/predict$/,
    handle: (services, req, res, match, query) =>
      handlePredict(services, req, res, { projectId: part(match, 1), query }),
  },
  {
    method: 'POST',
    pattern: /^\/api\/projects\/([\w-]+)\/sources\/([\w-]+)\/sync\/([\w-]+)$/,
    handle: (services, req, res, match) =>
      handleSourceHook(services, req, res, {
        projectId: part(match, 1),
        sourceId: part(match, 2),
        token: part(match, 3),
      }),
  },
];

/** Runs the route that fits; false when none does. */
export async function route(services: Services, req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean> {
  for (const candidate of ROUTES) {
    const match = candidate.pattern.exec(url.pathname);
    if (!match || candidate.method !== req.method) continue;
    await candidate.handle(services, req, res, match, url.searchParams);
    return true;
  }
  if (url.pathname.startsWith('/api/projects/') || url.pathname.startsWith('/media/')) throw notFound('address');
  return false;
}
