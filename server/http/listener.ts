import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { toNodeHandler } from 'better-auth/node';
import { AppError } from '#core/errors.ts';
import { findSignedIn } from '../auth/session.ts';
import type { Services } from '../context.ts';
import { appRouter } from '../trpc/router.ts';
import { findClientAddress } from './client-address.ts';
import type { Metrics } from './metrics.ts';
import { sendError, sendJson } from './respond.ts';
import { route } from './routes.ts';
import { secure } from './security.ts';

interface ListenerOptions {
  services: Services;
  metrics: Metrics;
  isAllowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
  /** Everything that is not ours goes to the pages. */
  pages: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** One port for all: auth, tRPC, media, imports, then the pages. */
export function createListener({ services, metrics, isAllowedOrigin, pages }: ListenerOptions): RequestListener {
  const { env, log } = services;
  const auth = toNodeHandler(services.auth);
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/api/trpc/',
    allowBatching: true,
    maxBodySize: 2 ** 20,
    createContext: async ({ req }) => ({
      services,
      req,
      signedIn: await findSignedIn(services, req.headers),
      requestId: randomUUID(),
    }),
  });

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (!URL.canParse(req.url ?? '/', 'http://local')) throw new AppError('BAD_INPUT', 'This address cannot be read.');
    const url = new URL(req.url ?? '/', 'http://local');
    if (req.method !== 'GET' && req.method !== 'HEAD' && !isAllowedOrigin(req.headers.origin, req.headers.host)) {
      throw new AppError('FORBIDDEN', 'This request comes from another site.');
    }
    if (url.pathname === '/api/health') {
      await services.pool.query('select 1');
      return sendJson(res, 200, { ok: true });
    }
    if (url.pathname === '/metrics') return metrics.handle(req, res);
    req.headers['x-pupil-address'] = findClientAddress(req, env.PUPIL_TRUSTED_PROXIES);
    if (url.pathname.startsWith('/api/auth/')) {
      await auth(req, res);
      // Whoever has just signed out is told so by the database too, but a moment later.
      if (req.method === 'POST') services.sessions?.clear();
      return undefined;
    }
    if (url.pathname.startsWith('/api/trpc/')) return trpc(req, res);
    if (await route(services, req, res, url)) return undefined;
    return pages(req, res);
  };

  return (req, res) => {
    metrics.observe(req, res);
    secure(req, res, {
      development: env.NODE_ENV === 'development',
      https: env.PUPIL_URL?.startsWith('https:') ?? false,
    });
    handle(req, res).catch((error: unknown) => sendError(res, error, { log, requestId: randomUUID() }));
  };
}
