import { describe, expect, it } from 'vitest';
import type { Verdict, RoundRole } from '#core/run/learning.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { standingTeacher, stopReason as stop, teamOf } from './standing.ts';

const stopReason = (...given: Parameters<typeof stop>): string | null => {
  const said = stop(...given);
  return said && inEnglish(said);
};

const round = (
  index: number,
  role: RoundRole,
  verdict: Verdict | null = null,
  selection: Record<string, unknown> | null = null,
) =>
  ({
    id: `${index}-${role}`,
    index,
    role,
    verdict,
    selection,
    member: 0,
    stage: 'done',
    metrics: null,
  }) as unknown as RoundState;

describe('who teaches', () => {
  it('RUN-11 is the newest accepted round before, never a control arm', () => {
    const rounds = [
      round(0, 'teacher'),
      round(1, 'student', 'accept'),
      round(1, 'control'),
      round(2, 'student', 'roll-back'),
      round(2, 'control'),
    ];
    expect(standingTeacher(rounds, 3)?.id).toBe('1-student');
    expect(standingTeacher(rounds, 1)?.id).toBe('0-teacher');
    expect(standingTeacher([round(0, 'teacher'), round(1, 'student', 'hold')], 2)?.id).toBe('0-teacher');
  });
  it('LEARN-9 is the standing teacher with the students held since, and all teachers while no student stands', () => {
    const second = { ...round(0, 'teacher'), id: 'second-teacher', member: 1 };
    const rounds = [
      round(0, 'teacher'),
      second,
      round(1, 'student', 'hold'),
      round(1, 'control'),
      round(2, 'student', 'roll-back'),
      round(3, 'student', 'accept'),
      round(4, 'student', 'hold'),
    ];
    const team = (index: number) => teamOf(rounds, index).map(({ id }) => id);
    expect(team(1)).toEqual(['second-teacher', '0-teacher']);
    expect(team(3)).toEqual(['1-student', 'second-teacher', '0-teacher']);
    expect(team(4)).toEqual(['3-student']);
    expect(team(5)).toEqual(['4-student', '3-student']);
    expect(standingTeacher(rounds, 3)?.id).toBe('second-teacher');
    expect(
      teamOf([round(0, 'teacher'), { ...round(1, 'student', 'accept'), stage: 'judging' }], 2).map(({ id }) => id),
    ).toEqual(['0-teacher']);
  });
  it('RUN-11 is nobody before the teacher is done', () => {
    expect(standingTeacher([{ ...round(0, 'teacher'), stage: 'training' }], 1)).toBeNull();
  });
});

describe('when to stop', () => {
  const config = { stopAfterRejected: 2 };
  it('RUN-11 stops after so many rounds in a row that were not accepted', () => {
    expect(stopReason([round(0, 'teacher'), round(1, 'student', 'hold')], config)).toBeNull();
    expect(stopReason([round(1, 'student', 'hold'), round(2, 'student', 'roll-back')], config)).toContain(
      'last 2 rounds',
    );
    expect(
      stopReason([round(1, 'student', 'hold'), round(2, 'student', 'accept'), round(3, 'student', 'hold')], config),
    ).toBeNull();
  });
  it('RUN-11 stops when a round moved nothing on the pool, or had nothing to learn', () => {
    expect(stopReason([round(1, 'student', 'accept', { accepted: 50, poolAgreement: 0.995 })], config)).toContain(
      '99.5%',
    );
    expect(stopReason([round(1, 'student', 'accept', { accepted: 0 })], config)).toContain('No prediction');
    expect(stopReason([round(1, 'student', 'accept', { accepted: 9, poolAgreement: 0.9 })], config)).toBeNull();
  });
});
