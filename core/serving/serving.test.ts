import { describe, expect, it } from 'vitest';
import { answerClasses, rankAnswer, stepBack } from './serving.ts';
import type { ServingChoice } from './serving.ts';

/** Plays promotions and roll backs; a choice that leads nowhere is left out. Gives what serves after each. */
function play(steps: string[]): (string | null)[] {
  const history: ServingChoice[] = [];
  return steps.flatMap((step) => {
    const id = `choice ${history.length}`;
    const back = step === 'back' ? stepBack(history) : null;
    if (step === 'back' && !back) return ['nothing'];
    history.unshift(
      back ? { id, kind: 'roll-back', ...back } : { id, kind: 'promote', roundId: step, restoresId: null },
    );
    return [history[0]?.roundId ?? null];
  });
}

describe('SERVE-4 rolling back', () => {
  it('goes one choice further each time, down to the model that stands best, and then no further', () => {
    expect(play(['back'])).toEqual(['nothing']);
    expect(play(['a', 'b', 'c', 'back', 'back', 'back', 'back'])).toEqual(['a', 'b', 'c', 'b', 'a', null, 'nothing']);
  });

  it('goes back to what served, also where that was reached by a roll back', () => {
    expect(play(['a', 'b', 'back', 'c', 'back', 'back'])).toEqual(['a', 'b', 'a', 'c', 'a', null]);
  });
});

describe('SERVE-1 an answer', () => {
  const known = [
    { id: '1', name: 'cat', mergedIntoId: null },
    { id: '2', name: 'dog', mergedIntoId: null },
    { id: '3', name: 'puppy', mergedIntoId: '2' },
  ];
  it('names classes as they are called today, and adds up what was merged', () => {
    const classes = answerClasses(['3', '1', '2'], known);
    expect(rankAnswer([0.25, 0.4, 0.35], classes)).toEqual([
      { classId: '2', name: 'dog', probability: 0.6 },
      { classId: '1', name: 'cat', probability: 0.4 },
    ]);
  });
});
