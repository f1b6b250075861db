import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';

/** Hashing fills a core for a tenth of a second and one of the few threads that also read files. */
const AT_ONCE = 2;
/** Beyond these nobody waits: with two at once it is some four seconds. */
const WAITING = 64;

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many through at a time, and so many wait; others are refused. */
export function createGate(atOnce: number, waiting: number, refusal: () => Error): Gate {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw refusal();
      await new Promise<void>((go) => queue.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      // Who waits takes the place over.
      if (next) next();
      else running -= 1;
    }
  };
}

/** The one gate of a server that every password is hashed behind, whoever asks. */
export const hashGate: Gate = createGate(AT_ONCE, WAITING, () => new AppError('RATE_LIMITED', say('error.busySignIn')));
