import type { Interval } from './statistics.ts';

/** Validation labels below which no improvement is concluded without a person (ALGORITHM 3). */
export const VALIDATION_WANTED = 200;

/**
 * What a paired difference allows to say of the second against the first; `few` where the interval spares zero but too
 * few images speak.
 */
export type Finding = 'better' | 'worse' | 'few' | 'chance';

/**
 * The one rule of what may be concluded, for judge and pages alike.
 * @param interval 95%, of second minus first, as a share of the `n` validation images that both scored
 */
export function findingOf({ interval: [low, high], n }: { interval: Interval; n: number }): Finding {
  if (low <= 0 && high >= 0) return 'chance';
  if (n < VALIDATION_WANTED) return 'few';
  return low > 0 ? 'better' : 'worse';
}
