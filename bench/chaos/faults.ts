import { statfsSync, writeFileSync, rmSync } from 'node:fs';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { MACHINE_FAULTS } from './machine-faults.ts';
import type { Fault } from './machine-faults.ts';
import type { Installation, Target } from './installation.ts';
import { TARGETS } from './installation.ts';

const STOPPED_MS = 3000;
const FULL_MS = 12_000;
const CROWDED_MS = 6000;

async function signal(installation: Installation, target: Target, name: NodeJS.Signals): Promise<boolean> {
  const pid = installation.find(target);
  if (pid === null) return false;
  process.kill(pid, name);
  // It ends server, trainer and database first: until then all looks well.
  if (target === 'supervisor' && name !== 'SIGSTOP')
    for (let looks = 0; looks < 600 && installation.find('supervisor') !== null; looks += 1) await wait(100);
  if (name === 'SIGSTOP') {
    await wait(STOPPED_MS);
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // Somebody ended it meanwhile.
    }
  }
  return true;
}

const SIGNALS: readonly [NodeJS.Signals, string][] = [
  ['SIGKILL', 'killed (9)'],
  ['SIGTERM', 'ended (15)'],
  ['SIGSTOP', `stopped for ${STOPPED_MS / 1000} s`],
];

/** One of the database's own processes, which serves a connection. */
function findBackend(postmaster: number): number | null {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      const isBackend = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('pupil pupil 127.0.0.1');
      if (Number(parent) === postmaster && isBackend) return Number(name);
    } catch {
      // It has ended meanwhile.
    }
  }
  return null;
}

async function crowd(installation: Installation): Promise<boolean> {
  const clients = Array.from({ length: 200 }, () => new Client({ connectionString: installation.databaseUrl() }));
  for (const client of clients) client.on('error', () => undefined);
  await Promise.allSettled(clients.map((client) => client.connect()));
  await wait(CROWDED_MS);
  await Promise.allSettled(clients.map((client) => client.end()));
  return true;
}

/** Fills the disk that the folder lies on, which is small and of its own. */
async function fill(installation: Installation): Promise<boolean> {
  const { bavail, bsize } = statfsSync(installation.folder);
  if (bavail * bsize > 2 ** 31) return false;
  const file = join(installation.folder, 'filler');
  try {
    const chunk = Buffer.alloc(2 ** 20);
    for (let bytes = bavail * bsize; bytes > 0; bytes -= chunk.length)
      writeFileSync(file, chunk.subarray(0, Math.min(bytes, chunk.length)), { flag: 'a' });
  } catch {
    // Somebody else took the last block.
  }
  await wait(FULL_MS);
  rmSync(file, { force: true });
  return true;
}

export const FAULTS: readonly Fault[] = [
  ...MACHINE_FAULTS,
  { name: 'postgres restarted (fast)', strike: (installation) => signal(installation, 'postgres', 'SIGINT') },
  {
    name: 'a backend of postgres killed (9)',
    strike: async (installation) => {
      const backend = findBackend(installation.find('postgres') ?? 0);
      if (backend !== null) process.kill(backend, 'SIGKILL');
      return backend !== null;
    },
  },
  { name: `no connection left for ${CROWDED_MS / 1000} s`, strike: crowd },
  { name: `disk full for ${FULL_MS / 1000} s`, strike: fill },
  ...TARGETS.flatMap((target) =>
    SIGNALS.map(([name, words]) => ({
      name: `${target} ${words}`,
      strike: (installation: Installation) => signal(installation, target, name),
    })),
  ),
];
