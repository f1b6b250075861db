/** Have I labeled enough? One rule for every page that answers it. */
import type { Interval } from '../math/statistics.ts';
import type { Translate } from '../text/text.ts';

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
  t: Translate,
  outlook: Outlook | null,
  expected: { value: number; low: number; high: number } | null,
): string {
  if (!outlook) return t('overview.outlook.unknown');
  const { now, next, gain } = outlook;
  const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
  const range = ([low, high]: Interval): string => `${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)}`;
  const figures = { labels: now.labels, more: next.labels - now.labels, gain: (100 * gain.accuracy).toFixed(1) };
  const so = expected
    ? t('overview.outlook.expected', {
        ...figures,
        expected: percent(expected.value),
        range: range([expected.low, expected.high]),
      })
    : t('overview.outlook.gain', figures);
  const verdict = judgeOutlook(outlook);
  return verdict === 'unknown' ? so : `${so} ${t(`overview.outlook.${verdict}`)}`;
}
