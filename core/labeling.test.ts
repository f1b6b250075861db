import { describe, expect, it } from 'vitest';
import { resolveConsensus } from './labeling.ts';
import type { Judgment } from './labeling.ts';

const say = (...votes: (string | null)[]): Judgment[] =>
  votes.map((classId, seq) => ({ memberId: `m${seq}`, kind: classId ? 'decide' : 'skip', classId, adjudicated: false, seq }));

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
  ])('ANNOTATION-5 of %j is %s %s', (judgments, state, classId, judgmentCount, extraWanted) => {
    expect(resolveConsensus(judgments, asked)).toEqual({ state, classId, judgmentCount, extraWanted });
  });

  it('ANNOTATION-7 is what the newest adjudication says, whatever the votes', () => {
    const judgments = [...say('cat', 'cat', 'cat'), { memberId: 'lead', kind: 'decide' as const, classId: 'dog', adjudicated: true, seq: 9 }];
    expect(resolveConsensus(judgments, asked)).toMatchObject({ state: 'adjudicated', classId: 'dog' });
  });
});
