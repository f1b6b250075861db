import { describe, expect, it } from 'vitest';
import { argmaxRows } from '#core/math/probabilities.ts';
import { createRandom } from '#core/math/random.ts';
import { crossFit, dealFolds } from './cross-fit.ts';
import { findSuspects } from './suspects.ts';

/** Three clouds of 40 points in 8 dimensions, in class order. */
function clouds() {
  const random = createRandom(4);
  const classes = Array.from({ length: 120 }, (_, row) => Math.floor(row / 40));
  const values = Float32Array.from(
    classes.flatMap((c) => Array.from({ length: 8 }, (_, d) => (d === c ? 9 : 0) + random.normal())),
  );
  return { points: { values, count: 120, width: 8 }, classes };
}

describe('crossFit', () => {
  it('answers each row from the others', () => {
    const { points, classes } = clouds();
    const probabilities = crossFit(points, classes, 3, { folds: 5, random: createRandom(1) });
    const right = argmaxRows(probabilities, 3).filter((c, row) => c === classes[row]).length;
    expect(right).toBeGreaterThan(112);
    expect(probabilities.slice(0, 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  });

  it(
    'LEARN-7 does not let a wrong label vouch for itself: suspects by confident learning are the labels that were ' +
      'changed',
    () => {
      const { points, classes } = clouds();
      const changed = new Map([
        [3, 1],
        [50, 2],
        [99, 0],
        [110, 1],
      ]);
      const given = classes.map((c, row) => changed.get(row) ?? c);
      const probabilities = crossFit(points, given, 3, { folds: 5, random: createRandom(1) });
      const suspects = findSuspects(probabilities, given, 3);
      // A changed row whose own point lies between clouds may stay below its class's mean confidence: three of four are
      // found, and nothing else.
      expect(suspects.length).toBeGreaterThanOrEqual(3);
      expect(suspects.every((item) => changed.has(item.row) && item.suggested === classes[item.row])).toBe(true);
    },
  );

  it('is seeded, and stands a class with one label', () => {
    const { points, classes } = clouds();
    const run = (seed: number) => crossFit(points, classes, 3, { folds: 3, random: createRandom(seed) });
    expect(run(1)).toEqual(run(1));
    const lonely = classes.map((c, row) => (row === 0 ? 3 : c));
    expect(crossFit(points, lonely, 4, { folds: 5, random: createRandom(1) }).every(Number.isFinite)).toBe(true);
  });
});

it('dealFolds gives every fold some of each class', () => {
  const { classes } = clouds();
  const fold = dealFolds(classes, 4, createRandom(2));
  for (let f = 0; f < 4; f += 1) {
    for (let c = 0; c < 3; c += 1)
      expect(classes.filter((value, row) => value === c && fold[row] === f)).toHaveLength(10);
  }
});
