import { describe, expect, it } from 'vitest';
import { EMBEDDING_BYTES, embeddingDistance, rankNearest } from './embedding.ts';
import { createRandom } from '../math/random.ts';

describe('compact embeddings', () => {
  const random = createRandom(5);
  const rows = Int8Array.from({ length: 50 * EMBEDDING_BYTES }, () => random.below(255) - 127);
  const far = (i: number, j: number): number =>
    Array.from(
      { length: EMBEDDING_BYTES },
      (_, d) => ((rows[i * EMBEDDING_BYTES + d] ?? 0) - (rows[j * EMBEDDING_BYTES + d] ?? 0)) ** 2,
    ).reduce((sum, value) => sum + value, 0);

  it('are as far apart as their bytes', () => {
    expect(embeddingDistance(rows, 3, rows, 7)).toBe(far(3, 7));
  });

  it('are ranked by distance, the first of equals first, up to the farthest there is', () => {
    const query = rows.subarray(4 * EMBEDDING_BYTES, 5 * EMBEDDING_BYTES);
    const order = rankNearest(query, rows);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i).sort((a, b) => far(4, a) - far(4, b) || a - b));
    const ends = new Int8Array(3 * EMBEDDING_BYTES).fill(127, 0, 2 * EMBEDDING_BYTES).fill(-127, 2 * EMBEDDING_BYTES);
    expect(rankNearest(ends.subarray(0, EMBEDDING_BYTES), ends)).toEqual([0, 1, 2]);
  });
});
