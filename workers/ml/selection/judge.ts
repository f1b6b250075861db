import { formatP, mcNemar, pairedCounts, pairedDifference, wilsonInterval } from '#core/math/statistics.ts';
import { sayStandings } from '#core/round/verdict.ts';
import type { Paired, Standings } from '#core/round/verdict.ts';
import type { Verdict } from '#core/run/learning.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';

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
  /** Those of the control arm where it scored them too; null without one. */
  control: readonly number[] | null;
  /**
   * Accepted pseudo-labels (balanced, with copies) by class index, and the class prior; null when the round had none.
   */
  pseudo: { counts: readonly number[]; prior: readonly number[] } | null;
  /** Audited pseudo-labels of the teacher's and of this round. */
  auditBefore: Audit | null;
  auditNow: Audit | null;
  lossIsFinite: boolean;
}

export interface Judged {
  verdict: Verdict;
  /** Why, in a sentence for the lead, with the figures. */
  reason: Said;
  standings: Standings;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)}%`;

/**
 * Accept, hold or roll back a student (ALGORITHM: judge). Roll back on any trip-wire; accept when it is below neither
 * its teacher nor its control arm on the same images; otherwise hold. The reason names the evidence.
 */
export function judgeRound(input: JudgeInput): Judged {
  const { truth, teacher, student, control } = input;
  const counts = pairedCounts(truth, teacher, student);
  const pair = (other: readonly number[]): Paired => ({
    ...pairedDifference(pairedCounts(truth, other, student)),
    n: truth.length,
  });
  const standings: Standings = { teacher: pair(teacher), control: control && pair(control) };
  const judge = (verdict: Verdict, reason: Said): Judged => ({ verdict, reason, standings });
  if (!input.lossIsFinite) return judge('roll-back', say('learning.judge.loss'));
  if (truth.length === 0) return judge('hold', say('learning.judge.nothing'));
  const figures = sayStandings(standings) ?? '';
  const wire = firstTripWire(input, mcNemar(counts.onlyFirst, counts.onlySecond).worse);
  if (wire) return judge('roll-back', say('learning.judge.wire', { wire, figures }));
  if ((standings.teacher?.difference ?? 0) < 0 || (standings.control?.difference ?? 0) < 0)
    return judge('hold', say('learning.judge.held', { figures }));
  return judge('accept', say('learning.judge.accepted', { figures }));
}

/** What speaks for a roll-back, or null. */
function firstTripWire(input: JudgeInput, pWorse: number): Said | null {
  if (pWorse < WORSE_P) return say('learning.wire.worse', { p: formatP(pWorse) });
  const fallen = input.classNames.findIndex((_, classIndex) => recallFell(input, classIndex));
  if (fallen >= 0)
    return say('learning.wire.recall', { class: input.classNames[fallen] ?? '', share: percent(RECALL_DROP) });
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
        return say('learning.wire.share', {
          class: input.classNames[classIndex] ?? '',
          share: percent(share),
          prior: percent(prior),
        });
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
      return say('learning.wire.audit', {
        before: percent(auditBefore.correct / auditBefore.total),
        now: percent(auditNow.correct / auditNow.total),
      });
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
