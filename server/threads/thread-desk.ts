import type { Worker } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';

/** What a thread answers with: what was asked for, or why not, for the file's owner: by its key, else as a sentence. */
export type ThreadReply<A> = { id: number; answer: A } | { id: number; code: AppError['code']; why: AppError['why'] };

interface Waiting<A> {
  resolve: (answer: A) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export interface Desk<Q, A> {
  ask: (question: Q, transfer?: readonly ArrayBuffer[]) => Promise<A>;
}

/**
 * One thread that does a kind of work for this process, piece after piece, so that the event loop goes on. It is
 * started with the first piece and lives on without keeping the process. A piece that takes too long, or more memory
 * than the thread has, ends the thread and is refused; the next piece starts another one.
 * @param tooMuch what is said of such a piece
 */
export function openDesk<Q extends object, A>(options: {
  start: () => Worker;
  timeoutMs: number;
  tooMuch: () => AppError;
}): Desk<Q, A> {
  let worker: Worker | null = null;
  let waiting: Waiting<A> | null = null;
  let last = Promise.resolve();
  let count = 0;

  const end = (error: Error): void => {
    const [ended, asked] = [worker, waiting];
    [worker, waiting] = [null, null];
    void ended?.terminate();
    if (!asked) return;
    clearTimeout(asked.timer);
    asked.reject(error);
  };
  const open = (): Worker => {
    const started = options.start();
    started.unref();
    started.on('message', (reply: ThreadReply<A>) => {
      if (started !== worker || reply.id !== count || !waiting) return;
      const asked = waiting;
      waiting = null;
      clearTimeout(asked.timer);
      if ('answer' in reply) asked.resolve(reply.answer);
      else asked.reject(new AppError(reply.code, reply.why));
    });
    // Out of memory, or a fault in a decoder: this piece is refused, whatever it was.
    started.on('error', (cause) => {
      if (started === worker) end(Object.assign(options.tooMuch(), { cause }));
    });
    started.on('exit', () => {
      if (started === worker) end(options.tooMuch());
    });
    return started;
  };
  const askNow = (question: Q, transfer: readonly ArrayBuffer[]): Promise<A> =>
    new Promise((resolve, reject) => {
      worker ??= open();
      count += 1;
      const timer = setTimeout(() => end(options.tooMuch()), options.timeoutMs);
      waiting = { resolve, reject, timer };
      worker.postMessage({ ...question, id: count }, [...transfer]);
    });
  return {
    ask: (question, transfer = []) => {
      const answer = last.then(() => askNow(question, transfer));
      last = answer.then(
        () => undefined,
        () => undefined,
      );
      return answer;
    },
  };
}
