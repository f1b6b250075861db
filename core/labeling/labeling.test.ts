import { describe, expect, it } from 'vitest';
import { addAnnotation, resolveConsensus } from './labeling.ts';
import type { LiveAnnotation } from './labeling.ts';

const say = (...votes: (string | null)[]): LiveAnnotation[] =>
  votes.map((classId, seq) => ({
    memberId: `m${seq}`,
    kind: classId ? 'decide' : 'skip',
    classId,
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
    expect(resolveConsensus(annotations, asked)).toEqual({ state, classId, answerCount, extraWanted });
  });

  it('ANNOTATION-7 is what the newest adjudication says, whatever the votes', () => {
    const annotations = [
      ...say('cat', 'cat', 'cat'),
      { memberId: 'lead', kind: 'decide' as const, classId: 'dog', adjudicated: true, seq: 9 },
    ];
    expect(resolveConsensus(annotations, asked)).toMatchObject({ state: 'adjudicated', classId: 'dog' });
  });

  it(
    'ANNOTATION-5 ANNOTATION-7 counts the answer that is just made in place of what the same member said before, ' +
      'as the newest',
    () => {
      const add =
        (memberId: string, classId: string, adjudicated = false) =>
        (annotations: LiveAnnotation[]) =>
          addAnnotation(annotations, { memberId, kind: 'decide', classId, adjudicated });
      expect(resolveConsensus(add('m2', 'cat')(say('cat', 'dog')), asked)).toMatchObject({
        state: 'agreed',
        classId: 'cat',
        answerCount: 3,
      });
      expect(resolveConsensus(add('m1', 'cat')(say('cat', 'dog')), asked)).toMatchObject({
        state: 'agreed',
        classId: 'cat',
        answerCount: 2,
      });
      expect(
        resolveConsensus(add('owner', 'bird', true)(add('lead', 'dog', true)(say('cat', 'cat'))), asked),
      ).toMatchObject({ state: 'adjudicated', classId: 'bird' });
    },
  );
});
