import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { rotateLog } from '#db/embedded/rotate-log.ts';

export type ProcessPlan = {
  name: 'server' | 'trainer';
  /** Arguments of node: the program, and what must be loaded before it. */
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Where its output goes; null shows it here. */
  logFile: string | null;
  /** How long it may take to end its work before it is killed, in milliseconds. */
  patienceMs: number;
};

export type KeeperEvents = {
  onMessage(message: unknown): void;
  /** The process ended by itself and starts again in `againMs`. */
  onCrash(what: string, againMs: number): void;
};

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long was healthy: its next crash starts the back-off anew. */
const HEALTHY_MS = 60_000;
const LOG = { limitBytes: 20e6, lookMs: 60_000 };

/** How long to wait before the next start, given the last wait (0: none yet) and how long the process lived. */
export function nextPause(lastPauseMs: number, livedMs: number): number {
  if (lastPauseMs === 0 || livedMs >= HEALTHY_MS) return FIRST_PAUSE_MS;
  return Math.min(lastPauseMs * 2, LONGEST_PAUSE_MS);
}

/**
 * Keeps one process running until `stop`. It runs in a session of its own, so that Ctrl-C reaches only us and we end
 * all in order.
 */
export class ProcessKeeper {
  readonly plan: ProcessPlan;
  readonly #events: KeeperEvents;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;
  #restarting = false;
  #pauseMs = 0;
  readonly #log: typeof LOG;
  #looks: NodeJS.Timeout | null = null;

  constructor(plan: ProcessPlan, events: KeeperEvents, log = LOG) {
    this.plan = plan;
    this.#events = events;
    this.#log = log;
  }

  start(): void {
    const { args, cwd, env, logFile } = this.plan;
    if (logFile !== null) this.#watchLog(logFile);
    const log = logFile === null ? null : openSync(logFile, 'a');
    const output = log ?? 'inherit';
    const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ['ignore', output, output, 'ipc'] });
    if (log !== null) closeSync(log);
    const began = Date.now();
    this.#child = child;
    this.#restarting = false;
    child.on('message', (message) => this.#events.onMessage(message));
    child.on('error', () => {}); // `exit` follows, or the send failed because it is ending.
    child.on('exit', (code, signal) => {
      this.#child = null;
      if (this.#stopping) return;
      if (this.#restarting) return this.start();
      this.#pauseMs = nextPause(this.#pauseMs, Date.now() - began);
      this.#timer = setTimeout(() => this.start(), this.#pauseMs);
      this.#events.onCrash(signal ? `was ended by ${signal}` : `ended with code ${code}`, this.#pauseMs);
    });
  }

  #watchLog(file: string): void {
    const look = (): void => {
      try {
        rotateLog(file, this.#log.limitBytes);
      } catch {
        // A full disk must not end who keeps the processes; the next look tries again.
      }
    };
    look();
    this.#looks ??= setInterval(look, this.#log.lookMs).unref();
  }

  /**
   * Has the process end, and starts it at once: another program stands in its place, or a crash has been mended.
   * Resolves when the new one speaks or ends.
   */
  async restart(): Promise<void> {
    const child = this.#child;
    if (this.#stopping) return;
    if (this.#timer) clearTimeout(this.#timer);
    if (!child) this.start();
    else {
      this.#restarting = true;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), this.plan.patienceMs);
      await ended;
      clearTimeout(killer);
    }
    const next = this.#child;
    await new Promise<void>((resolve) => {
      if (!next) return resolve();
      next.once('message', () => resolve());
      next.once('exit', () => resolve());
    });
  }

  /** Asks the process to end and waits for it; past its patience it is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#looks) clearInterval(this.#looks);
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => this.kill(), this.plan.patienceMs);
    await ended;
    clearTimeout(killer);
  }

  kill(): void {
    this.#stopping = true;
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL'); // With its own children: it leads their group.
    } catch {
      this.#child?.kill('SIGKILL');
    }
  }
}
