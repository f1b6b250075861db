import { describe, expect, it } from 'vitest';
import { compareAnswers, isTrialDue, isTrialWorth, trialSide } from './trial.ts';

describe('CHAIN-8 trials of nets from scratch', () => {
  it('are due with four labels a class, and again with half as many more', () => {
    expect(isTrialDue({ labels: 7, classes: 2, before: null })).toBe(false);
    expect(isTrialDue({ labels: 8, classes: 2, before: null })).toBe(true);
    expect(isTrialDue({ labels: 11, classes: 2, before: 8 })).toBe(false);
    expect(isTrialDue({ labels: 12, classes: 2, before: 8 })).toBe(true);
    expect(isTrialDue({ labels: 100, classes: 1, before: null })).toBe(false);
  });

  it('are left out where a backbone is so good that they could not win, and before it was measured', () => {
    expect([null, 0.95, 0.6].map(isTrialWorth)).toEqual([false, false, true]);
    expect([8, 28, 32, 300].map(trialSide)).toEqual([16, 28, 32, 32]);
  });

  it('compare both and their mean on the very same labels', () => {
    const truth = new Map([
      ['a', 0],
      ['b', 1],
      ['c', 0],
      ['d', 1],
    ]);
    const figures = compareAnswers(
      { names: ['a', 'b', 'c', 'd'], probabilities: [0.9, 0.1, 0.6, 0.4, 0.9, 0.1, 0.9, 0.1] },
      { names: ['c', 'b', 'a'], probabilities: [0.4, 0.6, 0.1, 0.9, 0.8, 0.2] },
      (name) => truth.get(name) ?? -1,
    );
    // d was not asked of the backbone: it counts for none of them.
    expect(figures.scratch).toMatchObject({ count: 3 });
    expect(figures.scratch.accuracy).toBeCloseTo(2 / 3);
    expect(figures.backbone?.accuracy).toBeCloseTo(2 / 3);
    expect(figures.together?.accuracy).toBe(1);
    expect(compareAnswers({ names: ['d'], probabilities: [0.1, 0.9] }, null, () => 1)).toMatchObject({
      backbone: null,
      together: null,
      scratch: { accuracy: 1 },
    });
  });
});
