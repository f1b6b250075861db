/** What does not stop a run but makes it worth less, as sentences that say what to do. */
import type { Translate } from '../text/text.ts';

export interface RunStanding {
  /** Settled human answers of each class, by split. */
  classes: readonly { name: string; pool: number; validation: number; test: number }[];
  /** Pool images without a settled answer. */
  unlabeled: number;
}

/** Class names that one sentence holds; the others are counted. */
const NAMED = 3;

/** Which classes no validation or no test image measures, of those that have labels to learn from. */
export function adviseSplits(t: Translate, classes: RunStanding['classes']): string[] {
  const learned = classes.filter(({ pool }) => pool > 0);
  return (['validation', 'test'] as const).flatMap((split) => {
    const unmeasured = learned.filter((one) => one[split] === 0).map(({ name }) => name);
    if (unmeasured.length === 0) return [];
    if (unmeasured.length === learned.length) return [t(`next.empty.${split}`)];
    return [t(`next.unmeasured.${split}`, { classes: listNames(t, unmeasured), count: unmeasured.length })];
  });
}

/**
 * Advice for a run with or without students. A class without labels at all is left to the list of labels beside it;
 * validation without any stops the run.
 */
export function adviseRun(t: Translate, hasStudents: boolean, { classes, unlabeled }: RunStanding): string[] {
  const advice = adviseSplits(t, classes).filter((sentence) => sentence !== t('next.empty.validation'));
  if (!hasStudents || unlabeled > 0) return advice;
  return [t('next.noUnlabeled'), ...advice];
}

function listNames(t: Translate, names: readonly string[]): string {
  if (names.length > NAMED)
    return t('next.names.more', { names: names.slice(0, NAMED).join(', '), more: names.length - NAMED });
  return names.length === 1
    ? names.join()
    : t('next.names.and', { names: names.slice(0, -1).join(', '), last: names.slice(-1).join() });
}
