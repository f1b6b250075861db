import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import type { EmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';
import { ClearError } from './clear-error.ts';
import { chooseDataFolder, keptSecret, openDataFolder } from './data-folder.ts';
import { requirePort } from '../setup/port.mjs';
import { makeOwnerReset } from './reset-owner.ts';
import type { ProcessPlan } from './process-keeper.ts';
import { ProcessKeeper } from './process-keeper.ts';

export type SuperviseOptions = {
  root: string;
  port: number;
  host: string;
  /** Addresses people use beside the one we listen on, with commas between. */
  url: string | null;
  https: boolean;
  /** PEM files of the operator's certificate; null for one of this machine's own making. */
  cert: string | null;
  key: string | null;
  /** Null: the default place. */
  dataDir: string | null;
  empty: boolean;
  server: boolean;
  trainer: boolean;
  /** Logs on the console instead of in files. */
  verbose: boolean;
  /** Pages from source; whoever bundled the processes restarts those that change. */
  dev: boolean;
  /** Folder of the processes' bundles, below `root`. */
  program: string;
};

export type Supervised = {
  /** Starts what runs one of these bundles anew, as `server` or `embed-child`; resolves when it is there. */
  restart(bundles: string[]): Promise<void>;
};

/** Bundles that a process runs beside the one of its own name. */
const PARTS = { server: /^(?:server|serving-worker)$/, trainer: /^trainer$|(?<!^serving)-(worker|child)$/ };

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (step: string, text: string): void => print(`  ${step.padEnd(10)} ${text}`);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Prints a link to a new password for an owner. @throws ClearError with one line for what a person can mend */
export async function resetOwner(
  options: Pick<SuperviseOptions, 'root' | 'dataDir' | 'port' | 'url'> & { owner: string | null },
): Promise<void> {
  const external = process.env.DATABASE_URL;
  const folder = chooseDataFolder(options.root, options.dataDir, !external);
  // The embedded database is joined where it runs, and started for a moment where it does not.
  const { url, stop } = external ? { url: external, stop: () => {} } : await startDatabase(folder);
  try {
    await migrate(url, join(options.root, 'db/migrations'));
    const { path, email } = await makeOwnerReset(url, options.owner);
    const [place = `http://127.0.0.1:${options.port}`] = [options.url ?? []].flat();
    print(`\n  Within a day, and once, this sets a new password for ${email}:\n\n  ${place}${path}\n`);
  } finally {
    await stop();
  }
}

/**
 * Starts database, server and trainer of one data folder, keeps them running, and stops them in order on SIGINT or
 * SIGTERM. Returns when all is started; the process then lives until a signal.
 * @throws ClearError with one line for what a person can mend
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const external = process.env.DATABASE_URL;
  const folder = chooseDataFolder(options.root, options.dataDir, !external);
  if (options.server) await requirePort(options.port, options.host);
  const release = openDataFolder(folder);
  const closing: (() => Promise<void> | void)[] = [release];
  const keepers: ProcessKeeper[] = [];
  const shutdown = stopOnce(keepers, closing);
  const onSignal = (): void => void shutdown('stopping ...').then(() => process.exit(0));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  try {
    say('data', folder);
    if (process.getuid?.() === 0)
      say(
        'account',
        'root, whose rights server and trainer then have (Postgres has not): better start as another user',
      );
    const { url, stop, keep } = external
      ? { url: external, stop: () => {}, keep: () => {} }
      : await startDatabase(folder);
    closing.unshift(stop);
    // What the processes write from now on is for us alone; Postgres has its own account, and its own umask.
    process.umask(0o077);
    keep((problem) =>
      say('database', problem === null ? 'was gone, runs again' : `is gone and does not start: ${problem}`),
    );
    await migrate(url, join(options.root, 'db/migrations')).catch((error: unknown) => {
      throw new ClearError(
        `The database cannot be ${external ? 'reached or ' : ''}brought up to date: ${messageOf(error)}`,
      );
    });
    say('database', external ? 'the one of DATABASE_URL' : `embedded Postgres at ${new URL(url).host}`);
    await startProcesses(options, folder, url, keepers);
    return {
      restart: async (bundles) => {
        // One after another, the server first: they would only take the cores from each other.
        for (const keeper of keepers)
          if (bundles.some((name) => PARTS[keeper.plan.name].test(name))) await keeper.restart();
      },
    };
  } catch (error) {
    await shutdown(null);
    throw error;
  }
}

async function startDatabase(folder: string): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ dataDir: folder });
  } catch (error) {
    throw new ClearError(messageOf(error));
  }
}

/**
 * Resolves when the server (or, alone, the trainer) is up; one that ends before that would only end again. Later
 * crashes are only told.
 */
function startProcesses(
  options: SuperviseOptions,
  folder: string,
  url: string,
  keepers: ProcessKeeper[],
): Promise<void> {
  const awaited = options.server ? 'server' : 'trainer';
  let ready = false;
  return new Promise((resolve, reject) => {
    for (const planned of plan(options, folder, url)) {
      const keeper = new ProcessKeeper(planned, {
        onMessage: (message) => {
          if (!isReady(message)) return;
          if (planned.name === 'server') showServer(message, ready);
          else if (message.engine) say('trainer', `${message.engine.name} on ${message.engine.device}`);
          if (planned.name !== awaited) return;
          ready = true;
          resolve();
        },
        onCrash: (what, againMs) => {
          if (!ready && planned.name === awaited)
            return reject(new ClearError(`The ${planned.name} ${what} before it was ready.${tail(planned.logFile)}`));
          say(
            planned.name,
            `${what}, starting again in ${againMs / 1000} s${planned.logFile ? `; its log: ${planned.logFile}` : ''}`,
          );
        },
      });
      keepers.push(keeper);
      keeper.start();
    }
  });
}

type Ready = {
  type: 'ready';
  url?: string;
  /** Where colleagues open it; none while it listens for this machine only. */
  addresses?: string[];
  ownerLink?: string | null;
  engine?: { name: string; device: string } | null;
};

function isReady(message: unknown): message is Ready {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}

function showServer({ url = '', addresses = [], ownerLink }: Ready, again: boolean): void {
  if (again) say('server', 'running again');
  else say('ready', `${url}   (Ctrl-C stops it)`);
  const others = addresses.filter((address) => address !== url);
  if (!again) for (const [index, address] of others.entries()) say(index === 0 ? 'colleagues' : '', address);
  if (!ownerLink) return;
  const elsewhere = others[0] ? `\n  or, on another machine, ${others[0]}${new URL(ownerLink).pathname}\n` : '';
  print(`\n  Open this link once to become the owner:\n\n  ${ownerLink}\n${elsewhere}`);
}

function plan(options: SuperviseOptions, folder: string, url: string): ProcessPlan[] {
  const shared: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: options.dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    // Four, Node's own number, are soon all busy with pictures and passwords, and then no file is read.
    UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16',
    // One arena for each of sixteen threads keeps what every thread once needed: two hold a tenth less.
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
    DATABASE_URL: url,
    PUPIL_DATA: folder,
    PUPIL_SECRET: process.env.PUPIL_SECRET ?? keptSecret(folder),
    PUPIL_EMPTY: options.empty ? '1' : '0',
    PORT: String(options.port),
    HOST: options.host,
    PUPIL_HTTPS: options.https ? '1' : '0',
    ...(options.url ? { PUPIL_URL: options.url } : {}),
    ...(options.cert && options.key ? { PUPIL_CERT: options.cert, PUPIL_KEY: options.key } : {}),
  };
  const program = (name: string): string[] => ['--enable-source-maps', join(options.program, `${name}.js`)];
  const log = (name: string): string | null => (options.verbose ? null : join(folder, 'logs', `${name}.log`));
  const plans: ProcessPlan[] = [];
  const common = { cwd: options.root, env: shared };
  if (options.server)
    plans.push({
      name: 'server',
      args: program('server'),
      logFile: log('server'),
      patienceMs: 10_000,
      ...common,
    });
  if (options.trainer)
    plans.push({
      name: 'trainer',
      args: program('trainer'),
      logFile: log('trainer'),
      patienceMs: 20_000,
      ...common,
    });
  return plans;
}

/** Trainer, server, database, folder: in this order. Asked a second time, it waits no longer for the processes. */
function stopOnce(
  keepers: ProcessKeeper[],
  closing: (() => Promise<void> | void)[],
): (words: string | null) => Promise<void> {
  let stopped: Promise<void> | null = null;
  return (words) => {
    if (stopped) {
      for (const keeper of keepers) keeper.kill();
      return stopped;
    }
    if (words) say('stop', words);
    stopped = (async () => {
      for (const keeper of keepers.toReversed()) await keeper.stop();
      for (const close of closing) await close();
      if (words) say('stop', 'everything is kept');
    })();
    return stopped;
  };
}

function tail(file: string | null): string {
  if (!file) return '';
  return ` The end of ${file}:\n${readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n')}`;
}
