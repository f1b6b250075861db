import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { findNearPairs } from './near-pairs.ts';

/** Embeddings at random; `copies` of the first ones follow, each moved by a little. */
function draw(count: number, copies: number, moved: number): Int8Array {
  const random = createRandom(5);
  const out = new Int8Array((count + copies) * EMBEDDING_BYTES);
  for (let at = 0; at < count * EMBEDDING_BYTES; at += 1) out[at] = Math.round(20 * random.normal());
  for (let at = 0; at < copies * EMBEDDING_BYTES; at += 1)
    out[count * EMBEDDING_BYTES + at] = (out[at] ?? 0) + Math.round(moved * random.normal());
  return out;
}
const whole = (count: number): number[][] => [Array.from({ length: count }, (_, row) => row)];

describe('FEATURE-8 pairs that are nearly the same', () => {
  it('are those far nearer than images mostly are, the closest first, each once', () => {
    const pairs = findNearPairs(draw(200, 10, 2), whole(210), 100);
    expect(pairs.map(({ a, b }) => b - a)).toEqual(pairs.map(() => 200));
    expect(pairs.map(({ a }) => a).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(pairs.map(({ distance }) => distance)).toEqual(pairs.map(({ distance }) => distance).sort((a, b) => a - b));
  });

  it('are none among images that are only as near as images are, or too few, or all the same', () => {
    expect(findNearPairs(draw(200, 0, 0), whole(200), 100)).toEqual([]);
    expect(findNearPairs(draw(5, 5, 0), whole(10), 100)).toEqual([]);
    expect(findNearPairs(new Int8Array(30 * EMBEDDING_BYTES), whole(30), 100)).toEqual([]);
  });

  it('are as many as asked for, and sought within groups', () => {
    expect(findNearPairs(draw(200, 10, 2), whole(210), 3)).toHaveLength(3);
    const apart = [Array.from({ length: 200 }, (_, row) => row), Array.from({ length: 10 }, (_, row) => 200 + row)];
    expect(findNearPairs(draw(200, 10, 2), apart, 100)).toEqual([]);
  });
});
