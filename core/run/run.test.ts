import { describe, expect, it } from 'vitest';
import type { Verdict, RoundRole } from './learning.ts';
import { finalRound } from './run.ts';

const round = (index: number, role: RoundRole, verdict: Verdict | null = null, member = 0) => ({
  name: `${role} ${index}.${member}`,
  index,
  role,
  member,
  verdict,
  stage: 'done',
});

describe('the final model of a run', () => {
  it(
    'FORMAT-35 is the newest finished round that stands accepted, a distilled one too, and the last teacher where ' +
      'none does',
    () => {
      const teachers = [round(0, 'teacher'), round(0, 'teacher', null, 1)];
      expect(finalRound([...teachers, round(1, 'student', 'hold'), round(1, 'control')])?.name).toBe('teacher 0.1');
      const students = [
        ...teachers,
        round(1, 'student', 'accept'),
        round(1, 'control'),
        round(2, 'student', 'accept'),
        round(3, 'student', 'roll-back'),
      ];
      expect(finalRound(students)?.name).toBe('student 2.0');
      expect(finalRound([...students, round(4, 'distilled', 'accept'), round(4, 'control')])?.name).toBe(
        'distilled 4.0',
      );
      expect(finalRound([...students, { ...round(4, 'student', 'accept'), stage: 'judging' }])?.name).toBe(
        'student 2.0',
      );
      expect(finalRound([{ ...round(0, 'teacher'), stage: 'training' }])).toBeNull();
    },
  );
});
