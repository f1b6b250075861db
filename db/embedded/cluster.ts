import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { runBinary } from './binaries.ts';
import { findServer, isAlive } from './lock-file.ts';

export const SUPERUSER = 'pupil';
const CLUSTER = 'cluster';

/** One Postgres data folder and what is needed to run it. */
export type Cluster = { home: string; binaries: Binaries; account: Account | null; durable: boolean };

export const dataFolder = (cluster: Cluster): string => join(cluster.home, CLUSTER);
export const logOf = (cluster: Cluster): string => join(dataFolder(cluster), 'server.log');

/**
 * Creates the data folder unless it exists. Written beside and renamed, so that a first start that was cut off leaves
 * nothing half made.
 */
export async function initialise(cluster: Cluster, password: string): Promise<void> {
  const target = dataFolder(cluster);
  clearLeftovers(cluster);
  if (existsSync(target)) return adopt(cluster);
  const unfinished = join(cluster.home, `${CLUSTER}.${process.pid}`);
  const passwordFile = join(cluster.home, `password.${process.pid}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [unfinished, passwordFile])
    if (cluster.account) chownSync(path, cluster.account.uid, cluster.account.gid);
  try {
    // The built-in C.UTF-8 needs no locale of the machine, so that the same data folder sorts alike everywhere.
    const args = [
      '-D',
      unfinished,
      '-U',
      SUPERUSER,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
    ];
    args.push(
      '--locale-provider=builtin',
      '--locale=C',
      '--builtin-locale=C.UTF-8',
      ...(cluster.durable ? [] : ['--no-sync']),
    );
    const { code, output } = await runBinary(cluster.binaries.initdb, args, cluster.account, unfinished);
    if (code !== 0) throw new Error(`Postgres could not create its data folder ${target}:\n${lastLines(output)}`);
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // Somebody else made it at the same moment: theirs is as good.
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** What a first start that was killed left behind: half a data folder, and the superuser's password in a file. */
function clearLeftovers(cluster: Cluster): void {
  for (const name of readdirSync(cluster.home)) {
    const [, pid] = /^(?:cluster|password)\.(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cluster.home, name), { recursive: true, force: true });
  }
}

/** A data folder that was copied back from a backup may belong to another account; Postgres insists on its own. */
function adopt(cluster: Cluster): void {
  const { account } = cluster;
  const target = dataFolder(cluster);
  if (!account || lstatSync(target).uid === account.uid) return;
  chownSync(target, account.uid, account.gid);
  chmodSync(target, 0o700);
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}

/** Starts the server on `port` and waits until it accepts connections. Returns null, or why it did not start. */
export async function launch(cluster: Cluster, port: number): Promise<string | null> {
  const log = logOf(cluster);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
  ];
  if (!cluster.durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const options = ['-p', String(port), ...settings.flatMap((s) => ['-c', s])].map((word) => `'${word}'`).join(' ');
  const args = ['start', '-w', '-t', '60', '-D', dataFolder(cluster), '-l', log, '-o', options];
  const { code, output } = await runBinary(cluster.binaries.pgCtl, args, cluster.account, cluster.home);
  if (code === 0) return null;
  return lastLines(existsSync(log) ? readFileSync(log, 'utf8') : output);
}

/**
 * Stops the server of this very folder, if one runs: sessions end at once, everything acknowledged is on disk. `pg_ctl`
 * would stop whomever the lock file names.
 */
export async function halt(cluster: Cluster): Promise<void> {
  if (findServer(dataFolder(cluster)) === null) return;
  const args = ['stop', '-w', '-t', '60', '-m', 'fast', '-D', dataFolder(cluster)];
  await runBinary(cluster.binaries.pgCtl, args, cluster.account, cluster.home);
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-4).join('\n');
