import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { s3Options } from '#core/schemas/env.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import { openDatabase } from '#db/client.ts';
import { createAuth } from './auth/auth.ts';
import { createLog } from './bounded-log.ts';
import { createSessionCache } from './auth/session-cache.ts';
import type { Services } from './context.ts';
import { oidcSettings, readEnv } from './env.ts';
import { boundConnections } from './http/connections.ts';
import { createListener } from './http/listener.ts';
import { createMetrics } from './http/metrics.ts';
import { createOnePort } from './http/one-port.ts';
import { createPages } from './pages.ts';
import { keepCertificate, readCertificate } from './net/certificate.ts';
import { listAddresses as listAddressRanges, makeOriginRule } from './net/origin.ts';
import { listAddresses, mainAddress, placeOf } from './net/own-addresses.ts';
import { openMailer } from './mail/mailer.ts';
import { boundSockets } from './realtime/bound-sockets.ts';
import { createPresence } from './realtime/presence.ts';
import { startRelay } from '#db/relay.ts';
import { changesModel } from './services/serving/changes-model.ts';
import { announce, createSockets, endAccess } from './realtime/sockets.ts';
import { offerBuiltIn } from './services/backbone/offer-built-in.ts';
import { seedDemo } from './services/demo/seed-demo.ts';
import { issueSetupLink } from './services/people/issue-setup-link.ts';
import { computeTeamFigures, createTeamFigures } from './services/quality/team-figures.ts';
import { createHeldModels } from './services/serving/held-models.ts';
import { createPredictor } from './services/serving/predictor.ts';
import { startSources } from './services/source/run-sources.ts';
import { startUpkeep } from './services/upkeep/run-upkeep.ts';
import { startWebhooks } from './services/webhook/run-webhooks.ts';

/** How long requests in flight may take to end when the server stops, ms. */
const DRAIN_MS = 3000;
/** How long a request waits for a connection to the database before it says that there is none, ms. */
const DATABASE_MS = 15_000;
/** How often a renewed certificate, or an address that has joined, is looked for. */
const CERTIFICATE_MS = 60_000;

/** What a first start brings along: the demo, and the built-in backbone for every organization. */
async function prepare(services: Services): Promise<void> {
  const { env, log } = services;
  if (env.PUPIL_EMPTY === '0')
    await seedDemo(services).catch((error: unknown) => log.error({ err: error }, 'the demo could not be drawn'));
  await offerBuiltIn(services).catch((error: unknown) =>
    log.error({ err: error }, 'the built-in backbone could not be offered'),
  );
}

/** Process 1: pages, API and sockets on one port. */
async function main(): Promise<void> {
  const env = readEnv();
  const log = createLog({ level: env.LOG_LEVEL, name: 'server' });
  const database = openDatabase(env.DATABASE_URL, {
    max: 16,
    patienceMs: DATABASE_MS,
    onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
  const place = placeOf(env);
  const publicUrl = mainAddress(place);
  const origins = makeOriginRule({ urls: env.PUPIL_URL, proxies: env.PUPIL_TRUSTED_PROXIES });
  const makeAuth = (secure: boolean) =>
    createAuth(database.db, {
      secret: env.PUPIL_SECRET,
      baseURL: publicUrl,
      trustedOrigins: origins.named,
      secure,
      oidc: oidcSettings(env),
    });
  const blobs = await openBlobStore({
    folder: resolve(env.PUPIL_DATA, 'blobs'),
    s3: s3Options(env),
  });
  const sessions = createSessionCache();
  const presence = createPresence({ db: database.db, log });
  const teamFigures = createTeamFigures((projectId) => computeTeamFigures(database.db, projectId));
  const services: Services = {
    db: database.db,
    pool: database.pool,
    blobs,
    auth: makeAuth(false),
    secureAuth: makeAuth(true),
    origins,
    sessions,
    teamFigures,
    predictor: createPredictor({ onDeath: (error) => log.error({ err: error }, 'the thread that predicts has ended') }),
    models: createHeldModels(),
    windows: presence,
    mail: env.PUPIL_SMTP_URL ? openMailer({ url: env.PUPIL_SMTP_URL, from: env.PUPIL_MAIL_FROM }) : null,
    publicUrl,
    log,
    env,
  };

  const development = env.NODE_ENV === 'development';
  const pages = createPages(env);
  // Whoever saves a query waits for the API alone.
  if (!development) await pages.open();

  const metrics = createMetrics(services);
  const listener = createListener({ services, metrics, pages: pages.handle });
  const readTls = () =>
    env.PUPIL_CERT !== undefined && env.PUPIL_KEY !== undefined
      ? readCertificate({ cert: env.PUPIL_CERT, key: env.PUPIL_KEY })
      : keepCertificate(env.PUPIL_DATA);
  const secure = place.isHttps ? createOnePort(await readTls(), listener) : null;
  if (secure)
    setInterval(() => {
      readTls().then(
        (certificate) => secure.setSecureContext(certificate),
        (error: unknown) => log.error({ err: error }, 'the certificate could not be read; the last one goes on'),
      );
    }, CERTIFICATE_MS).unref();
  const http = secure ?? createServer(listener);
  boundConnections(http, listAddressRanges(env.PUPIL_TRUSTED_PROXIES));
  const io = createSockets(services, http, { hooks: presence.hooks });
  boundSockets(io);
  presence.start(io);
  http.on('upgrade', (req, socket, head) => {
    if (req.url?.startsWith('/socket.io/')) return;
    // Only the development server speaks on other sockets; in production nobody would ever close them.
    if (development) pages.upgrade(req, socket, head).catch(() => socket.destroy());
    else socket.destroy();
  });
  const upkeep = startUpkeep(services);
  const webhooks = startWebhooks(services);
  const sources = startSources(services);
  const relay = startRelay({
    url: env.DATABASE_URL,
    log,
    onEvent: (event) => {
      metrics.countEvent(event.name);
      if (event.name === 'member:changed') sessions.clear();
      if (changesModel(event)) services.models.forget(event.projectId);
      announce(io, event);
      webhooks.hear(event);
      sources.hear(event);
    },
    onServerEvent: (event) => {
      if (event.name !== 'access:ended') return presence.hear(event);
      sessions.end(event.accessId);
      endAccess(io, event.accessId);
    },
    onGap: () => {
      sessions.clear();
      services.models.clear();
      io.disconnectSockets(true);
    },
  });
  await relay.ready;
  presence.ask();

  await new Promise<void>((done, failed) => {
    http.once('error', failed);
    http.listen(env.PORT, env.HOST, done);
  });
  const link = await issueSetupLink(services);
  const ownerLink = link ? `${publicUrl}/setup/${link}` : null;
  process.send?.({ type: 'ready', url: publicUrl, addresses: listAddresses(place), ownerLink });
  log.info({ url: publicUrl }, 'ready');
  if (development) pages.open().catch((error: unknown) => log.error({ err: error }, 'the pages could not be opened'));
  void prepare(services);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // What was just saved is to run at once: in development nobody waits for requests in flight.
    if (development) process.exit(0);
    await relay.stop();
    await webhooks.stop();
    await sources.stop();
    await upkeep.stop();
    // Requests in flight get a moment; an upload that takes hours must not hold the others up.
    const hurry = setTimeout(() => http.closeAllConnections(), DRAIN_MS);
    await io.close();
    clearTimeout(hurry);
    await presence.stop();
    await services.predictor.stop();
    await pages.close();
    await database.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('disconnect', () => void stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
