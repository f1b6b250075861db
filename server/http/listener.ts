import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { toNodeHandler } from 'better-auth/node';
import { AppError } from '#core/errors.ts';
import { authOf, findSignedIn } from '../auth/session.ts';
import { startSession } from '../auth/start-session.ts';
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
  /** Everything that is not ours goes to the pages. */
  pages: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** One port for all: auth, tRPC, media, imports, then the pages. */
export function createListener({ services, metrics, pages }: ListenerOptions): RequestListener {
  const { env, log, origins } = services;
  const auth = { plain: toNodeHandler(services.auth), secure: toNodeHandler(services.secureAuth) };
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/api/trpc/',
    allowBatching: true,
    maxBodySize: 2 ** 20,
    createContext: async ({ req, res }) => ({
      services,
      req,
      signedIn: await findSignedIn(services, req),
      startSession: (person) => startSession(services, req, res, person),
      requestId: randomUUID(),
    }),
  });

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (!URL.canParse(req.url ?? '/', 'http://local')) throw new AppError('BAD_INPUT', 'This address cannot be read.');
    const url = new URL(req.url ?? '/', 'http://local');
    if (req.method !== 'GET' && req.method !== 'HEAD' && !origins.isOurs(req))
      throw new AppError('FORBIDDEN', explainOrigin(req.headers.origin ?? '', origins.originOf(req)));
    if (url.pathname === '/api/health') {
      await services.pool.query('select 1');
      return sendJson(res, 200, { ok: true });
    }
    if (url.pathname === '/metrics') return metrics.handle(req, res);
    writeDown(req, origins.originOf(req), findClientAddress(req, env.PUPIL_TRUSTED_PROXIES));
    if (url.pathname.startsWith('/api/auth/')) {
      await (authOf(services, req) === services.secureAuth ? auth.secure : auth.plain)(req, res);
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
      origin: origins.originOf(req),
      named: origins.named,
    });
    handle(req, res).catch((error: unknown) => sendError(res, error, { log, requestId: randomUUID() }));
  };
}

/** What we found out, in headers that whoever handles the request may believe; what the client said there is gone. */
function writeDown(req: IncomingMessage, origin: string | null, address: string): void {
  const [scheme, host] = origin?.split('://') ?? [];
  Object.assign(req.headers, {
    'x-pupil-address': address,
    'x-pupil-origin': origin ?? '',
    'x-forwarded-proto': scheme ?? 'http',
    'x-forwarded-host': host ?? '',
  });
}

const explainOrigin = (from: string, own: string | null): string =>
  `This request comes from another site: it was sent by ${from.slice(0, 200)} to ${own ?? 'an unreadable address'}. ` +
  'If people open Pupil there, whoever runs it names that address: npm start -- --url ADDRESS';
