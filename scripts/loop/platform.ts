import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { openBlobStore } from '#db/blobs/index.ts';
import { openDatabase } from '#db/client.ts';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';
import { createAuth } from '#server/auth/auth.ts';
import { makeOriginRule } from '#server/net/origin.ts';
import type { Services } from '#server/context.ts';
import { createHeldModels } from '#server/services/serving/held-models.ts';
import { createPredictor } from '#server/services/serving/predictor.ts';
import { computeTeamFigures, createTeamFigures } from '#server/services/quality/team-figures.ts';
import type { EngineReport } from '#trainer/hold/messages.ts';

export interface Platform {
  url: string;
  folder: string;
  services: Services;
  startTrainer(): Promise<EngineReport>;
  close(): Promise<void>;
}

/** The product without its web server: an embedded database, blobs, the use cases, and a trainer in its own process. */
export async function openPlatform(options: { data: string | null; threads: number | null }): Promise<Platform> {
  const folder = options.data ? resolve(options.data) : mkdtempSync(join(tmpdir(), 'pupil-loop-'));
  mkdirSync(folder, { recursive: true });
  if (!options.data) chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, durable: options.data !== null });
  try {
    await migrate(postgres.url, fileURLToPath(new URL('../../db/migrations', import.meta.url)));
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  const log = pino({ level: 'warn' }, pino.destination(2));
  let closing = false;
  const database = openDatabase(postgres.url, {
    max: 6,
    onError: (error) => {
      if (!closing) log.warn({ err: error }, 'a database connection was lost');
    },
  });
  const blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  const secret = 'used-by-nobody-since-no-server-is-started';
  const auth = createAuth(database.db, {
    secret,
    baseURL: 'http://localhost',
    trustedOrigins: [],
    secure: false,
    oidc: null,
  });
  const services: Services = {
    db: database.db,
    pool: database.pool,
    blobs,
    log,
    sessions: null,
    windows: null,
    mail: null,
    publicUrl: 'http://localhost',
    teamFigures: createTeamFigures((projectId) => computeTeamFigures(database.db, projectId)),
    predictor: createPredictor(),
    models: createHeldModels(),
    auth,
    secureAuth: auth,
    origins: makeOriginRule({ urls: [], proxies: [] }),
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      PORT: 0,
      HOST: '127.0.0.1',
      PUPIL_DATA: folder,
      PUPIL_SECRET: secret,
      PUPIL_EMPTY: '1',
      PUPIL_PRIVATE_S3: '0',
      PUPIL_SOURCE_ROOTS: [],
      PUPIL_URL: [],
      PUPIL_HTTPS: '0',
      PUPIL_TRUSTED_PROXIES: [],
      PUPIL_MAIL_FROM: '',
      PUPIL_OIDC_DOMAINS: [],
      PUPIL_OIDC_ROLE: 'annotator',
      PUPIL_OIDC_LABEL: '',
      LOG_LEVEL: 'warn',
    },
  };
  let trainer: ChildProcess | null = null;
  return {
    url: postgres.url,
    folder,
    services,
    startTrainer: () => {
      const child = fork(new URL('../../workers/trainer/process/main.ts', import.meta.url), {
        env: {
          ...process.env,
          DATABASE_URL: postgres.url,
          PUPIL_DATA: folder,
          LOG_LEVEL: 'warn',
          ...(options.threads ? { PUPIL_THREADS: String(options.threads) } : {}),
        },
        // Its log goes to our standard error: standard output belongs to the result.
        stdio: ['ignore', 2, 2, 'ipc'],
      });
      trainer = child;
      return new Promise((ready, failed) => {
        child.once('message', (message: { engine: EngineReport }) => ready(message.engine));
        child.once('exit', (code) => failed(new Error(`The trainer ended with code ${code}.`)));
      });
    },
    close: async () => {
      closing = true;
      if (trainer?.exitCode === null && trainer.signalCode === null) {
        const ended = new Promise((done) => trainer?.once('exit', done));
        trainer.kill('SIGTERM');
        await ended;
      }
      await database.close();
      await postgres.stop();
      if (!options.data) rmSync(folder, { recursive: true, force: true });
    },
  };
}
