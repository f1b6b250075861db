import { expect, it } from 'vitest';
import { createBucket } from './token-bucket.ts';

it('OPS-44 a bucket gives its burst at once and then so many a second', () => {
  let now = 0;
  const bucket = createBucket({ burst: 3, perSecond: 2 }, () => now);
  const take = (times: number): number => Array.from({ length: times }, () => bucket.take()).filter(Boolean).length;
  expect(take(10)).toBe(3);
  now = 1000;
  expect(take(10)).toBe(2);
  now = 1_000_000;
  expect(take(10)).toBe(3);
});
