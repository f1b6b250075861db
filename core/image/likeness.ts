/**
 * What an image looks like, small enough to keep of millions. Two images of one scene, or one picture saved twice, are
 * close in both parts; the hash finds candidates by an index, the gray values tell them from images that merely share
 * their outlines.
 */
export interface Likeness {
  /**
   * 64 comparisons of neighbours in a 9 × 8 gray picture, row by row, highest bit first; signed, as the database keeps
   * it.
   */
  hash: bigint;
  /** 16 × 16 gray values, 0..255, row by row. */
  gray: Uint8Array;
}

/** Bits in which the hashes of look-alikes may differ. */
export const HASH_DISTANCE_MOST = 3;
/**
 * Mean difference of the gray values below which images look alike, of 255. On CIFAR-10 unrelated images with close
 * hashes begin at 8.
 */
const GRAY_DIFFERENCE_BELOW = 5;
/**
 * Fewest comparisons of either outcome, and least standard deviation of the gray values, of an image with something in
 * it.
 */
const OUTCOMES_LEAST = 8;
const DEVIATION_LEAST = 8;

const COLUMNS = 8;
const ROWS = 8;
const HASH_BITS = COLUMNS * ROWS;
/** Side of the gray picture that is kept. */
const SIDE = 16;

/** What a gray picture looks like; null for one without structure. */
export function measureLikeness(gray: Uint8Array, size: Size): Likeness | null {
  const likeness = {
    hash: differenceHash(averageAreas(gray, size, { width: COLUMNS + 1, height: ROWS })),
    gray: averageAreas(gray, size, { width: SIDE, height: SIDE }),
  };
  return isFlat(likeness) ? null : likeness;
}

export interface Size {
  width: number;
  height: number;
}

/** Scales gray values by the mean of the area that each new one covers, parts of pixels included, up or down. */
export function averageAreas(gray: Uint8Array, from: Size, to: Size): Uint8Array {
  const across = new Float64Array(from.height * to.width);
  for (const { target, source, share } of shareOut(from.width, to.width)) {
    for (let y = 0; y < from.height; y += 1)
      across[y * to.width + target] =
        (across[y * to.width + target] ?? 0) + share * (gray[y * from.width + source] ?? 0);
  }
  const scaled = new Float64Array(to.height * to.width);
  for (const { target, source, share } of shareOut(from.height, to.height)) {
    for (let x = 0; x < to.width; x += 1)
      scaled[target * to.width + x] =
        (scaled[target * to.width + x] ?? 0) + share * (across[source * to.width + x] ?? 0);
  }
  return Uint8Array.from(scaled, Math.round);
}

/** Which share of each of `to` equal parts of a line is covered by which of its `from` parts. */
function shareOut(from: number, to: number): { target: number; source: number; share: number }[] {
  return Array.from({ length: to }, (_, target) => {
    const [begin, end] = [(target * from) / to, ((target + 1) * from) / to];
    const first = Math.floor(begin);
    return Array.from({ length: Math.ceil(end) - first }, (__, offset) => {
      const source = first + offset;
      return { target, source, share: (Math.min(end, source + 1) - Math.max(begin, source)) / (end - begin) };
    });
  }).flat();
}

/** Difference hash (after N. Krawetz, 2013) of 9 × 8 gray values: is each darker than its right neighbour? */
export function differenceHash(gray9x8: Uint8Array): bigint {
  let hash = 0n;
  for (let bit = 0; bit < HASH_BITS; bit += 1) {
    const at = Math.floor(bit / COLUMNS) * (COLUMNS + 1) + (bit % COLUMNS);
    hash = (hash << 1n) | ((gray9x8[at] ?? 0) < (gray9x8[at + 1] ?? 0) ? 1n : 0n);
  }
  return BigInt.asIntN(HASH_BITS, hash);
}

/**
 * Four bands of 16 bits: hashes that differ in at most three bits agree in one band whole, which an index finds. Each
 * band takes every fourth diagonal, so that its bits are far apart and vary: on CIFAR-10 two images agree in a band
 * with chance 2.7e-5 (even bits: 1.5e-5), in bands of two whole rows some three times as often.
 */
export const HASH_BANDS: readonly bigint[] = [0, 1, 2, 3].map((band) => {
  let mask = 0n;
  for (let bit = 0; bit < HASH_BITS; bit += 1)
    if ((Math.floor(bit / COLUMNS) + bit) % 4 === band) mask |= 1n << BigInt(HASH_BITS - 1 - bit);
  return BigInt.asIntN(HASH_BITS, mask);
});

/** Bits in which two hashes differ. */
export function hashDistance(a: bigint, b: bigint): number {
  let count = 0;
  for (let rest = BigInt.asUintN(HASH_BITS, a ^ b); rest !== 0n; rest &= rest - 1n) count += 1;
  return count;
}

/** Mean absolute difference of the gray values, 0..255. */
function grayDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += Math.abs((a[at] ?? 0) - (b[at] ?? 0));
  return sum / a.length;
}

/** How far two images that look alike are apart; null when they do not. */
export function compareLikeness(a: Likeness, b: Likeness): { distance: number; difference: number } | null {
  const distance = hashDistance(a.hash, b.hash);
  if (distance > HASH_DISTANCE_MOST) return null;
  const difference = grayDifference(a.gray, b.gray);
  return difference < GRAY_DIFFERENCE_BELOW ? { distance, difference } : null;
}

/**
 * An even surface, or a step and nothing else: such images are alike without being the same, so they look like none.
 */
export function isFlat({ hash, gray }: Likeness): boolean {
  const ones = hashDistance(hash, 0n);
  if (Math.min(ones, HASH_BITS - ones) < OUTCOMES_LEAST) return true;
  const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length;
  const variance = gray.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gray.length;
  return variance < DEVIATION_LEAST ** 2;
}
