/** Have I labeled enough? One rule for every page that answers it. */
import type { Interval } from '../math/statistics.ts';

/** What is expected now and with some labels more; accuracies 0..1, with 95% intervals. */
export interface Outlook {
  now: { labels: number; accuracy: number; interval: Interval };
  next: { labels: number; accuracy: number; interval: Interval };
  gain: { accuracy: number; interval: Interval };
}

export type Enough = 'unknown' | 'more' | 'some' | 'enough';

/** A gain below it is not worth a person's time. */
const WORTH = 0.01;

/**
 * `more`: the labels to come should bring a point or more, even at the lower end. `enough`: less than a point even at
 * the upper end. `some`: between, both may be. `unknown`: too few labels for a curve.
 */
export function judgeOutlook(outlook: Outlook | null): Enough {
  if (!outlook) return 'unknown';
  const [low, high] = outlook.gain.interval;
  if (high < WORTH) return 'enough';
  return low >= WORTH ? 'more' : 'some';
}

/**
 * The answer in a sentence, with the figures that it rests on.
 *
 * @param expected what the live teacher expects of itself on the pool now: the one figure that every page shows; the
 *   curve through its past says only what further labels bring
 */
export function describeOutlook(
  outlook: Outlook | null,
  expected: { value: number; low: number; high: number } | null,
): string {
  if (!outlook) return 'Label a few more of each class: what labels bring can be told from about ten a class.';
  const { now, next, gain } = outlook;
  const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
  const range = ([low, high]: Interval): string => `${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)}`;
  const so = expected
    ? `With ${now.labels} labels the live teacher should be right on ${percent(expected.value)} ` +
      `(${range([expected.low, expected.high])}); `
    : `On ${now.labels} labels, `;
  const more = `${next.labels - now.labels} more should bring ${(100 * gain.accuracy).toFixed(1)} points`;
  const verdicts: Record<Exclude<Enough, 'unknown'>, string> = {
    more: 'Labeling on is worth it.',
    some: 'Labeling on may be worth it.',
    enough: 'You have labeled enough for this model.',
  };
  const verdict = judgeOutlook(outlook);
  return `${so}${more}. ${verdict === 'unknown' ? '' : verdicts[verdict]}`.trim();
}
