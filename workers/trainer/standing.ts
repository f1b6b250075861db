import type { RunConfig } from '#core/learning.ts';
import type { RoundState } from '#db/queries/round-write.ts';

type Standing = Pick<RoundState, 'id' | 'index' | 'role' | 'stage' | 'decision' | 'metrics'>;

/** The round whose answers teach the round at `index`: the newest one before it that stands accepted; the teacher always stands. */
export const standingTeacher = <T extends Standing>(states: readonly T[], index: number): T | null =>
  finishedBefore(states, index).find(({ role, decision }) => role === 'teacher' || (role === 'student' && decision === 'accept')) ?? null;

/**
 * The rounds whose answers together teach the round at `index` where the run averages teachers, newest first: the teacher, every student that was
 * not rolled back, and the control arms. A held student has part in it: held means that validation cannot tell it from its teacher. A control arm
 * errs elsewhere than the students, who learned each other's mistakes; it knows nothing but human labels that the round has too.
 */
export const teamOf = <T extends Standing>(states: readonly T[], index: number): T[] =>
  finishedBefore(states, index).filter(({ role, decision }) => role === 'teacher' || role === 'control' || (role === 'student' && decision !== 'roll-back'));

const finishedBefore = <T extends Standing>(states: readonly T[], index: number): T[] =>
  states.filter((state) => state.index < index && state.stage === 'done').toSorted((a, b) => b.index - a.index);

/** Share of the pool on which two rounds agree, above which another one would learn nothing. */
const AGREEMENT_ENOUGH = 0.99;

/** Why no further student should be trained, as a sentence; null when one should. */
export function stopReason(states: readonly RoundState[], config: Pick<RunConfig, 'stopAfterRejected'>): string | null {
  const students = states.filter(({ role, stage }) => role === 'student' && stage === 'done').toSorted((a, b) => b.index - a.index);
  const rejected = students.findIndex(({ decision }) => decision === 'accept');
  const streak = rejected === -1 ? students.length : rejected;
  if (streak >= config.stopAfterRejected) return `The last ${streak} rounds were not better than their teacher.`;
  const [last] = students;
  const agreement = last?.selection?.['poolAgreement'];
  if (typeof agreement === 'number' && agreement > AGREEMENT_ENOUGH) return `The last two rounds agree on ${(agreement * 100).toFixed(1)}% of the pool.`;
  if (last && last.selection?.['accepted'] === 0) return 'No prediction was sure enough to become a pseudo-label.';
  return null;
}
