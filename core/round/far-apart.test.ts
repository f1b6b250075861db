import { describe, expect, it } from 'vitest';
import { EMBEDDING_BYTES } from './embedding.ts';
import { pickApart } from './far-apart.ts';

const at = (...places: number[]): Int8Array =>
  Int8Array.from({ length: places.length * EMBEDDING_BYTES }, (_, i) =>
    i % EMBEDDING_BYTES === 0 ? (places[i / EMBEDDING_BYTES] ?? 0) : 0,
  );

describe('FEATURE-9 what is picked far apart', () => {
  it('begins with the weightiest and leaves near ones for last', () => {
    expect(pickApart(at(0, 1, 2, 100, 101), [1, 0.9, 0.8, 0.7, 0.6], 2)).toEqual([0, 3]);
    expect(pickApart(at(0, 1, 2, 100, 101), [1, 0.9, 0.8, 0.7, 0.6], 5)).toHaveLength(5);
  });

  it('weighs doubt against distance', () => {
    expect(pickApart(at(0, 60, 100), [1, 0.9, 0.1], 2)).toEqual([0, 1]);
  });

  it('takes copies too when nothing else is left, each once', () => {
    expect(pickApart(at(5, 5, 5), [1, 1, 1], 3)).toEqual([0, 1, 2]);
    expect(pickApart(new Int8Array(), [], 3)).toEqual([]);
  });
});
