/** How a round stands: one rule and one sentence, for the judge and for every page. */
import { findingOf, VALIDATION_WANTED } from '../math/finding.ts';
import type { Finding } from '../math/finding.ts';
import type { Interval } from '../math/statistics.ts';
import type { Verdict } from '../run/learning.ts';

/** A round minus another one, as a share of the `n` validation images that both scored. */
export interface Paired {
  difference: number;
  interval: Interval;
  n: number;
}

/** What a round was judged by; frozen with it. */
export interface Standings {
  /** Against those whose answers taught it, averaged where they are several. */
  teacher: Paired | null;
  /** Against its control arm, the same net on human labels alone. */
  control: Paired | null;
}

const SURELY: Record<Finding, string> = {
  better: ', better and not by chance',
  worse: ', worse and not by chance',
  few: '',
  chance: ', not more than chance may do',
};

const signed = (share: number): string => {
  const text = Math.abs(share * 100).toFixed(1);
  return share < 0 && text !== '0.0' ? `−${text}` : text;
};

function describeOne(paired: Paired, other: string): string {
  const [low, high] = paired.interval;
  const size = Math.abs(paired.difference * 100).toFixed(1);
  const where = size === '0.0' ? 'level with' : `${size} points ${paired.difference < 0 ? 'below' : 'above'}`;
  return `${where} ${other} (${signed(low)} to ${signed(high)})${SURELY[findingOf(paired)]}`;
}

/**
 * The sentence for a round beside others, without its first capital and its full stop; null where nothing was compared.
 *
 *   describePaired([[{ difference: 0.1, interval: [0.07, 0.13], n: 400 }, 'its teacher']])
 *   // '10.0 points above its teacher (7.0 to 13.0), better and not by chance; 95% interval, 400 validation images'
 */
export function describePaired(pairs: readonly (readonly [Paired | null, string])[]): string | null {
  const known = pairs.flatMap(([paired, other]) => (paired && paired.n > 0 ? [{ paired, other }] : []));
  const images = Math.min(...known.map(({ paired }) => paired.n));
  if (known.length === 0) return null;
  const sizes = known.map(({ paired, other }) => describeOne(paired, other)).join('; ');
  const few = known.some(({ paired }) => findingOf(paired) === 'few');
  return (
    `${sizes}; 95% interval${known.length > 1 ? 's' : ''}, ${images.toLocaleString('en')} validation images` +
    (few ? `: with fewer than ${VALIDATION_WANTED} of them no improvement is concluded` : '')
  );
}

/** The same of what a round was judged by. */
export const describeStandings = ({ teacher, control }: Standings): string | null =>
  describePaired([
    [teacher, 'its teacher'],
    [control, 'its control arm'],
  ]);

export type VerdictTone = 'good' | 'neutral' | 'warn' | 'bad';

export interface VerdictWord {
  /** Its key: `run.verdict.` and this. */
  word: 'rolledBack' | 'held' | 'belowControl' | 'belowTeacher' | 'better' | 'noGain';
  tone: VerdictTone;
}

/**
 * What may be said of a decided round. Good is only what is better than all that it was compared with, more than chance
 * may do; who accepted one below its control arm is told so.
 */
export function wordOfVerdict(verdict: Verdict, { teacher, control }: Standings): VerdictWord {
  if (verdict === 'roll-back') return { word: 'rolledBack', tone: 'bad' };
  if (verdict === 'hold') return { word: 'held', tone: 'warn' };
  const compared = [teacher, control].filter((paired) => paired !== null && paired.n > 0);
  if (control && control.difference < 0) return { word: 'belowControl', tone: 'warn' };
  if (teacher && teacher.difference < 0) return { word: 'belowTeacher', tone: 'warn' };
  return compared.length > 0 && compared.every((paired) => paired && findingOf(paired) === 'better')
    ? { word: 'better', tone: 'good' }
    : { word: 'noGain', tone: 'neutral' };
}

/** Calibration error that a temperature may add before it is said, 0..1: less is the draw of the bins. */
const HURT = 0.005;

/** Did the fitted temperature make the calibration error larger? */
export const isCalibrationWorse = (error: { eceBefore: number; eceAfter: number }): boolean =>
  error.eceAfter > error.eceBefore + HURT;
