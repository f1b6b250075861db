import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';
import { ClearError } from './clear-error.ts';
import { keep } from './keep.ts';
import type { Kept } from './keep.ts';
import { HELP, readOptions } from './options.ts';
import type { Options } from './options.ts';

const line = (step: string, text: string): void => void process.stdout.write(`  ${step.padEnd(10)} ${text}\n`);

/** Starts database, server and trainer, keeps them running, and stops them in order. Resolves when everything runs. */
export async function supervise(root: string, args: string[]): Promise<void> {
  const options = readOptions(root, args, process.env);
  if (!options) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  prepareFolder(options.dataDir);
  await requireFreePort(options);
  const stops: (() => Promise<unknown>)[] = [];
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    line('stop', 'stopping ...');
    for (const step of stops.reverse()) await step().catch((error: unknown) => line('stop', String(error)));
    process.exit(code);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));

  const url = process.env.DATABASE_URL ?? (await startDatabase(options, stops));
  await migrate(url, join(root, 'db/migrations')).catch((error: unknown) => {
    throw new ClearError(`The database cannot be brought to this version: ${error instanceof Error ? error.message : String(error)}`);
  });
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: options.dev ? 'development' : 'production',
    DATABASE_URL: url,
    PORT: String(options.port),
    HOST: options.host,
    PUPIL_DATA: options.dataDir,
    PUPIL_SECRET: process.env.PUPIL_SECRET ?? readSecret(options.dataDir),
    PUPIL_EMPTY: options.empty ? '1' : '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    ...(options.url ? { PUPIL_URL: options.url } : {}),
  };
  const server = await startServer(root, env, () => void stop(1));
  stops.push(() => server.stop());
  if (options.trainer) {
    const trainer = keep({
      name: 'trainer', entry: join(root, 'dist/trainer.js'), cwd: root, env, onMessage: showTrainer, onEnd: (text) => line('trainer', text),
    });
    stops.push(() => trainer.stop());
  }
}

/** The server, once it answers. One that ends before it was ever ready would only fail again. */
function startServer(root: string, env: NodeJS.ProcessEnv, giveUp: () => void): Promise<Kept> {
  return new Promise((resolve) => {
    let shown = false;
    const server = keep({
      name: 'server',
      entry: join(root, 'dist/server.js'),
      cwd: root,
      env,
      onMessage: (message) => {
        const ready = message as { type: string; url: string; ownerLink: string | null };
        if (ready.type !== 'ready' || shown) return;
        shown = true;
        line('ready', ready.url);
        if (ready.ownerLink) line('', `Open this link once to become the owner:\n\n             ${ready.ownerLink}\n`);
        resolve(server);
      },
      onEnd: (text, wasReady) => {
        line('server', text);
        if (!wasReady && !shown) {
          void server.stop();
          giveUp();
        }
      },
    });
  });
}

function showTrainer(message: unknown): void {
  const ready = message as { type: string; engine?: { name: string; device: string } | null };
  if (ready.type === 'ready' && ready.engine) line('trainer', `${ready.engine.name} on ${ready.engine.device}`);
}

async function startDatabase(options: Options, stops: (() => Promise<unknown>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: options.dataDir }).catch((error: unknown) => {
    throw new ClearError(error instanceof Error ? error.message : String(error));
  });
  stops.push(() => postgres.stop());
  return postgres.url;
}

function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    throw new ClearError(`The data folder ${folder} cannot be written. Give another one with --data DIR.`);
  }
}

/** Made once, kept in the data folder for its owner only: sessions outlive a restart. */
function readSecret(folder: string): string {
  const path = join(folder, 'secret');
  if (!existsSync(path)) writeFileSync(path, randomBytes(36).toString('base64url'), { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}

function requireFreePort({ port, host }: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ClearError(error.code === 'EADDRINUSE' ? `Port ${port} is in use. Choose another with --port N.` : `Cannot listen on ${host}:${port}: ${error.message}`)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
