/** How the rounds of a run follow one another: the one answer to "which came before" and "which asked". */
import type { RoundRole } from '../run/learning.ts';

export interface PlacedRound {
  index: number;
  role: RoundRole;
  /** Which of several teachers, 0 first. */
  member: number;
  stage: string;
}

/** Finished rounds whose answers count in the loop, newest first. A control arm stands beside it. */
const finishedLoop = <T extends PlacedRound>(rounds: readonly T[]): T[] =>
  rounds
    .filter(({ role, stage }) => role !== 'control' && stage === 'done')
    .toSorted((a, b) => b.index - a.index || b.member - a.member);

/**
 * The round that flips are counted from: the newest finished one before this in its run, the last of several teachers.
 * Teachers stand beside each other, so nothing came before any of them; a round that was planned and never trained is
 * passed over. Null for the first.
 */
export const roundBefore = <T extends PlacedRound>(rounds: readonly T[], round: { index: number }): T | null =>
  finishedLoop(rounds).find(({ index }) => index < round.index) ?? null;

/**
 * The round whose questions the gate waits for: the newest finished one, the last of several teachers, since only the
 * last one asks people. Null before any is finished.
 */
export const roundThatAsked = <T extends PlacedRound>(rounds: readonly T[]): T | null =>
  finishedLoop(rounds)[0] ?? null;
