/** Short trials on a project's own labels: what a run is recommended by. */
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
