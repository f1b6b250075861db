import { english } from '#core/text/en/index.ts';
import { makeText } from '#core/text/text.ts';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RunConfig } from '#core/run/learning.ts';
import type { RoundStage } from '#core/run/run.ts';
import { activityOf } from './activity.ts';

const config: RunConfig = { ...DEFAULT_RUN_CONFIG, teachers: 1, students: ['s'], control: false };
const round = (role: 'teacher' | 'student', stage: RoundStage) => ({
  index: role === 'teacher' ? 0 : 1,
  role,
  member: 0,
  stage,
});
const { t } = makeText('en', { ...english.project, ...english.runs });
const of = (...rounds: ReturnType<typeof round>[]) => activityOf(t, { status: 'training', config, rounds });

describe('PAGE-13 what a run is doing', () => {
  it('is said of every moment of its life, and "getting ready" only before the first round', () => {
    expect(activityOf(t, { status: 'queued', config, rounds: [] })).toBe('Waits for a free trainer.');
    expect(of()).toContain('getting ready');
    expect(of(round('teacher', 'embedding'))).toBe('Teacher: embedding images.');
    expect(of(round('teacher', 'evaluating'))).toBe('Teacher: scoring validation.');
    expect(of(round('teacher', 'predicting'))).toBe('Teacher: predicting the pool.');
    expect(of(round('teacher', 'judging'))).toBe('Teacher: judging.');
    expect(of(round('teacher', 'done'))).toBe('Teacher is done; what comes next begins.');
    expect(of(round('teacher', 'done'), round('student', 'waiting'))).toBe('Teacher is done; what comes next begins.');
    expect(of(round('teacher', 'done'), round('student', 'done'))).toContain('Measuring them on the test split');
  });
});
