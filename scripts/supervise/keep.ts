import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** Wait before the first restart and the longest wait, ms. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** A child that lived this long was healthy: the next wait is short again. */
const HEALTHY_MS = 60_000;
const STOP_PATIENCE_MS = 15_000;

export interface Kept {
  stop(): Promise<void>;
}

/**
 * Runs a process and starts it again, with growing waits, when it ends by itself.
 * @param onMessage what the child sends; `ready` among others
 * @param onEnd told before each restart, with a line for people
 */
export function keep(options: {
  name: string; entry: string; cwd: string; env: NodeJS.ProcessEnv; execArgv?: string[];
  onMessage: (message: unknown) => void; onEnd: (line: string, wasReady: boolean) => void;
}): Kept {
  let child: ChildProcess | null = null;
  let stopping = false;
  let wait = FIRST_WAIT;
  let timer: NodeJS.Timeout | null = null;

  const start = (): void => {
    const startedAt = Date.now();
    let wasReady = false;
    // Detached from the terminal's process group: Ctrl-C reaches the supervisor alone, which stops its children in order.
    child = fork(options.entry, [], { cwd: options.cwd, env: options.env, execArgv: options.execArgv ?? [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
    child.on('message', (message) => {
      wasReady = true;
      options.onMessage(message);
    });
    child.once('exit', (code, signal) => {
      child = null;
      if (stopping) return;
      if (Date.now() - startedAt > HEALTHY_MS) wait = FIRST_WAIT;
      options.onEnd(`the ${options.name} ended (${signal ?? `code ${code}`}); it starts again in ${wait / 1000} s`, wasReady);
      timer = setTimeout(start, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };
  start();

  return {
    async stop() {
      stopping = true;
      if (timer) clearTimeout(timer);
      const ending = child;
      if (!ending) return;
      const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      ending.kill('SIGTERM');
      const force = setTimeout(() => ending.kill('SIGKILL'), STOP_PATIENCE_MS);
      await ended;
      clearTimeout(force);
    },
  };
}
