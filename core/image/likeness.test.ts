import { describe, expect, it } from 'vitest';
import {
  averageAreas,
  compareLikeness,
  differenceHash,
  HASH_BANDS,
  hashDistance,
  isFlat,
  measureLikeness,
} from './likeness.ts';
import { createRandom } from '../math/random.ts';

const random = createRandom(11);
const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
const flip = (hash: bigint, ...bits: number[]) =>
  BigInt.asIntN(
    64,
    bits.reduce((at, bit) => at ^ (1n << BigInt(bit)), hash),
  );

describe('what an image looks like', () => {
  it('IMAGE-11 the hash tells for each of 64 places whether its right neighbour is lighter', () => {
    const gray = new Uint8Array(72).fill(100);
    gray[1] = 101; // row 0: place 0 rises, place 1 falls
    gray[9 * 7 + 8] = 101; // row 7: place 7 rises
    expect(BigInt.asUintN(64, differenceHash(gray)).toString(2).padStart(64, '0')).toBe(`1${'0'.repeat(62)}1`);
    expect(differenceHash(gray)).toBeLessThan(0n);
  });

  it('IMAGE-11 is measured on means of areas, whatever the size of the picture', () => {
    const scaled = (gray: number[], width: number, toWidth: number, toHeight: number) => [
      ...averageAreas(
        Uint8Array.from(gray),
        { width, height: gray.length / width },
        { width: toWidth, height: toHeight },
      ),
    ];
    expect(scaled([10, 20, 30, 40, 50, 60], 3, 2, 1)).toEqual([28, 42]); // (10 + 20/2 + 40 + 50/2) / 3 and its mirror
    expect(scaled([0, 100], 2, 4, 2)).toEqual([0, 0, 100, 100, 0, 0, 100, 100]);
    expect(new Set(scaled(Array<number>(31 * 17).fill(255), 31, 9, 8))).toEqual(new Set([255]));
    const small = bytes(10 * 12);
    const large = Uint8Array.from(
      { length: 30 * 36 },
      (_, at) => small[Math.floor(at / 30 / 3) * 10 + Math.floor((at % 30) / 3)] ?? 0,
    );
    const [one, other] = [
      measureLikeness(small, { width: 10, height: 12 }),
      measureLikeness(large, { width: 30, height: 36 }),
    ];
    expect(one).not.toBeNull();
    expect(other).toEqual(one);
    expect(measureLikeness(Uint8Array.of(7), { width: 1, height: 1 })).toBeNull();
  });

  it('IMAGE-11 two images look alike up to three bits and below a mean difference of five, and not beyond', () => {
    const [hash, gray] = [differenceHash(bytes(72)), new Uint8Array(256).fill(90)];
    const shifted = (by: number, hashed = hash) => ({ hash: hashed, gray: gray.map((value) => value + by) });
    expect(compareLikeness({ hash, gray }, shifted(4, flip(hash, 0, 31, 63)))).toEqual({ distance: 3, difference: 4 });
    expect(compareLikeness({ hash, gray }, shifted(4, flip(hash, 0, 31, 62, 63)))).toBeNull();
    expect(compareLikeness({ hash, gray }, shifted(-5))).toBeNull();
    expect(compareLikeness(shifted(7), shifted(-7))).toBeNull();
  });

  it('IMAGE-11 hashes at most three bits apart always agree in a band, so that an index finds them', () => {
    expect(HASH_BANDS.reduce((all, band) => all ^ band, 0n)).toBe(-1n);
    expect(HASH_BANDS.map((band) => hashDistance(band, 0n))).toEqual([16, 16, 16, 16]);
    for (let turn = 0; turn < 200; turn += 1) {
      const hash = differenceHash(bytes(72));
      const near = flip(hash, ...random.shuffle(Array.from({ length: 64 }, (_, bit) => bit)).slice(0, 3));
      expect(HASH_BANDS.some((band) => (hash & band) === (near & band))).toBe(true);
    }
  });

  it('IMAGE-11 an even surface, a slope and a faint pattern have no structure; a pattern has', () => {
    const gray = bytes(256);
    const hash = differenceHash(bytes(72));
    expect(isFlat({ hash, gray })).toBe(false);
    expect(isFlat({ hash: 0n, gray })).toBe(true);
    expect(isFlat({ hash: -1n, gray })).toBe(true);
    expect(isFlat({ hash, gray: gray.map((value) => 120 + (value % 20)) })).toBe(true);
  });
});
