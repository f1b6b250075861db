/** What does not stop a run but makes it worth less, as sentences that say what to do. */
import type { Method } from './learning.ts';

export interface RunStanding {
  /** Settled human answers of each class, by split. */
  classes: readonly { name: string; pool: number; validation: number; test: number }[];
  /** Pool images without a settled answer. */
  unlabeled: number;
}

/** Class names that one sentence holds; the others are counted. */
const NAMED = 3;

/** Advice for a run of this method. A class without labels at all is left to the list of labels beside it. */
export function adviseRun(method: Method, { classes, unlabeled }: RunStanding): string[] {
  const advice: string[] = [];
  if (method === 'noisy-student' && unlabeled === 0) {
    advice.push('There are no unlabeled images left to learn from, so students gain nothing: take Frozen backbone or Fine-tune, or import more images.');
  }
  const learned = classes.filter(({ pool }) => pool > 0);
  for (const split of ['validation', 'test'] as const) {
    const unmeasured = learned.filter((one) => one[split] === 0).map(({ name }) => name);
    // A split without any answer is one matter, not one of each class; validation without any already stops the run.
    if (unmeasured.length === 0 || (split === 'validation' && unmeasured.length === learned.length)) continue;
    advice.push(unmeasured.length === learned.length
      ? 'No test image has an answer, so the run ends without a test accuracy: label test images, or import some with a share for test.'
      : `No ${split} image of ${listNames(unmeasured)} has an answer, so nothing measures ${unmeasured.length === 1 ? 'it' : 'them'} there: label ${split} images of ${unmeasured.length === 1 ? 'this class' : 'these classes'}, or import some.`);
  }
  return advice;
}

function listNames(names: readonly string[]): string {
  if (names.length > NAMED) return `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join()}`;
}
