import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { firstBarrier, postgresAccount } from './account.ts';
import { preparedBinaries } from './binaries.ts';
import type { Cluster } from './cluster.ts';
import { dataFolder, halt, initialise, launch, logOf, SUPERUSER } from './cluster.ts';
import { findServer, isAlive } from './lock-file.ts';
import { freePort } from './free-port.ts';
import { rotateLog } from './rotate-log.ts';
import { writeDurably } from './write-durably.ts';

/** After a kill -9 the old backends hold shared memory for a moment. */
const START_PATIENCE_MS = 15_000;
/** How soon a server that died is noticed. */
const WATCH_MS = 1000;
/** Looks after which a server that somebody told to stop is stopped at once: it would wait for our own sessions. */
const STOPPING_LOOKS = 3;
/** Of the server's own log, which says each statement that failed; looked at so often. */
const LOG = { limitBytes: 20e6, lookMs: 60_000 };
const DATABASE = 'pupil';

export type EmbeddedPostgres = {
  /** Connection string of the database `pupil`, as its superuser. */
  url: string;
  /** True when the server was running already. */
  reused: boolean;
  /**
   * Keeps the server running: one that died is started again on its port, which `onRestart` hears. Until `stop`.
   * @param onRestart gets null, or why it could not be started this time
   */
  keep(onRestart: (problem: string | null) => void): void;
  /** Lets go of the server; the last one to let go stops it. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** The folder that holds everything of an installation; Postgres lives in its subfolder `postgres`. */
  dataDir: string;
  /** False trades safety at power loss for speed: for tests only. */
  durable?: boolean;
  log?: typeof LOG;
};

/**
 * Starts, or joins, the Postgres server of a data folder. It listens on 127.0.0.1 only, with a random password kept in
 * the folder.
 *
 * Several processes may use one server: each start registers its process, and the last stop ends the server. A server
 * that outlived a killed process is joined.
 * @throws with one clear message when the folder cannot be used or the server does not start.
 */
export async function startEmbeddedPostgres({
  dataDir,
  durable = true,
  log = LOG,
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const cluster = openHome(dataDir, durable);
  const password = secret(join(cluster.home, 'password'), existsSync(dataFolder(cluster)));
  await initialise(cluster, password);
  const leave = register(cluster.home);
  try {
    const { port, reused } = await ensureRunning(cluster, password);
    let watch: NodeJS.Timeout | null = null;
    let looks: NodeJS.Timeout | null = null;
    let reviving: Promise<void> | null = null;
    let stopping = 0;
    return {
      url: urlOf(port, password, DATABASE),
      reused,
      keep(onRestart) {
        watch = setInterval(() => {
          const server = findServer(dataFolder(cluster));
          stopping = server?.isStopping ? stopping + 1 : 0;
          if (reviving || (server !== null && stopping < STOPPING_LOOKS)) return;
          reviving = halt(cluster)
            .then(() => ensureRunning(cluster, password))
            .then(() => onRestart(null))
            .catch((error: unknown) => onRestart(error instanceof Error ? error.message : String(error)))
            .finally(() => (reviving = null));
        }, WATCH_MS);
        looks = setInterval(() => {
          try {
            rotateLog(logOf(cluster), log.limitBytes);
          } catch {
            // A full disk must not end who keeps the database; the next look tries again.
          }
        }, log.lookMs);
      },
      async stop() {
        if (watch) clearInterval(watch);
        if (looks) clearInterval(looks);
        await reviving;
        if (leave()) await halt(cluster);
      },
    };
  } catch (error) {
    if (leave()) await halt(cluster);
    throw error;
  }
}

function openHome(dataDir: string, durable: boolean): Cluster {
  const account = postgresAccount();
  mkdirSync(dataDir, { recursive: true });
  const home = join(realpathSync(dataDir), 'postgres');
  mkdirSync(home, { recursive: true });
  if (account) {
    // Whatever our umask was, Postgres must be able to walk (not read) through the two folders that are ours.
    for (const ours of [dataDir, home]) if (firstBarrier(ours, account) === ours) chmodSync(ours, 0o711);
    const barrier = firstBarrier(home, account);
    if (barrier)
      throw new Error(
        `Postgres runs as "${account.name}", who cannot enter ${barrier}. Choose another data folder, or chmod o+x ` +
          `${barrier}`,
      );
  }
  return { home, account, durable, binaries: preparedBinaries(account, join(home, 'runtime')) };
}

/** The password that is kept in a file; a new one only for a database that is not there yet. */
function secret(file: string, isNeeded: boolean): string {
  const isMissing = !existsSync(file);
  if (isMissing && !isNeeded) writeDurably(file, randomBytes(24).toString('base64url'), { once: true });
  const kept = isMissing && isNeeded ? '' : readFileSync(file, 'utf8').trim();
  if (kept === '')
    throw new Error(
      `${file} is ${isMissing ? 'missing' : 'empty'}, and it holds the password of the database. Put it back from a ` +
        `backup.`,
    );
  return kept;
}

let registrations = 0;

/**
 * Notes that this process uses the server. The returned function takes the note back and says whether nobody is left.
 */
function register(home: string): () => boolean {
  const users = join(home, 'users');
  mkdirSync(users, { recursive: true });
  const mine = join(users, `${process.pid}-${++registrations}`);
  // A copied folder brings the notes of the original's processes along: they use that one.
  writeFileSync(mine, home);
  return () => {
    rmSync(mine, { force: true });
    const living = readdirSync(users).filter(
      (name) =>
        (readFileSync(join(users, name), 'utf8') === home && isAlive(Number.parseInt(name, 10))) ||
        rmSync(join(users, name), { force: true }),
    );
    return living.length === 0;
  };
}

/** Joins or starts the server and returns once it answers, however often it must be tried within the patience. */
async function ensureRunning(cluster: Cluster, password: string): Promise<{ port: number; reused: boolean }> {
  const portFile = join(cluster.home, 'port');
  const remembered = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0;
  const deadline = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const running = findServer(dataFolder(cluster))?.port ?? null;
    const port = running ?? (await freePort(remembered));
    const problem =
      (running === null ? await launch(cluster, port) : null) ?? (await probe(urlOf(port, password, 'postgres')));
    if (problem === null) {
      writeFileSync(portFile, String(port));
      return { port, reused: running !== null };
    }
    if (Date.now() > deadline) throw new Error(`Postgres does not start in ${cluster.home}:\n${problem}`);
    await wait(200);
  }
}

const urlOf = (port: number, password: string, database: string): string =>
  `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;

/** Null when the server answers and has our database, else why not. */
async function probe(adminUrl: string): Promise<string | null> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end().catch(() => {});
  }
}
