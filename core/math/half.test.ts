import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './half.ts';

const back = (value: number): number => fromHalf(toHalf(Float32Array.of(value)))[0] as number;

describe('16-bit floats', () => {
  it('FEATURE-1 keep three digits of any feature', () => {
    fc.assert(
      fc.property(fc.float({ min: -60000, max: 60000, noNaN: true }), (value) => {
        expect(Math.abs(back(value) - value)).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(value) / 2048));
      }),
    );
  });

  it('FEATURE-1 are exact where they can be, and never infinite or no number', () => {
    for (const value of [0, 1, -1, 0.5, 2 ** -24, 65504, -2.25]) expect(back(value)).toBe(value);
    expect(back(1e9)).toBe(65504);
    expect(back(-Infinity)).toBe(-65504);
    expect(back(Number.NaN)).toBe(0);
  });

  it('FEATURE-1 come back the same bits', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, word) => word).filter((word) => ((word >>> 10) & 31) !== 31);
    const bytes = new Uint8Array(all.buffer);
    expect(Buffer.compare(toHalf(fromHalf(bytes)), bytes)).toBe(0);
  });
});
