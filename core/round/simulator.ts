import { wilsonInterval } from '../math/statistics.ts';
import type { Interval } from '../math/statistics.ts';

export interface SimulatorInput {
  /** Pool predictions of each class, counted in equal bins of confidence over 0..1. */
  pool: readonly (readonly number[])[];
  /** Answers on validation images whose truth is known. */
  validation: readonly { classIndex: number; confidence: number; right: boolean }[];
  /** Median time of a person's decision; null when nobody was timed yet. */
  secondsPerImage: number | null;
}

export interface SimulatedClass {
  /** Pool predictions of the class at or above its threshold, and all of them. */
  accepted: number;
  of: number;
  /** Validation answers of the class at or above its threshold, and the right ones among them. */
  n: number;
  right: number;
  /** right / n with its 95% Wilson interval; null when n is 0. */
  precision: number | null;
  interval: Interval | null;
}

export interface SimulatedOutcome {
  classes: SimulatedClass[];
  accepted: number;
  of: number;
  /** Accepted in classes that no validation answer speaks for. */
  unknown: number;
  /** Of the accepted in the other classes, each class weighing as much as it accepts; with a 95% interval. */
  precision: number | null;
  interval: Interval | null;
  /** People's time for all that is not accepted; null when nobody was timed. */
  minutes: number | null;
}

const Z = 1.96;

/** How many lie at or above a threshold; the bin that it cuts counts in proportion. */
export function countAbove(bins: readonly number[], threshold: number): number {
  const at = Math.min(1, Math.max(0, threshold)) * bins.length;
  const cut = Math.floor(at);
  const whole = bins.slice(cut + 1).reduce((sum, n) => sum + n, 0);
  return Math.round(whole + (bins[cut] ?? 0) * (cut + 1 - at));
}

/** Of each of so many bars over 0..1 how many lie at or above a threshold: what `countAbove` says, bar by bar. */
export function barsAbove(bins: readonly number[], threshold: number, bars: number): number[] {
  const above = Array.from({ length: bars + 1 }, (_, index) => countAbove(bins, Math.max(threshold, index / bars)));
  return above.slice(0, bars).map((count, index) => count - (above[index + 1] ?? 0));
}

/** What thresholds by class would accept, how right that would be, and what would be left for people. */
export function simulateThresholds(input: SimulatorInput, thresholds: readonly number[]): SimulatedOutcome {
  const classes = input.pool.map((bins, classIndex) =>
    simulateClass(input, bins, classIndex, thresholds[classIndex] ?? 1),
  );
  const accepted = classes.reduce((sum, item) => sum + item.accepted, 0);
  const of = classes.reduce((sum, item) => sum + item.of, 0);
  const unknown = classes.reduce((sum, item) => sum + (item.n === 0 ? item.accepted : 0), 0);
  return {
    classes,
    accepted,
    of,
    unknown,
    ...stratify(classes, accepted - unknown),
    minutes: input.secondsPerImage === null ? null : ((of - accepted) * input.secondsPerImage) / 60,
  };
}

function simulateClass(
  input: SimulatorInput,
  bins: readonly number[],
  classIndex: number,
  threshold: number,
): SimulatedClass {
  const above = input.validation.filter((answer) => answer.classIndex === classIndex && answer.confidence >= threshold);
  const right = above.filter((answer) => answer.right).length;
  const n = above.length;
  return {
    accepted: countAbove(bins, threshold),
    of: bins.reduce((sum, count) => sum + count, 0),
    n,
    right,
    precision: n === 0 ? null : right / n,
    interval: n === 0 ? null : wilsonInterval(right, n),
  };
}

/**
 * Stratified estimate over the classes with answers; each class's variance by the plus-four rule (Agresti & Coull
 * 1998).
 */
function stratify(
  classes: readonly SimulatedClass[],
  known: number,
): { precision: number | null; interval: Interval | null } {
  if (known <= 0) return { precision: null, interval: null };
  let precision = 0;
  let variance = 0;
  for (const { accepted, n, right } of classes) {
    if (n === 0) continue;
    const weight = accepted / known;
    const share = (right + 2) / (n + 4);
    precision += (weight * right) / n;
    variance += (weight * weight * share * (1 - share)) / n;
  }
  const half = Z * Math.sqrt(variance);
  return { precision, interval: [Math.max(0, precision - half), Math.min(1, precision + half)] };
}
