import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#core/errors.ts';
import { explainFault } from '#db/fault.ts';

/** How long trouble around us (a full disk, a storage that is away) is waited for, and between tries, ms. */
export const TROUBLE = { patienceMs: 30 * 60_000, firstMs: 2000, longestMs: 60_000 };
/** Processes that may end in the middle of their work, each after a while, before it is given up. */
const ENDS = 10;

/**
 * Does work through trouble that passes: each time it is tried again after a growing pause, for half an hour; work that
 * got somewhere has the whole time again. A process that ended after it had worked for a while is started anew as well,
 * so that what was killed now and then over days is not given up. Anything else is thrown at once.
 *
 * @param work from its beginning, or from where it was; what it throws, if not an AppError, is looked at for its cause
 * @throws what `work` threw last
 */
export async function throughTrouble<T>(
  work: () => Promise<T>,
  onTrouble: (told: Error, pauseMs: number) => void,
  trouble = TROUBLE,
): Promise<T> {
  let pause = trouble.firstMs;
  let since = Date.now();
  let ends = 0;
  for (;;) {
    const began = Date.now();
    try {
      return await work();
    } catch (error) {
      const told = error instanceof AppError ? error : (explainFault(error) ?? error);
      if (!(told instanceof Error)) throw told;
      const gotSomewhere = Date.now() - began > trouble.longestMs;
      if (gotSomewhere) [pause, since] = [trouble.firstMs, Date.now()];
      if (told instanceof AppError ? told.code !== 'UNAVAILABLE' : !gotSomewhere || (ends += 1) > ENDS) throw told;
      if (Date.now() - since > trouble.patienceMs) throw told;
      onTrouble(told, pause);
      await wait(pause, undefined, { ref: false });
      pause = Math.min(pause * 2, trouble.longestMs);
    }
  }
}
