import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../math/statistics.ts';
import { barsAbove, countAbove, simulateThresholds } from './simulator.ts';

const answers = (classIndex: number, confidence: number, right: number, wrong: number) => [
  ...Array.from({ length: right }, () => ({ classIndex, confidence, right: true })),
  ...Array.from({ length: wrong }, () => ({ classIndex, confidence, right: false })),
];

describe('RUN-30 threshold simulator', () => {
  it('counts whole bins, and a cut bin in proportion', () => {
    const bins = [10, 0, 0, 0, 0, 20, 0, 0, 40, 30];
    expect(countAbove(bins, 0)).toBe(100);
    expect(countAbove(bins, 0.5)).toBe(90);
    expect(countAbove(bins, 0.55)).toBe(80);
    expect(countAbove(bins, 0.85)).toBe(50);
    expect(countAbove(bins, 1)).toBe(0);
  });

  it('draws in its bars what it says would pass, also within the bar that a threshold cuts', () => {
    const bins = [10, 0, 0, 0, 0, 20, 0, 0, 40, 30];
    expect(barsAbove(bins, 0, 5)).toEqual([10, 0, 20, 0, 70]);
    expect(barsAbove(bins, 0.85, 5)).toEqual([0, 0, 0, 0, 50]);
    for (const threshold of [0, 0.3, 0.55, 0.8, 0.999, 1])
      expect(barsAbove(bins, threshold, 5).reduce((sum, n) => sum + n, 0)).toBe(countAbove(bins, threshold));
  });

  it('estimates precision by class from validation answers above its threshold', () => {
    const outcome = simulateThresholds(
      {
        pool: [
          [50, 50],
          [0, 30],
        ],
        validation: [...answers(0, 0.9, 18, 2), ...answers(0, 0.3, 1, 9), ...answers(1, 0.9, 5, 0)],
        secondsPerImage: 6,
      },
      [0.5, 0.5],
    );
    expect(outcome.classes[0]).toMatchObject({
      accepted: 50,
      of: 100,
      n: 20,
      right: 18,
      precision: 0.9,
      interval: wilsonInterval(18, 20),
    });
    expect(outcome.classes[1]).toMatchObject({ accepted: 30, n: 5, precision: 1 });
    expect(outcome).toMatchObject({ accepted: 80, of: 130, unknown: 0, minutes: 5 });
    // By hand: 50/80·0.9 + 30/80·1 = 0.9375; variance .625²·(20/24·4/24)/20 + .375²·(7/9·2/9)/5 = 0.0027127 +
    // 0.0048611.
    expect(outcome.precision).toBeCloseTo(0.9375, 10);
    expect(outcome.interval?.[0]).toBeCloseTo(0.9375 - 1.96 * Math.sqrt(0.0027127 + 0.0048611), 5);
    expect(outcome.interval?.[1]).toBe(1);
  });

  it('says what it does not know: no validation answer above the threshold, nobody timed, nothing accepted', () => {
    const outcome = simulateThresholds(
      {
        pool: [
          [0, 10],
          [0, 7],
        ],
        validation: answers(0, 0.8, 3, 1),
        secondsPerImage: null,
      },
      [0.5, 0.5],
    );
    expect(outcome).toMatchObject({ accepted: 17, unknown: 7, precision: 0.75, minutes: null });
    expect(simulateThresholds({ pool: [[5]], validation: [], secondsPerImage: 1 }, [1])).toMatchObject({
      accepted: 0,
      precision: null,
      interval: null,
    });
  });

  it('accepts less, never more, as a threshold rises', () => {
    const input = { pool: [[3, 9, 4, 8, 20, 1]], validation: answers(0, 0.6, 4, 4), secondsPerImage: 1 };
    const accepted = Array.from({ length: 21 }, (_, index) => simulateThresholds(input, [index / 20]).accepted);
    expect(accepted).toEqual(accepted.toSorted((a, b) => b - a));
  });
});
