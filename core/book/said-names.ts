import type { RoundPlace } from '../run/run.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';

/** How a run is called within a sentence: `runTitle` in the reader's language. */
export const sayRun = ({ number, name }: { number: number; name: string }): Said =>
  name === '' ? say('refusal.runName', { number }) : say('refusal.runNamed', { number, name });

/** How a round is called within a sentence: `roundName` in the reader's language. */
export function sayRound({ index, role, member }: RoundPlace): Said {
  if (role === 'distilled') return say('refusal.roundName.distilled');
  if (role !== 'teacher') return say(`refusal.roundName.${role}`, { number: index });
  return member === 0
    ? say('refusal.roundName.teacher')
    : say('refusal.roundName.teacherNumber', { number: member + 1 });
}

/** A round with its run: "Run 3, Student 2". */
export const sayRoundOf = (run: { number: number; name: string }, round: RoundPlace): Said =>
  say('refusal.roundOf', { run: sayRun(run), round: sayRound(round) });
