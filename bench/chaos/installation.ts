import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const START_MS = 180_000;
const SHIFT = new URL('./shift-clock.mjs', import.meta.url).href;

export const TARGETS = ['postgres', 'supervisor', 'server', 'trainer', 'learning child'] as const;
export type Target = (typeof TARGETS)[number];

const PROGRAMS: Partial<Record<Target, string>> = {
  server: 'dist/server.js',
  trainer: 'dist/trainer.js',
  'learning child': 'trainer-child.js',
};

/** An installation as a person starts it, `npm start`, in processes of its own, and what may be done to them. */
export interface Installation {
  url: string;
  folder: string;
  /** One-time link of a first start. */
  ownerLink(): string | null;
  /** What the console has said since it was asked last. */
  said(): string[];
  /** The process of that name now; null while there is none. */
  find(target: Target): number | null;
  databaseUrl(): string;
  /** Starts it after `stop`, its server and trainer with a clock that is so many hours off. */
  start(clockHours: number): Promise<void>;
  /** Cuts every connection that people have to it. */
  cut(): void;
  /** Starts it again where the supervisor is gone, as a service manager would; true where that was needed. */
  revive(): Promise<boolean>;
  stop(): Promise<void>;
  /** After `stop`: nothing of it listens any more. */
  close(): void;
}

export async function openInstallation(folder: string, port: number): Promise<Installation> {
  mkdirSync(folder, { recursive: true });
  let supervisor: ChildProcess | null = null;
  let lines: string[] = [];
  let ownerLink: string | null = null;

  const way = await openWay(port);
  const start = async (clockHours = 0): Promise<void> => {
    const args = ['scripts/start.mjs', '--data', folder, '--port', String(port), '--empty'];
    const shift = clockHours === 0 ? {} : { NODE_OPTIONS: `--import=${SHIFT}`, CHAOS_CLOCK_HOURS: String(clockHours) };
    const env = { ...process.env, ...shift, PUPIL_THREADS: '1', PUPIL_ENGINE: 'wasm', LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    supervisor = child;
    await new Promise<void>((ready, failed) => {
      const timer = setTimeout(() => failed(new Error(`It did not start:\n${lines.join('\n')}`)), START_MS);
      const hear = (chunk: Buffer): void => {
        const told = chunk
          .toString()
          .split('\n')
          .filter((line) => line.trim() !== '');
        lines.push(...told);
        ownerLink ??= told.find((line) => line.includes('/setup/'))?.trim() ?? null;
        if (told.some((line) => /^ +ready /.test(line))) {
          clearTimeout(timer);
          // The link stands below the line that it is ready.
          setTimeout(ready, 300);
        }
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => {
        clearTimeout(timer);
        failed(new Error(`It ended while it started:\n${lines.join('\n')}`));
      });
    });
  };

  await start();
  const home = join(folder, 'postgres');
  return {
    url: way.url,
    start,
    cut: way.cut,
    folder,
    ownerLink: () => ownerLink,
    said: () => {
      const told = lines;
      lines = [];
      return told;
    },
    find(target) {
      if (target === 'supervisor') return isRunning(supervisor) ? (supervisor?.pid ?? null) : null;
      if (target === 'postgres') return postmasterOf(home);
      return findProgram(PROGRAMS[target] ?? '', folder);
    },
    databaseUrl: () =>
      `postgresql://pupil:${readFileSync(join(home, 'password'), 'utf8').trim()}@127.0.0.1:` +
      `${readFileSync(join(home, 'port'), 'utf8')}/pupil`,
    async revive() {
      if (isRunning(supervisor)) return false;
      // Its children notice that it is gone and end; a service manager waits a moment as well.
      for (let tries = 0; ; tries += 1) {
        await wait(1000);
        try {
          await start();
          return true;
        } catch (error) {
          if (tries === 15) throw error;
        }
      }
    },
    close: way.close,
    async stop() {
      const child = supervisor;
      if (!child || !isRunning(child)) return;
      const ended = new Promise((end) => child.once('exit', end));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A way to the server that can be cut, as a wireless network is. */
async function openWay(port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}

const isRunning = (child: ChildProcess | null): boolean =>
  child !== null && child.exitCode === null && child.signalCode === null;

function postmasterOf(home: string): number | null {
  try {
    return Number(readFileSync(join(home, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]) || null;
  } catch {
    return null;
  }
}

/** A process of this installation that runs that program: its environment names the data folder. */
function findProgram(program: string, folder: string): number | null {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const isIt =
        readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(program) &&
        readFileSync(`/proc/${name}/environ`, 'utf8').includes(`PUPIL_DATA=${folder}\0`);
      if (isIt) return Number(name);
    } catch {
      // It has ended meanwhile, or is not ours to look at.
    }
  }
  return null;
}
