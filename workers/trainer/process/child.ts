import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { outOfMemory } from '#ml/engine/out-of-memory.ts';
import type { EngineReport, Order, Outcome, Reply } from '../hold/messages.ts';
import { ALIVE, watchChild } from '../hold/alive.ts';

/** After being asked to stop, a child has this long to store what it holds, ms. */
const PATIENCE_MS = 10_000;

export interface ChildWork {
  done: Promise<Outcome>;
  /** Asks the child to stop at the next step; kills it when it does not. */
  stop(): void;
  /** Whether it was asked to, so that its end says nothing about it. */
  wasStopped(): boolean;
  memoryBytes(): number;
}

/** Starts a child that carries out one order. Source tree or bundle: its file lies beside this one. */
export function startChild(
  order: Exclude<Order, { type: 'stop' }>,
  onEngine: (engine: EngineReport) => void,
): ChildWork {
  const own = import.meta.url;
  const child = fork(new URL(own.endsWith('.ts') ? './trainer-child.ts' : './trainer-child.js', own));
  const watch = watchChild(child);
  let memory = 0;
  let outcome: Outcome | null = null;
  let trouble: AppError['why'] | null = null;
  const killedBefore = countKills();
  let timer: NodeJS.Timeout | null = null;
  let killed = false;
  const send = (message: Order): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('message', (reply: Reply | typeof ALIVE) => {
      if (reply === ALIVE) return;
      if (reply.type === 'engine') onEngine(reply.engine);
      else if (reply.type === 'memory') memory = reply.bytes;
      else if (reply.type === 'trouble') trouble = reply.why;
      else outcome = reply.outcome;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (timer) clearTimeout(timer);
      if (outcome) resolve(outcome);
      else if (trouble !== null) reject(new AppError('UNAVAILABLE', trouble));
      else if (!killed && !watch.hasEnded() && ranOutOfMemory(code, signal, killedBefore))
        reject(outOfMemory(OUT_OF[signal ?? ''] ?? ''));
      else reject(new Error(watch.hasEnded() ? HUNG : describeExit(code, signal)));
    });
  });
  send(order);
  return {
    done,
    stop: () => {
      if (timer) return;
      send({ type: 'stop' });
      timer = setTimeout(() => {
        killed = true;
        child.kill('SIGKILL');
      }, PATIENCE_MS);
    },
    wasStopped: () => timer !== null,
    memoryBytes: () => memory,
  };
}

const OUT_OF: Readonly<Record<string, Said>> = { SIGKILL: say('learning.memoryKilled') };

/** Processes that the system has ended for memory since it began; null where it does not say. */
function countKills(): number | null {
  try {
    const found = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}

/** Memory is what ended it, and would again: V8 says so itself, the system counts whom it kills for it. */
function ranOutOfMemory(code: number | null, signal: NodeJS.Signals | null, killedBefore: number | null): boolean {
  if (signal === 'SIGABRT' || code === 134) return true;
  const kills = countKills();
  // Where the system does not say whom it kills, it is the likeliest cause.
  return (signal === 'SIGKILL' || code === 137) && (killedBefore === null || kills === null || kills > killedBefore);
}

const HUNG = 'The learning process gave no sign of life for ten minutes and was ended.';

const describeExit = (code: number | null, signal: NodeJS.Signals | null): string =>
  `The learning process ended unexpectedly (${signal ?? `code ${code}`}). See the trainer's log, then resume the run.`;
