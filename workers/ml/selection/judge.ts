import { claimOf, VALIDATION_WANTED } from '#core/math/claim.ts';
import type { Decision } from '#core/run/learning.ts';
import { formatP, mcNemar, pairedCounts, pairedDifference, wilsonInterval } from '#core/math/statistics.ts';
import type { Interval } from '#core/math/statistics.ts';

const WORSE_P = 0.1;
const RECALL_DROP = 0.1;
const SHARE_LOW = 0.2;
const SHARE_HIGH = 3;

export interface Audit {
  correct: number;
  total: number;
}

export interface JudgeInput {
  classNames: readonly string[];
  /** Truth and the answers of teacher and student on the same validation images. */
  truth: readonly number[];
  teacher: readonly number[];
  student: readonly number[];
  /**
   * Accepted pseudo-labels (balanced, with copies) by class index, and the class prior; null when the round had none.
   */
  pseudo: { counts: readonly number[]; prior: readonly number[] } | null;
  /** Audited pseudo-labels of the teacher's and of this round. */
  auditBefore: Audit | null;
  auditNow: Audit | null;
  lossIsFinite: boolean;
}

export interface Verdict {
  decision: Decision;
  /** A sentence for the lead, with the figures. */
  reason: string;
  /** Student minus teacher accuracy, with its 95% interval, and McNemar's exact two-sided p. */
  difference: number;
  interval: Interval;
  pValue: number;
}

const points = (share: number): string => `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)}`;
const percent = (share: number): string => `${(share * 100).toFixed(0)}%`;

/**
 * Accept, hold or roll back a student (ALGORITHM: judge). Roll back on any trip-wire; accept when it is not worse than
 * its teacher on the same images; otherwise hold. The reason names the evidence.
 */
export function judgeRound(input: JudgeInput): Verdict {
  const counts = pairedCounts(input.truth, input.teacher, input.student);
  const { difference, interval } = pairedDifference(counts);
  const { twoSided: pValue, worse } = mcNemar(counts.onlyFirst, counts.onlySecond);
  const n = input.truth.length;
  const figures =
    `${points(difference)} points on ${n} validation images [${points(interval[0])} to ` +
    `${points(interval[1])}], McNemar ${formatP(pValue)}`;
  const verdict = (decision: Decision, reason: string): Verdict => ({ decision, reason, difference, interval, pValue });
  if (!input.lossIsFinite) return verdict('roll-back', 'Rolled back: the loss was not a number.');
  if (n === 0)
    return verdict(
      'hold',
      'Held: no validation image is labeled, so nothing can be compared. Label validation images.',
    );
  const wire = firstTripWire(input, worse);
  if (wire) return verdict('roll-back', `Rolled back: ${wire} (${figures}).`);
  if (difference < 0)
    return verdict('hold', `Held: not better than its teacher, ${figures}. Label more images, then go on.`);
  if (n < VALIDATION_WANTED) {
    return verdict(
      'accept',
      `Accepted: not worse than its teacher, ${figures}. With fewer than ${VALIDATION_WANTED} validation answers no ` +
        `improvement is claimed.`,
    );
  }
  return verdict(
    'accept',
    `Accepted: ${claimOf({ interval, n }) === 'better' ? 'better than' : 'not worse than'} its teacher, ${figures}.`,
  );
}

/** What speaks for a roll-back, or null. */
function firstTripWire(input: JudgeInput, pWorse: number): string | null {
  if (pWorse < WORSE_P) return `worse than its teacher with one-sided ${formatP(pWorse)}`;
  const fallen = input.classNames.findIndex((_, classIndex) => recallFell(input, classIndex));
  if (fallen >= 0)
    return `the recall of "${input.classNames[fallen]}" fell by more than ${percent(RECALL_DROP)} with evidence`;
  if (input.pseudo) {
    const total = input.pseudo.counts.reduce((sum, n) => sum + n, 0);
    for (const [classIndex, prior] of input.pseudo.prior.entries()) {
      const count = input.pseudo.counts[classIndex] ?? 0;
      const share = total === 0 ? prior : count / total;
      // Balancing (LEARN-2) moves a class from its prior towards an equal share: only what lies beyond both is no work
      // of ours.
      const equal = 1 / input.pseudo.prior.length;
      // A handful of pseudo-labels misses a class by chance: the whole interval must lie outside.
      const [lower, upper] = wilsonInterval(count, total);
      if (lower > Math.max(prior, equal) * SHARE_HIGH || upper < Math.min(prior, equal) * SHARE_LOW) {
        return (
          `"${input.classNames[classIndex]}" makes up ${percent(share)} of the pseudo-labels against ` +
          `${percent(prior)} of the labels`
        );
      }
    }
  }
  const { auditBefore, auditNow } = input;
  if (auditBefore && auditNow && auditBefore.total > 0 && auditNow.total > 0) {
    const [before, now] = [
      wilsonInterval(auditBefore.correct, auditBefore.total),
      wilsonInterval(auditNow.correct, auditNow.total),
    ];
    if (now[1] < before[0])
      return (
        `audited precision fell from ${percent(auditBefore.correct / auditBefore.total)} to ` +
        `${percent(auditNow.correct / auditNow.total)}`
      );
  }
  return null;
}

/**
 * More than ten points lower on this class's images, by a paired test on them alone. The p is divided among the classes
 * (Bonferroni): with ten classes of twenty images, an uncorrected 0.1 would roll back a third of the students that are
 * as good as their teacher.
 */
function recallFell({ truth, teacher, student, classNames }: JudgeInput, classIndex: number): boolean {
  const rows = truth.flatMap((value, row) => (value === classIndex ? [row] : []));
  if (rows.length === 0) return false;
  const pick = (values: readonly number[]): number[] => rows.map((row) => values[row] ?? -1);
  const counts = pairedCounts(pick(truth), pick(teacher), pick(student));
  const { difference } = pairedDifference(counts);
  return difference < -RECALL_DROP && mcNemar(counts.onlyFirst, counts.onlySecond).worse < WORSE_P / classNames.length;
}
