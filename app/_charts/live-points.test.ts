import { expect, it } from 'vitest';
import { addLivePoint } from './live-points.ts';
import type { LivePoint } from './live-points.ts';

it('a page that watches a run for days keeps a bounded curve, with every figure of validation', () => {
  let points: readonly LivePoint[] = [];
  for (let step = 1; step <= 20_000; step += 1) {
    const valAccuracy = step % 1000 === 0 ? 0.5 : null;
    points = addLivePoint(points, {
      roundId: 'a',
      step,
      lossLabeled: 1,
      lossPseudo: null,
      learningRate: 0.1,
      imagesPerSecond: 1,
      valAccuracy,
    });
  }
  expect(points.length).toBeLessThanOrEqual(2000);
  expect(points.at(-1)?.step).toBe(20_000);
  expect(points.filter(({ valAccuracy }) => valAccuracy !== null)).toHaveLength(20);
  expect(points[0]?.step).toBe(1);
});
