import { describe, expect, it } from 'vitest';
import { drawSplit, expectSplits, isDrawable } from './splits.ts';

const shares = { validationShare: 0.2, testShare: 0.1 };

describe('the draw of a split', () => {
  it('IMAGE-4 gives the shares asked, the same for the same content, and keeps what the data names', () => {
    const draws = Array.from({ length: 5000 }, (_, index) =>
      drawSplit({ seed: 's', contentHash: `c${index}`, named: null, ...shares }),
    );
    const share = (split: string) => draws.filter((drawn) => drawn === split).length / draws.length;
    expect(share('validation')).toBeCloseTo(0.2, 1);
    expect(share('test')).toBeCloseTo(0.1, 1);
    expect(drawSplit({ seed: 's', contentHash: 'c7', named: null, ...shares })).toBe(draws[7]);
    expect(drawSplit({ seed: 's', contentHash: 'c7', named: 'test', ...shares })).toBe('test');
    const named = Array.from({ length: 500 }, (_, index) =>
      drawSplit({ seed: 's', contentHash: `c${index}`, named: 'pool', ...shares }),
    );
    expect(new Set(named)).toEqual(new Set(['pool', 'validation']));
  });

  it('IMAGE-4 an image follows another one only where the draw could have put it', () => {
    const open = (named: 'pool' | 'validation' | 'test' | null, change = {}) =>
      (['pool', 'validation', 'test'] as const).filter((split) => isDrawable(split, { named, ...shares, ...change }));
    expect(open(null)).toEqual(['pool', 'validation', 'test']);
    expect(open('pool')).toEqual(['pool', 'validation']);
    expect(open('pool', { validationShare: 0 })).toEqual(['pool']);
    expect(open(null, { testShare: 0 })).toEqual(['pool', 'validation']);
    expect([open('test'), open('validation')]).toEqual([[], []]);
  });

  it('PROPOSAL-6 what is expected of an upload is what the draw gives, within what chance may do', () => {
    const named = { pool: 4000, validation: 30, test: 60, drawn: 1000 };
    const expected = expectSplits(named, shares);
    expect(expected).toEqual([
      { split: 'pool', images: 3900, isDrawn: true },
      { split: 'validation', images: 1030, isDrawn: true },
      { split: 'test', images: 160, isDrawn: true },
    ]);
    const drawn = (Object.entries(named) as [keyof typeof named, number][]).flatMap(([split, count]) =>
      Array.from({ length: count }, (_, index) =>
        drawSplit({ seed: 1, contentHash: `${split}${index}`, named: split === 'drawn' ? null : split, ...shares }),
      ),
    );
    for (const { split, images } of expected) {
      const off = drawn.filter((one) => one === split).length - images;
      expect(Math.abs(off)).toBeLessThan(0.02 * drawn.length);
    }
    // Nothing is left to chance where no share is set, or where the upload names all of it.
    expect(expectSplits(named, { validationShare: 0, testShare: 0 })).toEqual([
      { split: 'pool', images: 5000, isDrawn: false },
      { split: 'validation', images: 30, isDrawn: false },
      { split: 'test', images: 60, isDrawn: false },
    ]);
    expect(expectSplits({ pool: 0, validation: 0, test: 9, drawn: 0 }, shares)).toEqual([
      { split: 'test', images: 9, isDrawn: false },
    ]);
  });
});
