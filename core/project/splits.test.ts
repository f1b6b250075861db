import { describe, expect, it } from 'vitest';
import { drawSplit, isDrawable } from './splits.ts';

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
});
