import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { watchChild } from '../hold/alive.ts';

/** After it ended by itself it is started again after this, ms. */
const AGAIN_MS = 5000;

/** Keeps the process of the live teachers running beside training, which so never blocks it. */
export function keepLiveTeacher(onEnd: (error: Error) => void): { stop(): Promise<void> } {
  let child: ChildProcess | null = null;
  let again: NodeJS.Timeout | null = null;
  let stopped = false;
  const start = (): void => {
    const own = import.meta.url;
    child = fork(new URL(own.endsWith('.ts') ? './live-child.ts' : './live-child.js', own));
    watchChild(child);
    child.once('exit', (code, signal) => {
      child = null;
      if (stopped) return;
      onEnd(new Error(`It ended with ${signal ?? `code ${code}`} and is started again.`));
      again = setTimeout(start, AGAIN_MS);
    });
  };
  start();
  return {
    stop: () =>
      new Promise((resolve) => {
        stopped = true;
        if (again) clearTimeout(again);
        if (!child) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
