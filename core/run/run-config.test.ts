import { describe, expect, it } from 'vitest';
import { DEFAULT_RUN_CONFIG } from './learning.ts';
import { softmax } from '../math/probabilities.ts';
import { atTemperature, checkRunConfig } from './run-config.ts';
import { inEnglish } from '../text/in-english.ts';
import type { Said } from '../text/said.ts';

const told = (said: Said | null): string => (said ? inEnglish(said) : '');

describe('run settings', () => {
  it('RUN-21 refuses settings that do not fit together, and says how to mend them', () => {
    expect(checkRunConfig(DEFAULT_RUN_CONFIG)).toBeNull();
    expect(told(checkRunConfig({ ...DEFAULT_RUN_CONFIG, teacher: 'm', students: ['s'] }))).toContain('equal or larger');
    expect(told(checkRunConfig({ ...DEFAULT_RUN_CONFIG, students: [] }))).toContain('student round');
    expect(told(checkRunConfig({ ...DEFAULT_RUN_CONFIG, method: 'frozen' }))).toContain('backbone');
    expect(told(checkRunConfig({ ...DEFAULT_RUN_CONFIG, method: 'distill' }))).toContain('export model');
  });

  it('turns a stored vector into the one at another temperature', () => {
    const logits = [2, 0.5, -1];
    const stored = [...softmax(logits, 3, 1)];
    for (const temperature of [0.5, 1, 2, 4]) {
      const wanted = softmax(logits, 3, temperature);
      atTemperature(stored, temperature).forEach((value, index) => expect(value).toBeCloseTo(wanted[index] ?? NaN, 5));
    }
  });
});
