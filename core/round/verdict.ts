/** How a round stands: one rule for the judge and for every page. */
import { findingOf, VALIDATION_WANTED } from '../math/finding.ts';
import type { Finding } from '../math/finding.ts';
import type { Interval } from '../math/statistics.ts';
import type { Verdict } from '../run/learning.ts';
import { say } from '../text/said.ts';
import type { Said, SaidValue } from '../text/said.ts';

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

const SURELY: Record<Finding, SaidValue> = {
  better: say('learning.surely.better'),
  worse: say('learning.surely.worse'),
  few: '',
  chance: say('learning.surely.chance'),
};

const signed = (share: number): string => {
  const text = Math.abs(share * 100).toFixed(1);
  return share < 0 && text !== '0.0' ? `−${text}` : text;
};

function sayOne(paired: Paired, other: SaidValue): Said {
  const [low, high] = paired.interval;
  const points = Math.abs(paired.difference * 100).toFixed(1);
  const beside = { other, low: signed(low), high: signed(high), surely: SURELY[findingOf(paired)] };
  if (points === '0.0') return say('learning.beside.level', beside);
  return say(paired.difference < 0 ? 'learning.beside.below' : 'learning.beside.above', { ...beside, points });
}

/** A round beside what it was judged by, as part of a sentence; null where nothing was compared. */
export function sayStandings({ teacher, control }: Standings): Said | null {
  const known = [teacher, control].flatMap((paired) => (paired && paired.n > 0 ? [paired] : []));
  const [first] = known;
  if (!first) return null;
  const ours = teacher && teacher.n > 0 ? sayOne(teacher, say('learning.itsTeacher')) : null;
  const alone = control && control.n > 0 ? sayOne(control, say('learning.itsControl')) : null;
  const both = ours && alone ? say('learning.beside.both', { teacher: ours, control: alone }) : null;
  const count = Math.min(...known.map(({ n }) => n));
  const sizes = both ?? ours ?? alone ?? '';
  const said = say(both ? 'learning.interval.both' : 'learning.interval.one', { sizes, count });
  return known.some((paired) => findingOf(paired) === 'few')
    ? say('learning.interval.few', { sizes: said, wanted: VALIDATION_WANTED })
    : said;
}

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
