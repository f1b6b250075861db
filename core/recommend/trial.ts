/** Short trials on a project's own labels: what a run is recommended by. */
import { argmaxRows } from '../math/probabilities.ts';
import { wilsonInterval } from '../math/statistics.ts';
import type { Interval } from '../math/statistics.ts';

/** An accuracy that was measured on this project's own labels. */
export interface Measured {
  /** 0..1 */
  accuracy: number;
  interval: Interval;
  /** Labels that it rests on. */
  count: number;
}

/** What a trial of nets from scratch found, on labels that each net did not see. */
export interface TrialFigures {
  scratch: Measured;
  /** Of the live teacher on the very same labels, out of fold; null where no features are there. */
  backbone: Measured | null;
  /** Of both, their answers averaged. */
  together: Measured | null;
}

/** Labels a class, on average, from which a trial of nets from scratch says something. */
export const TRIAL_LABELS_A_CLASS = 4;
/** Labels that a trial takes at most: drawn at random of more, it need only tell which is in the running. */
export const TRIAL_LABELS_MOST = 600;
/** A trial is made anew when there are so many times the labels. */
export const TRIAL_GROWTH = 1.5;

/** Is a trial due, with so many labels of so many classes and the newest one resting on `before`? */
export const isTrialDue = ({
  labels,
  classes,
  before,
}: {
  labels: number;
  classes: number;
  before: number | null;
}): boolean =>
  classes >= 2 && labels >= TRIAL_LABELS_A_CLASS * classes && (before === null || labels >= TRIAL_GROWTH * before);

/** Side at which nets from scratch are tried, px: quick, and enough to tell whether they are in the running. */
export const trialSide = (images: number): number => Math.min(32, Math.max(16, images));

/** From this accuracy on a backbone is so good that nothing from scratch need be tried. */
const GOOD_ENOUGH = 0.9;

/** Is it worth trying nets from scratch beside what the best backbone is expected to be right on? */
export const isTrialWorth = (expected: number | null): boolean => expected !== null && expected < GOOD_ENOUGH;

/** @param probabilities [truth.length, classes] */
export function measureAnswers(probabilities: ArrayLike<number>, truth: readonly number[]): Measured {
  const answers = argmaxRows(probabilities, probabilities.length / Math.max(1, truth.length));
  const right = truth.filter((classIndex, row) => answers[row] === classIndex).length;
  return {
    accuracy: right / Math.max(1, truth.length),
    interval: wilsonInterval(right, truth.length),
    count: truth.length,
  };
}

/** What each row was asked about, by a name of its own, and its answers: [names.length, classes]. */
export interface NamedAnswers {
  names: readonly string[];
  probabilities: ArrayLike<number>;
}

/** The figures of a trial, all on the very labels that both answered without having seen them. */
export function compareAnswers(
  scratch: NamedAnswers,
  backbone: NamedAnswers | null,
  truthOf: (name: string) => number,
): TrialFigures {
  const whole = measureAnswers(scratch.probabilities, scratch.names.map(truthOf));
  if (!backbone || backbone.names.length === 0) return { scratch: whole, backbone: null, together: null };
  const classes = scratch.probabilities.length / Math.max(1, scratch.names.length);
  const rowOf = new Map(backbone.names.map((name, row) => [name, row]));
  const shared = scratch.names.flatMap((name, row) => {
    const other = rowOf.get(name);
    return other === undefined ? [] : [{ name, row, other }];
  });
  const take = (of: (pair: (typeof shared)[number], c: number) => number): Measured =>
    measureAnswers(
      Float64Array.from({ length: shared.length * classes }, (_, at) => {
        const pair = shared[Math.floor(at / classes)];
        return pair ? of(pair, at % classes) : 0;
      }),
      shared.map(({ name }) => truthOf(name)),
    );
  if (shared.length === 0) return { scratch: whole, backbone: null, together: null };
  const fresh = ({ row }: { row: number }, c: number): number => scratch.probabilities[row * classes + c] ?? 0;
  const known = ({ other }: { other: number }, c: number): number => backbone.probabilities[other * classes + c] ?? 0;
  return {
    scratch: take(fresh),
    backbone: take(known),
    together: take((pair, c) => (fresh(pair, c) + known(pair, c)) / 2),
  };
}
