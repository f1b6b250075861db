import type { ChildProcess } from 'node:child_process';

/** What a child says each few seconds while it turns; other messages of it say the same. */
export const ALIVE = 'alive';
const ALIVE_MS = 5000;

/** How often a child is looked at, ms, and looks without a word from it after which it is ended: ten minutes. */
const LOOK = { everyMs: 10_000, silent: 60 };

/** In the child: tells its trainer that it turns. One that was stopped, or hangs in a loop, does not. */
export function tellAlive(): void {
  setInterval(() => process.connected && process.send?.(ALIVE, () => undefined), ALIVE_MS).unref();
}

/**
 * In the trainer: ends a child that has not said a word for long. Nothing else would: the trainer renews its hold, so
 * nobody takes over from a child that was stopped. Looks are counted instead of time, so that a machine that slept
 * harms nobody.
 *
 * @returns whether the watch has ended it
 */
export function watchChild(child: ChildProcess, look = LOOK): { hasEnded(): boolean } {
  let silent = 0;
  let ended = false;
  child.on('message', () => (silent = 0));
  const timer = setInterval(() => {
    silent += 1;
    if (silent < look.silent) return;
    ended = true;
    child.kill('SIGKILL');
  }, look.everyMs);
  child.once('exit', () => clearInterval(timer));
  return { hasEnded: () => ended };
}
