import type { Random } from '#core/math/random.ts';

/** Rows of equal width in one block. */
export interface Points {
  values: Float32Array;
  count: number;
  width: number;
}

const ROUNDS = 15;

/**
 * Squared distance of two rows; once it is past `limit` any number past it. Eight terms a turn: a single running sum
 * waits for itself.
 */
export function squaredDistance(
  a: Points,
  i: number,
  b: { values: Float32Array },
  j: number,
  limit = Infinity,
): number {
  const { width } = a;
  const [left, right] = [a.values, b.values];
  let [at, to] = [i * width, j * width];
  const end = at + width;
  let sum = 0;
  for (; at + 8 <= end; at += 8, to += 8) {
    const d0 = (left[at] as number) - (right[to] as number);
    const d1 = (left[at + 1] as number) - (right[to + 1] as number);
    const d2 = (left[at + 2] as number) - (right[to + 2] as number);
    const d3 = (left[at + 3] as number) - (right[to + 3] as number);
    const d4 = (left[at + 4] as number) - (right[to + 4] as number);
    const d5 = (left[at + 5] as number) - (right[to + 5] as number);
    const d6 = (left[at + 6] as number) - (right[to + 6] as number);
    const d7 = (left[at + 7] as number) - (right[to + 7] as number);
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7));
    if (sum > limit) return sum;
  }
  for (; at < end; at += 1, to += 1) sum += ((left[at] as number) - (right[to] as number)) ** 2;
  return sum;
}

/**
 * k-means++ seeding (Arthur & Vassilvitskii 2007): positions of up to `k` rows that lie far apart. `weights` makes some
 * rows likelier.
 */
export function spreadOut(points: Points, k: number, random: Random, weights?: ArrayLike<number>): number[] {
  const { count } = points;
  const weight = (i: number): number => weights?.[i] ?? 1;
  const nearest = new Float64Array(count).fill(Infinity);
  const chosen: number[] = [];
  while (chosen.length < Math.min(k, count)) {
    let total = 0;
    for (let i = 0; i < count; i += 1) total += chosen.length === 0 ? weight(i) : (nearest[i] ?? 0) * weight(i);
    const next =
      total > 0
        ? drawRow(count, random.next() * total, (i) =>
            chosen.length === 0 ? weight(i) : (nearest[i] ?? 0) * weight(i),
          )
        : firstUnused(count, chosen);
    chosen.push(next);
    for (let i = 0; i < count; i += 1)
      nearest[i] = Math.min(nearest[i] ?? Infinity, squaredDistance(points, i, points, next));
  }
  return chosen;
}

function drawRow(count: number, target: number, mass: (i: number) => number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < count; i += 1) {
    const m = mass(i);
    if (m <= 0) continue;
    sum += m;
    last = i;
    if (sum >= target) return i;
  }
  return last;
}

function firstUnused(count: number, chosen: readonly number[]): number {
  const used = new Set(chosen);
  for (let i = 0; i < count; i += 1) if (!used.has(i)) return i;
  return 0;
}

/** Lloyd's algorithm from k-means++ seeds. Returns the cluster of each row. */
export function kMeans(points: Points, k: number, random: Random): Int32Array {
  const { count, width } = points;
  const seeds = spreadOut(points, k, random);
  const centres = { values: new Float32Array(seeds.length * width) };
  for (const [c, row] of seeds.entries())
    centres.values.set(points.values.subarray(row * width, (row + 1) * width), c * width);
  const cluster = new Int32Array(count).fill(-1);
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = 0;
    for (let i = 0; i < count; i += 1) {
      // The old centre first: it is mostly the nearest still, and a short distance ends the others early.
      let best = Math.max(0, cluster[i] ?? 0);
      let least = squaredDistance(points, i, centres, best);
      for (let c = 0; c < seeds.length; c += 1) {
        const d = squaredDistance(points, i, centres, c, least);
        if (d < least) [least, best] = [d, c];
      }
      if (cluster[i] !== best) moved += 1;
      cluster[i] = best;
    }
    if (moved === 0) break;
    const sums = new Float64Array(centres.values.length);
    const sizes = new Int32Array(seeds.length);
    for (let i = 0; i < count; i += 1) {
      const c = cluster[i] ?? 0;
      sizes[c] = (sizes[c] ?? 0) + 1;
      for (let d = 0; d < width; d += 1)
        sums[c * width + d] = (sums[c * width + d] ?? 0) + (points.values[i * width + d] ?? 0);
    }
    for (let j = 0; j < sums.length; j += 1) {
      const size = sizes[Math.floor(j / width)] ?? 0;
      if (size > 0) centres.values[j] = (sums[j] ?? 0) / size;
    }
  }
  return cluster;
}
