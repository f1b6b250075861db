import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { openBlobStore } from '#db/blobs/index.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import { createAuth } from '../auth/auth.ts';
import type { Services } from '../context.ts';
import { makeOriginRule } from '../net/origin.ts';
import { computeTeamFigures, createTeamFigures } from '../services/quality/team-figures.ts';
import { createHeldModels } from '../services/serving/held-models.ts';
import { createPredictor } from '../services/serving/predictor.ts';
import { appRouter } from '../trpc/router.ts';
import { createCallerFactory } from '../trpc/trpc.ts';

const createCaller = createCallerFactory(appRouter);

/** Everything a use case needs, on a database and a blob folder of its own. Call `close` when done. */
export async function createTestServices() {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'pupil-blobs-'));
  const blobs = await openBlobStore({ folder, s3: null });
  const log = pino({ level: 'silent' });
  const makeAuth = (secure: boolean) =>
    createAuth(database.db, {
      secret: 'test-secret-of-more-than-32-characters',
      baseURL: 'http://localhost:3000',
      trustedOrigins: [],
      secure,
      oidc: null,
    });
  const services: Services = {
    db: database.db,
    pool: database.pool,
    blobs,
    auth: makeAuth(false),
    secureAuth: makeAuth(true),
    origins: makeOriginRule({ urls: [], proxies: [] }),
    log,
    sessions: null,
    windows: null,
    mail: null,
    publicUrl: 'http://localhost:3000',
    predictor: createPredictor(),
    models: createHeldModels(),
    teamFigures: createTeamFigures((projectId) => computeTeamFigures(database.db, projectId)),
    env: {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      PORT: 0,
      HOST: '127.0.0.1',
      PUPIL_DATA: folder,
      PUPIL_SECRET: 'x'.repeat(32),
      PUPIL_EMPTY: '1',
      PUPIL_PRIVATE_S3: '0',
      PUPIL_SOURCE_ROOTS: [],
      PUPIL_URL: [],
      PUPIL_HTTPS: '0',
      PUPIL_TRUSTED_PROXIES: [],
      PUPIL_MAIL_FROM: 'Pupil <pupil@example.test>',
      PUPIL_OIDC_DOMAINS: [],
      PUPIL_OIDC_ROLE: 'annotator',
      PUPIL_OIDC_LABEL: '',
      LOG_LEVEL: 'silent',
    },
  };
  return {
    services,
    url: database.url,
    /** Calls procedures as this user; as a stranger when null. */
    as: (user: { userId: string; name?: string } | null) =>
      createCaller({
        services,
        req: { headers: {} },
        signedIn: user
          ? { userId: user.userId, name: user.name ?? '', email: '', memberId: null, accessId: '', expiresAt: Infinity }
          : null,
        startSession: async () => true,
        requestId: randomUUID(),
      }),
    /** Calls procedures with an API token of this member. */
    asToken: (member: { userId: string; memberId: string }) =>
      createCaller({
        services,
        req: { headers: {} },
        signedIn: {
          userId: member.userId,
          name: '',
          email: '',
          memberId: member.memberId,
          accessId: '',
          expiresAt: Infinity,
        },
        startSession: async () => true,
        requestId: randomUUID(),
      }),
    async close(): Promise<void> {
      await services.predictor.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestServices = Awaited<ReturnType<typeof createTestServices>>;
