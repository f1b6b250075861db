import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { classSet } from './class-set.ts';
import { addAnnotation, resolveConsensus, settledOn } from './labeling.ts';
import type { Asked, Consensus, LiveAnnotation } from './labeling.ts';

/** What people said, each one class or nothing. */
const say = (...votes: (string | null)[]): LiveAnnotation[] =>
  saySets(...votes.map((vote) => (vote === null ? null : [vote])));

/** What people said, each a set of classes or nothing. */
const saySets = (...votes: (string[] | null)[]): LiveAnnotation[] =>
  votes.map((classIds, seq) => ({
    memberId: `m${seq}`,
    kind: classIds ? 'decide' : 'skip',
    classIds,
    adjudicated: false,
    seq,
  }));

describe('consensus', () => {
  const asked = { overlap: 2, overlapOnDisagreement: 1 };

  it.each([
    [say(), 'none', null, 0, 0],
    [say(null), 'none', null, 0, 0],
    [say('cat'), 'partial', 'cat', 1, 0],
    [say('cat', 'cat'), 'agreed', 'cat', 2, 0],
    [say('cat', 'dog'), 'disputed', null, 2, 1],
    [say('cat', 'dog', 'dog'), 'agreed', 'dog', 3, 1],
    [say('cat', 'dog', 'bird'), 'disputed', null, 3, 1],
    [say('cat', 'cat', 'cat'), 'agreed', 'cat', 3, 1],
  ])('ANNOTATION-5 of %j is %s %s', (annotations, state, classId, answerCount, extraWanted) => {
    const classIds = classId === null ? null : [classId];
    expect(resolveConsensus(annotations, asked)).toEqual({ state, classIds, answerCount, extraWanted });
  });

  it('ANNOTATION-7 is what the newest adjudication says, whatever the votes', () => {
    const annotations = [
      ...say('cat', 'cat', 'cat'),
      { memberId: 'lead', kind: 'decide' as const, classIds: ['dog'], adjudicated: true, seq: 9 },
    ];
    expect(resolveConsensus(annotations, asked)).toMatchObject({ state: 'adjudicated', classIds: ['dog'] });
  });

  it(
    'ANNOTATION-5 ANNOTATION-7 counts the answer that is just made in place of what the same member said before, ' +
      'as the newest',
    () => {
      const add =
        (memberId: string, classId: string, adjudicated = false) =>
        (annotations: LiveAnnotation[]) =>
          addAnnotation(annotations, { memberId, kind: 'decide', classIds: [classId], adjudicated });
      expect(resolveConsensus(add('m2', 'cat')(say('cat', 'dog')), asked)).toMatchObject({
        state: 'agreed',
        classIds: ['cat'],
        answerCount: 3,
      });
      expect(resolveConsensus(add('m1', 'cat')(say('cat', 'dog')), asked)).toMatchObject({
        state: 'agreed',
        classIds: ['cat'],
        answerCount: 2,
      });
      expect(
        resolveConsensus(add('owner', 'bird', true)(add('lead', 'dog', true)(say('cat', 'cat'))), asked),
      ).toMatchObject({ state: 'adjudicated', classIds: ['bird'] });
    },
  );
});

describe('a label is a set of classes', () => {
  it.each([
    [
      [['cat', 'dog'], ['cat'], ['cat', 'dog']],
      ['cat', 'dog'],
    ],
    [[['cat', 'dog'], ['cat'], ['cat', 'bird']], ['cat']],
    // Half name the dog: undecided, and so is the image.
    [[['cat', 'dog'], ['cat']], null],
    // All agree that there is something, nobody on what.
    [[['cat'], ['dog'], ['bird']], null],
    [[['cat'], ['dog'], []], null],
    // "None of these" is an answer, and settles by its own majority.
    [[[], []], []],
    [[['cat'], [], []], []],
    [[['cat'], ['cat'], []], ['cat']],
    [[[], ['cat']], null],
  ])('SEVERAL-1 each class is a vote of its own: %j settle on %j', (answers, settled) => {
    expect(settledOn(answers)).toEqual(settled);
  });

  it('SEVERAL-1 none of the classes is agreed on like any other answer, and a skip is no answer', () => {
    const asked = { overlap: 2, overlapOnDisagreement: 1 };
    expect(resolveConsensus(saySets([], null, []), asked)).toEqual({
      state: 'agreed',
      classIds: [],
      answerCount: 2,
      extraWanted: 0,
    });
    expect(resolveConsensus(saySets([]), asked)).toMatchObject({ state: 'partial', classIds: [] });
  });

  it('SEVERAL-2 of sets of one class the consensus is the class with more than half of the votes', () => {
    const random = createRandom(3);
    for (let turn = 0; turn < 5000; turn += 1) {
      const asked = { overlap: 1 + random.below(4), overlapOnDisagreement: random.below(3) };
      const annotations = say(
        ...Array.from({ length: random.below(8) }, () => [null, 'a', 'b', 'c'][random.below(4)] ?? null),
      ).map((annotation) => Object.assign(annotation, { adjudicated: random.below(12) === 0 }));
      expect(resolveConsensus(annotations, asked)).toEqual(byMajority(annotations, asked));
    }
  });

  it('SEVERAL-1 a set has each class once and an order of its own', () => {
    expect(classSet(['b', 'a', 'b'])).toEqual(['a', 'b']);
  });
});

/** The rule for one class an image, as it stood before a label was a set. */
function byMajority(annotations: readonly LiveAnnotation[], asked: Asked): Consensus {
  const said = annotations.flatMap(({ classIds, ...rest }) => (classIds?.[0] ? [{ ...rest, id: classIds[0] }] : []));
  const answerCount = said.length;
  const last = said.filter(({ adjudicated }) => adjudicated).at(-1);
  if (last) return { state: 'adjudicated', classIds: [last.id], answerCount, extraWanted: 0 };
  if (answerCount === 0) return { state: 'none', classIds: null, answerCount, extraWanted: 0 };
  const winner = said.find(({ id }) => said.filter((other) => other.id === id).length * 2 > answerCount);
  const classIds = winner ? [winner.id] : null;
  if (answerCount < asked.overlap) return { state: 'partial', classIds, answerCount, extraWanted: 0 };
  if (!winner) return { state: 'disputed', classIds, answerCount, extraWanted: asked.overlapOnDisagreement };
  const extraWanted = Math.min(asked.overlapOnDisagreement, answerCount - asked.overlap);
  return { state: 'agreed', classIds, answerCount, extraWanted };
}
