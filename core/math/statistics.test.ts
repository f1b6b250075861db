import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapMean,
  confusionMatrix,
  formatP,
  mcNemar,
  pairedCounts,
  pairedDifference,
  perClassFigures,
  quantile,
  wilsonInterval,
} from './statistics.ts';

it('a p-value is never written as zero', () => {
  expect([formatP(0), formatP(0.0009), formatP(0.001), formatP(0.0421)]).toEqual([
    'p < 0.001',
    'p < 0.001',
    'p = 0.001',
    'p = 0.042',
  ]);
});

describe('wilsonInterval', () => {
  it('gives the published interval of 81 of 263 (Newcombe 1998)', () => {
    const [lower, upper] = wilsonInterval(81, 263, 1.959964);
    expect(lower).toBeCloseTo(0.2553, 4);
    expect(upper).toBeCloseTo(0.3662, 4);
  });
  it('knows nothing from nothing, and reaches the edges', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
    expect(wilsonInterval(0, 10)[0]).toBe(0);
    expect(wilsonInterval(10, 10)[1]).toBe(1);
    expect(wilsonInterval(1, 29, 1.959964)[1]).toBeCloseTo(0.1718, 4);
  });
  it('always holds the share it is about', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (a, b) => {
        const [lower, upper] = wilsonInterval(a, a + b);
        const share = a + b === 0 ? 0.5 : a / (a + b);
        expect(lower).toBeLessThanOrEqual(share + 1e-12);
        expect(upper).toBeGreaterThanOrEqual(share - 1e-12);
      }),
    );
  });
});

describe('mcNemar', () => {
  it('gives binomial tails worked by hand', () => {
    expect(mcNemar(8, 2).twoSided).toBeCloseTo(112 / 1024, 10);
    expect(mcNemar(8, 2).worse).toBeCloseTo(56 / 1024, 10);
    expect(mcNemar(2, 8).better).toBeCloseTo(56 / 1024, 10);
    expect(mcNemar(2, 8).worse).toBeCloseTo(1013 / 1024, 10);
    expect(mcNemar(0, 5).better).toBeCloseTo(1 / 32, 10);
  });
  it('is 1 without discordant pairs, and stays finite for thousands', () => {
    expect(mcNemar(0, 0)).toEqual({ twoSided: 1, worse: 1, better: 1 });
    expect(mcNemar(2000, 2000).twoSided).toBe(1);
    // Normal approximation with continuity correction: z = 199/√4200 = 3.07.
    expect(mcNemar(2200, 2000).worse).toBeCloseTo(0.00107, 5);
  });
});

describe('pairedDifference', () => {
  it('gives the published interval for 36/12/2/0 (Newcombe 1998, method 10)', () => {
    const { difference, interval } = pairedDifference({ both: 36, onlySecond: 12, onlyFirst: 2, neither: 0 }, 1.959964);
    expect(difference).toBeCloseTo(0.2, 10);
    expect(interval[0]).toBeCloseTo(0.0569, 3);
    expect(interval[1]).toBeCloseTo(0.3404, 3);
  });
  it('corrects a weak positive correlation away: 3/2/2/3 is two independent halves', () => {
    // ad − bc = 5 = n/2, so φ = 0; Wilson of 5 in 10 reaches 0.2634 either way, and √2·0.2634 = 0.3725.
    const { interval } = pairedDifference({ both: 3, onlySecond: 2, onlyFirst: 2, neither: 3 });
    expect(interval[0]).toBeCloseTo(-0.3725, 3);
    expect(interval[1]).toBeCloseTo(0.3725, 3);
  });
  it('mirrors when the two change places', () => {
    const one = pairedDifference({ both: 50, onlySecond: 9, onlyFirst: 4, neither: 20 });
    const other = pairedDifference({ both: 50, onlySecond: 4, onlyFirst: 9, neither: 20 });
    expect(one.interval[0]).toBeCloseTo(-other.interval[1], 10);
  });
  it('counts pairs', () => {
    expect(pairedCounts([0, 1, 2, 0], [0, 1, 0, 1], [0, 0, 2, 1])).toEqual({
      both: 1,
      onlyFirst: 1,
      onlySecond: 1,
      neither: 1,
    });
  });
});

describe('quantile, bootstrapMean', () => {
  it('interpolates as R type 7', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.25)).toBe(15);
    expect(quantile([], 0.5)).toBeNaN();
  });
  it('is seeded and covers the mean', () => {
    const values = Array.from({ length: 50 }, (_, i) => i % 5);
    const a = bootstrapMean(values, { seed: 3 });
    expect(a).toEqual(bootstrapMean(values, { seed: 3 }));
    expect(a).not.toEqual(bootstrapMean(values, { seed: 4 }));
    expect(a.mean).toBe(2);
    expect(a.interval[0]).toBeLessThan(2);
    expect(a.interval[1]).toBeGreaterThan(2);
    expect(a.interval[1] - a.interval[0]).toBeCloseTo((2 * 1.96 * Math.SQRT2) / Math.sqrt(50), 1);
  });
});

describe('confusionMatrix, perClassFigures', () => {
  it('counts by truth and answer, and leaves unknown answers out', () => {
    expect(confusionMatrix([0, 0, 1, 1, 1], [0, 1, 1, 1, -1], 2)).toEqual([
      [1, 1],
      [0, 2],
    ]);
  });
  it('gives recall and precision with intervals, and null where nothing was seen', () => {
    const [a, b, c] = perClassFigures([
      [8, 2, 0],
      [4, 6, 0],
      [0, 0, 0],
    ]);
    expect(a?.recall).toBe(0.8);
    expect(a?.precision).toBeCloseTo(8 / 12);
    expect(b?.precisionInterval).toEqual(wilsonInterval(6, 8));
    expect(c?.recall).toBeNull();
    expect(c?.recallInterval).toEqual([0, 1]);
  });
});
