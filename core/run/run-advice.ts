/** What does not stop a run but makes it worth less, as sentences that say what to do. */

export interface RunStanding {
  /** Settled human answers of each class, by split. */
  classes: readonly { name: string; pool: number; validation: number; test: number }[];
  /** Pool images without a settled answer. */
  unlabeled: number;
}

/** Class names that one sentence holds; the others are counted. */
const NAMED = 3;

/** A split without any answer is one matter, not one of each class. */
const EMPTY = {
  validation:
    'No validation image has an answer, so no round could be judged: label validation images, or import some with a ' +
    'share for validation.',
  test:
    'No test image has an answer, so a run ends without a test accuracy: label test images, or import some with ' +
    'a share for test.',
};

/** Which classes no validation or no test image measures, of those that have labels to learn from. */
export function adviseSplits(classes: RunStanding['classes']): string[] {
  const learned = classes.filter(({ pool }) => pool > 0);
  return (['validation', 'test'] as const).flatMap((split) => {
    const unmeasured = learned.filter((one) => one[split] === 0).map(({ name }) => name);
    if (unmeasured.length === 0) return [];
    if (unmeasured.length === learned.length) return [EMPTY[split]];
    return [
      `No ${split} image of ${listNames(unmeasured)} has an answer, so nothing measures ` +
        `${unmeasured.length === 1 ? 'it' : 'them'} there: label ${split} images of ` +
        `${unmeasured.length === 1 ? 'this class' : 'these classes'}, or import some.`,
    ];
  });
}

/**
 * Advice for a run with or without students. A class without labels at all is left to the list of labels beside it;
 * validation without any stops the run.
 */
export function adviseRun(hasStudents: boolean, { classes, unlabeled }: RunStanding): string[] {
  const advice = adviseSplits(classes).filter((sentence) => sentence !== EMPTY.validation);
  if (!hasStudents || unlabeled > 0) return advice;
  return [
    'There are no unlabeled images left to learn from, so students gain nothing: take Frozen backbone or Fine-tune, ' +
      'or import more images.',
    ...advice,
  ];
}

function listNames(names: readonly string[]): string {
  if (names.length > NAMED) return `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join()}`;
}
