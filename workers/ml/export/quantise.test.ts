import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fromHalf, toHalf, toUint8 } from './quantise.ts';

test('FORMAT-24 half precision: known values, nearest even, finite ends', () => {
  // Known bit patterns of IEEE 754 binary16.
  for (const [value, half] of [
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [6.103515625e-5, 0x0400],
    [5.960464477539063e-8, 0x0001],
    [1 / 3, 0x3555],
  ] as const) {
    expect(toHalf(value), String(value)).toBe(half);
  }
  expect(toHalf(1e9)).toBe(0x7bff);
  expect(toHalf(1 + 2 ** -11)).toBe(0x3c00);
  expect(toHalf(1 + 3 * 2 ** -11)).toBe(0x3c02);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7bff }), (half) => {
      expect(toHalf(fromHalf(half))).toBe(half);
    }),
  );
});

test('FORMAT-24 uint8: no value moves by more than half a step, zero stays zero', () => {
  fc.assert(
    fc.property(
      fc.float32Array({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100, minLength: 1 }),
      (data) => {
        const { values, scale, zero } = toUint8(data);
        data.forEach((value, i) =>
          expect(Math.abs(((values[i] ?? 0) - zero) * scale - value)).toBeLessThanOrEqual(scale * 0.5001 + 1e-30),
        );
        expect(toUint8(Float32Array.of(...data, 0)).values.at(-1)).toBe(toUint8(Float32Array.of(...data, 0)).zero);
      },
    ),
  );
});
