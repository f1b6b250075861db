import { describe, expect, it } from 'vitest';
import type { RoundRole } from '../run/learning.ts';
import { roundBefore, roundThatAsked } from './order.ts';

const round = (index: number, role: RoundRole, member = 0, stage = 'done') => ({ index, role, member, stage });
const first = round(0, 'teacher', 0);
const second = round(0, 'teacher', 1);
const student = round(1, 'student');
const control = round(1, 'control');
const skipped = round(2, 'student', 0, 'waiting');
const distilled = round(3, 'distilled');
/** As a database may return them: in no order that helps. */
const run = [skipped, second, control, distilled, first, student];

describe('RUN-24 the round that came before', () => {
  it('is the last of several teachers, and never a control arm', () => {
    expect(roundBefore(run, student)).toBe(second);
    expect(roundBefore(run, control)).toBe(second);
    expect(roundBefore(run, skipped)).toBe(student);
  });
  it('passes over a round that was planned and never trained', () => {
    expect(roundBefore(run, distilled)).toBe(student);
  });
  it('is nobody before a teacher: several stand beside each other', () => {
    expect(roundBefore(run, first)).toBeNull();
    expect(roundBefore(run, second)).toBeNull();
  });
});

describe('RUN-8 the round that asked people', () => {
  it('is the newest finished one, the last of several teachers', () => {
    expect(roundThatAsked([first, second, { ...student, stage: 'training' }])).toBe(second);
    expect(roundThatAsked([second, first])).toBe(second);
    expect(roundThatAsked([first, student, control, second, skipped])).toBe(student);
    expect(roundThatAsked([{ ...first, stage: 'judging' }])).toBeNull();
  });
});
