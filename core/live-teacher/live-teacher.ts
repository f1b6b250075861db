import type { Outlook } from '../run/enough-labels.ts';

/** A share of images, and between what it lies with 95% certainty. */
export interface Measured {
  value: number;
  low: number;
  high: number;
}

/** What the live teacher says of itself. */
export interface LiveFigures {
  /**
   * Share of the pool that it answers right, expected by cross-validation on its labels; null while they are too
   * few.
   */
  pool: Measured | null;
  /** The same on the answered validation images. It never learned from them; null while they are too few. */
  validation: (Measured & { count: number }) | null;
  /** Expected accuracy by number of labels, smaller numbers drawn from those that there are. */
  curve: { labels: number; accuracy: number }[];
  /** By that curve, now and with some labels more; null while it is too short to say. */
  outlook: Outlook | null;
  /** Temperature that its probabilities are calibrated by, and their expected error before and after. */
  temperature: number;
  calibrationError: number | null;
  /** How much of the answer is label propagation's, 0..1; the rest is the probe's. */
  mix: number;
  /** Open pool images at each confidence or above. */
  sure: { from: number; images: number }[];
}

/** Classes with a label below which there is nothing to learn. */
export const CLASSES_LEAST = 2;
/** Open images whose order the live teacher decides; those behind them keep the draw of the import. */
export const RANKS_MOST = 2000;
/** Share of those that are drawn at random all the same, so that what people answer still speaks for the whole pool. */
export const RANDOM_SHARE = 0.1;
/** Guesses that are kept at most. */
export const GUESSES_MOST = 200_000;

/**
 * The order in which open images are asked for: the weightiest first, every tenth one drawn at random.
 * @param weightiest image ids
 * @param drawn image ids in the order of the import's draw
 */
export function mixRanks(weightiest: readonly string[], drawn: readonly string[], most = RANKS_MOST): string[] {
  const taken = new Set<string>();
  const order: string[] = [];
  const every = Math.round(1 / RANDOM_SHARE);
  let [next, random] = [0, 0];
  const take = (from: readonly string[], at: number): number => {
    let position = at;
    while (position < from.length && taken.has(from[position] as string)) position += 1;
    const id = from[position];
    if (id === undefined) return position;
    taken.add(id);
    order.push(id);
    return position + 1;
  };
  while (order.length < most) {
    const before = order.length;
    if ((order.length + 1) % every === 0) random = take(drawn, random);
    if (order.length === before) next = take(weightiest, next);
    if (order.length === before) break;
  }
  return order;
}

/**
 * The place in the queue of the image at a rank: spread as evenly as the draw of the import, so that validation and
 * test images, which keep that draw, are met among them in their share.
 * @param open open images of the pool
 */
export const priorityOfRank = (rank: number, open: number): number => Math.max(0, 1 - (rank + 0.5) / Math.max(1, open));

/** Draws of validation and test images at or above this keep their place among the ranked; the others wait as drawn. */
export const rankedFrom = (ranks: number, open: number): number => Math.max(0, 1 - ranks / Math.max(1, open));

/**
 * Who speaks of open images where one answer is wanted: a finished round while its validation accuracy is the higher,
 * else the live teacher.
 */
export function choosesLive(
  live: Pick<LiveFigures, 'pool' | 'validation'> | null,
  roundAccuracy: number | null,
): boolean {
  if (live === null) return false;
  if (roundAccuracy === null) return true;
  const own = live.validation?.value ?? live.pool?.value ?? null;
  return own !== null && own > roundAccuracy;
}
