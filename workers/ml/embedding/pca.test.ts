import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { fitPlane } from './pca.ts';

describe('the map of embeddings', () => {
  it('finds the two directions of most variance, each with unit variance', () => {
    const random = createRandom(3);
    const rows = 2000;
    const data = new Float32Array(rows * 4);
    const truth = Array.from({ length: rows }, () => [random.normal(), random.normal()]);
    for (const [row, [a = 0, b = 0]] of truth.entries())
      data.set([5 + 3 * a, 2 * b, 0.1 * random.normal(), 3 * a], row * 4);
    const { x, y } = fitPlane(data, 4).project(data);
    const correlation = (values: Float32Array, axis: number) =>
      Math.abs(values.reduce((sum, value, row) => sum + value * (truth[row]?.[axis] ?? 0), 0) / rows);
    expect(correlation(x, 0)).toBeGreaterThan(0.95);
    expect(correlation(y, 1)).toBeGreaterThan(0.95);
    expect(x.reduce((sum, value) => sum + value * value, 0) / rows).toBeCloseTo(1, 1);
  });

  it('puts embeddings without variance on one point', () => {
    const { x, y } = fitPlane(new Float32Array(12).fill(2), 3).project(new Float32Array(12).fill(2));
    expect([...x, ...y].every((value) => value === 0)).toBe(true);
  });
});
