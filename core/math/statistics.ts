/** Intervals, tests and estimates: every figure that the product shows with its uncertainty comes from here. */
import { createRandom } from './random.ts';

export type Interval = [lower: number, upper: number];

/**
 * Wilson score interval of a proportion (Wilson 1927). `z` 1.96 gives 95%. No observations: [0, 1].
 */
export function wilsonInterval(successes: number, total: number, z = 1.96): Interval {
  if (total <= 0) return [0, 1];
  const p = successes / total;
  const z2 = z * z;
  const centre = p + z2 / (2 * total);
  const half = z * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total));
  const scale = 1 + z2 / total;
  const lower = successes === 0 ? 0 : Math.max(0, (centre - half) / scale);
  const upper = successes === total ? 1 : Math.min(1, (centre + half) / scale);
  return [lower, upper];
}

/** P(X ≥ k) for X ~ Binomial(n, 1/2), summed in log space so that thousands of pairs do not overflow. */
function binomialHalfTail(k: number, n: number): number {
  let logTerm = -n * Math.LN2;
  let sum = k <= 0 ? Math.exp(logTerm) : 0;
  for (let i = 1; i <= n; i += 1) {
    logTerm += Math.log((n - i + 1) / i);
    if (i >= k) sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

export interface McNemar {
  twoSided: number;
  /** One-sided p that the second is worse than the first: small when `onlyFirst` is large. */
  worse: number;
  /** One-sided p that the second is better than the first. */
  better: number;
}

/**
 * Exact McNemar test on paired answers (binomial on the discordant pairs).
 * @param onlyFirst pairs that only the first got right
 * @param onlySecond pairs that only the second got right
 */
export function mcNemar(onlyFirst: number, onlySecond: number): McNemar {
  const n = onlyFirst + onlySecond;
  if (n === 0) return { twoSided: 1, worse: 1, better: 1 };
  const worse = binomialHalfTail(onlyFirst, n);
  const better = binomialHalfTail(onlySecond, n);
  return { twoSided: Math.min(1, 2 * Math.min(worse, better)), worse, better };
}

/** A p-value in words, three decimals; zero is never written. */
export const formatP = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** The four counts of two answerers on the same items. */
export interface PairedCounts {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

/** Counts who was right where; arrays of equal length. */
export function pairedCounts(
  truth: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedCounts {
  const counts: PairedCounts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (let i = 0; i < truth.length; i += 1) {
    const a = first[i] === truth[i];
    const b = second[i] === truth[i];
    if (a && b) counts.both += 1;
    else if (a) counts.onlyFirst += 1;
    else if (b) counts.onlySecond += 1;
    else counts.neither += 1;
  }
  return counts;
}

/**
 * Second minus first, in share of right answers, with the interval of Newcombe 1998 (paired data, method 10).
 */
export function pairedDifference(counts: PairedCounts, z = 1.96): { difference: number; interval: Interval } {
  const { both: a, onlySecond: b, onlyFirst: c, neither: d } = counts;
  const n = a + b + c + d;
  if (n === 0) return { difference: 0, interval: [-1, 1] };
  const p1 = (a + b) / n;
  const p2 = (a + c) / n;
  const [l1, u1] = wilsonInterval(a + b, n, z);
  const [l2, u2] = wilsonInterval(a + c, n, z);
  const product = (a + b) * (c + d) * (a + c) * (b + d);
  const raw = a * d - b * c;
  const corrected = raw > 0 ? Math.max(raw - n / 2, 0) : raw;
  const phi = product === 0 ? 0 : corrected / Math.sqrt(product);
  const spread = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  const difference = p1 - p2;
  return { difference, interval: [difference - spread(p1 - l1, u2 - p2), difference + spread(u1 - p1, p2 - l2)] };
}

/**
 * Linear-interpolation quantile (R type 7) of values in any order; `q` in 0..1. NaN for no values.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const at = Math.min(1, Math.max(0, q)) * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] ?? 0;
  const b = sorted[Math.min(low + 1, sorted.length - 1)] ?? a;
  return a + (b - a) * (at - low);
}

/** Percentile bootstrap interval of a mean; the same seed gives the same interval. */
export function bootstrapMean(
  values: ArrayLike<number>,
  options: { seed: number; resamples?: number; level?: number },
): { mean: number; interval: Interval } {
  const { seed, resamples = 1000, level = 0.95 } = options;
  const n = values.length;
  if (n === 0) return { mean: Number.NaN, interval: [Number.NaN, Number.NaN] };
  const random = createRandom(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += values[random.below(n)] ?? 0;
    means[r] = sum / n;
  }
  let total = 0;
  for (let i = 0; i < n; i += 1) total += values[i] ?? 0;
  const tail = (1 - level) / 2;
  return { mean: total / n, interval: [quantile(means, tail), quantile(means, 1 - tail)] };
}

/** Counts by [truth][predicted]. Rows whose truth or answer lies outside 0..classCount-1 are left out. */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): number[][] {
  const matrix = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (let i = 0; i < truth.length; i += 1) {
    const row = matrix[truth[i] ?? -1];
    const column = predicted[i] ?? -1;
    if (row?.[column] !== undefined) row[column] += 1;
  }
  return matrix;
}

export interface ClassFigures {
  support: number;
  predicted: number;
  right: number;
  recall: number | null;
  recallInterval: Interval;
  precision: number | null;
  precisionInterval: Interval;
}

/**
 * Recall and precision of each class with Wilson intervals, from counts by [truth][predicted]; null where nothing was
 * seen.
 */
export function perClassFigures(confusion: readonly (readonly number[])[]): ClassFigures[] {
  return confusion.map((row, index) => {
    const right = row[index] ?? 0;
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, other) => sum + (other[index] ?? 0), 0);
    return {
      support,
      predicted,
      right,
      recall: support === 0 ? null : right / support,
      recallInterval: wilsonInterval(right, support),
      precision: predicted === 0 ? null : right / predicted,
      precisionInterval: wilsonInterval(right, predicted),
    };
  });
}
