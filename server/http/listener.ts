import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { toNodeHandler } from 'better-auth/node';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { authPath } from '../auth/auth.ts';
import { authOf, findSignedIn } from '../auth/session.ts';
import { countSignIn } from './count-sign-in.ts';
import { startSession } from '../auth/start-session.ts';
import type { Services } from '../context.ts';
import { openApi } from '../openapi/describe-api.ts';
import { appRouter } from '../trpc/router.ts';
import { CALL_BYTES, CALL_MS, hasBody, receiveCall } from './body.ts';
import { findClientAddress } from './client-address.ts';
import type { Metrics } from './metrics.ts';
import { sendError, sendJson } from './respond.ts';
import { route } from './routes.ts';
import { secure } from './security.ts';
import { isUpload } from './upload/is-upload.ts';

interface ListenerOptions {
  services: Services;
  metrics: Metrics;
  /** Everything that is not ours goes to the pages. */
  pages: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** Calls in one request: as many as a page gathers. */
const BATCH = 20;
/** How long the database may take to answer before we say that it does not. */
const HEALTH_MS = 2000;

/** One port for all: auth, tRPC, media, imports, then the pages. */
export function createListener({ services, metrics, pages }: ListenerOptions): RequestListener {
  const { env, log, origins } = services;
  const auth = { plain: toNodeHandler(services.auth), secure: toNodeHandler(services.secureAuth) };
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/api/trpc/',
    allowBatching: true,
    maxBatchSize: BATCH,
    maxBodySize: CALL_BYTES.member,
    createContext: async ({ req, res }) => ({
      services,
      req,
      signedIn: await findSignedIn(services, req),
      startSession: (person) => startSession(services, req, res, person),
      requestId: randomUUID(),
    }),
  });

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    // `OPTIONS *` names no address, and what a proxy is asked stands in full.
    if (!req.url?.startsWith('/') || !URL.canParse(req.url, 'http://local'))
      throw new AppError('BAD_INPUT', say('error.badAddress'));
    const url = new URL(req.url, 'http://local');
    if (req.method !== 'GET' && req.method !== 'HEAD' && !origins.isOurs(req))
      throw new AppError('FORBIDDEN', explainOrigin(req.headers.origin ?? '', origins.originOf(req)));
    if (url.pathname === '/api/health') {
      const answers = await Promise.race([
        services.pool
          .query('select 1')
          .then(() => true)
          .catch(() => false),
        wait(HEALTH_MS, false, { ref: false }),
      ]);
      return sendJson(res, answers ? 200 : 503, answers ? { ok: true } : { ok: false, database: 'does not answer' });
    }
    if (url.pathname === '/api/openapi.json' && req.method === 'GET') return sendJson(res, 200, openApi());
    if (url.pathname === '/metrics') return metrics.handle(req, res);
    writeDown(req, origins.originOf(req), findClientAddress(req, env.PUPIL_TRUSTED_PROXIES));
    if (url.pathname.startsWith('/api/auth/')) {
      const path = authPath(req.method, url.pathname);
      if (path === null) throw notFound('address');
      const body = await receive(req);
      const work = () => (authOf(services, req) === services.secureAuth ? auth.secure : auth.plain)(req, res);
      await (path === '/sign-in/email' ? countSignIn(services.db, body, res, work) : work());
      // Whoever has just signed out is told so by the database too, but a moment later.
      if (req.method === 'POST') services.sessions?.clear();
      return undefined;
    }
    if (url.pathname.startsWith('/api/trpc/')) {
      await receive(req);
      return trpc(req, res);
    }
    if (await route(services, req, res, url)) return undefined;
    // Pages are read. The development server has tools of its own, which post.
    if (req.method !== 'GET' && req.method !== 'HEAD' && env.NODE_ENV !== 'development') throw notFound('address');
    return pages(req, res);
  };

  /** Reads a call's whole body before anything is done with it; those who answer it find it where Express puts it. */
  const receive = async (req: IncomingMessage): Promise<string> => {
    if (!hasBody(req)) return '';
    const declared = Number(req.headers['content-length'] ?? Infinity);
    const isMember = declared > CALL_BYTES.stranger && (await findSignedIn(services, req)) !== null;
    const body = await receiveCall(req, isMember ? CALL_BYTES.member : CALL_BYTES.stranger);
    if (body !== '') Object.assign(req, { body });
    return body;
  };

  return (req, res) => {
    metrics.observe(req, res);
    secure(req, res, {
      development: env.NODE_ENV === 'development',
      origin: origins.originOf(req),
      named: origins.named,
    });
    if (hasBody(req) && !isUpload(req)) {
      const late = setTimeout(() => req.complete || req.destroy(), 2 * CALL_MS);
      req.once('end', () => clearTimeout(late));
    }
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

const explainOrigin = (from: string, own: string | null): Said =>
  say('error.otherSite', { from: from.slice(0, 200), own: own ?? say('error.unreadableAddress') });
