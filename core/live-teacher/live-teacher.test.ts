import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosesLive, mixRanks, priorityOfRank, rankedFrom, RANDOM_SHARE } from './live-teacher.ts';

const ids = fc.uniqueArray(fc.integer({ min: 0, max: 500 }).map(String), { maxLength: 300 });

describe('the order of the live teacher', () => {
  it('TEACHER-2 asks no image twice, keeps the weight, and draws every tenth at random', () => {
    fc.assert(
      fc.property(ids, ids, (weightiest, drawn) => {
        const order = mixRanks(weightiest, drawn, 200);
        expect(new Set(order).size).toBe(order.length);
        expect(order.length).toBeLessThanOrEqual(200);
        const asked = order.filter((_, rank) => (rank + 1) % Math.round(1 / RANDOM_SHARE) !== 0);
        const places = asked.map((id) => weightiest.indexOf(id));
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }),
    );
    const order = mixRanks(
      Array.from({ length: 90 }, (_, i) => `w${i}`),
      Array.from({ length: 90 }, (_, i) => `d${i}`),
    );
    expect(order.filter((id) => id.startsWith('d'))).toHaveLength(10);
  });

  it('TEACHER-2 spreads ranks as the draw is spread, so that held-out images are met in their share', () => {
    const [open, ranks] = [1000, 100];
    const lowest = priorityOfRank(ranks - 1, open);
    expect(lowest).toBeGreaterThan(rankedFrom(ranks, open));
    expect(priorityOfRank(0, open)).toBeLessThan(1);
    // A tenth of the draws lie above where the ranks end, as a tenth of the pool is ranked.
    expect(rankedFrom(ranks, open)).toBeCloseTo(0.9);
    expect(rankedFrom(2000, 1000)).toBe(0);
  });
});

describe('who speaks of open images', () => {
  const live = (value: number | null) => ({
    pool: value === null ? null : { value, low: 0, high: 1 },
    validation: null,
  });
  it('TEACHER-6 is the round while its validation accuracy is the higher, else the live teacher', () => {
    expect(choosesLive(live(0.8), 0.7)).toBe(true);
    expect(choosesLive(live(0.8), 0.8)).toBe(false);
    expect(choosesLive(live(null), 0.2)).toBe(false);
    expect(choosesLive(live(null), null)).toBe(true);
    expect(choosesLive(null, null)).toBe(false);
  });
});
