import type { RunConfig } from '#core/run/learning.ts';
import { finalRound } from '#core/run/run.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';

type Standing = Pick<RoundState, 'id' | 'index' | 'role' | 'member' | 'stage' | 'verdict' | 'metrics'>;

/**
 * The round whose answers teach the round at `index`: the newest one before it that stands accepted; a teacher always
 * stands, the last of several: it asked the people.
 */
export const standingTeacher = <T extends Standing>(states: readonly T[], index: number): T | null =>
  finalRound(finishedBefore(states, index));

/**
 * The rounds whose calibrated answers, averaged, become the targets of the round at `index`, newest first: the standing
 * teacher and the students held since. Held means that validation cannot tell a student from its teacher, so both
 * answer. Where no student stands, all teachers of the run answer: nets from different seeds err differently
 * (Lakshminarayanan et al. 2017).
 */
export function teamOf<T extends Standing>(states: readonly T[], index: number): T[] {
  const finished = finishedBefore(states, index);
  const standing = standingTeacher(states, index);
  if (standing === null) return [];
  const held = finished.filter(
    (state) => state.role === 'student' && state.verdict === 'hold' && state.index > standing.index,
  );
  return [...held, ...(standing.role === 'teacher' ? finished.filter(({ role }) => role === 'teacher') : [standing])];
}

const finishedBefore = <T extends Standing>(states: readonly T[], index: number): T[] =>
  states
    .filter((state) => state.index < index && state.stage === 'done')
    .toSorted((a, b) => b.index - a.index || b.member - a.member);

/** Share of the pool on which two rounds agree, above which another one would learn nothing. */
const AGREEMENT_ENOUGH = 0.99;

/** Why no further student should be trained, in a sentence; null when one should. */
export function stopReason(states: readonly RoundState[], config: Pick<RunConfig, 'stopAfterRejected'>): Said | null {
  const students = states
    .filter(({ role, stage }) => role === 'student' && stage === 'done')
    .toSorted((a, b) => b.index - a.index);
  const rejected = students.findIndex(({ verdict }) => verdict === 'accept');
  const streak = rejected === -1 ? students.length : rejected;
  if (streak >= config.stopAfterRejected) return say('learning.stop.streak', { count: streak });
  const [last] = students;
  const agreement = last?.selection?.['poolAgreement'];
  if (typeof agreement === 'number' && agreement > AGREEMENT_ENOUGH)
    return say('learning.stop.agree', { share: `${(agreement * 100).toFixed(1)}%` });
  if (last && last.selection?.['accepted'] === 0) return say('learning.stop.unsure');
  return null;
}
