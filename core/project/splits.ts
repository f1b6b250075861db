import { hashString } from '../math/random.ts';
import { SPLITS } from './project.ts';
import type { Split } from './project.ts';

/**
 * Images that may follow one another into a split: more that look alike are drawn apart again, or data of one kind of
 * picture would have no test.
 */
export const GROUP_MOST = 8;

interface Draw {
  /**
   * Split that the data itself names: `test` and `validation` are kept; from a named training folder only validation is
   * drawn.
   */
  named: Split | null;
  validationShare: number;
  testShare: number;
}

/**
 * Could the draw put an image into this split? Then it may also follow one there that it looks like; what the data
 * names stays.
 */
export function isDrawable(split: Split, { named, validationShare, testShare }: Draw): boolean {
  if (named === 'test' || named === 'validation') return false;
  if (split === 'test') return testShare > 0 && named !== 'pool';
  return split === 'pool' || validationShare > 0;
}

/**
 * Draws the split of an image that follows no other one. The same seed and content draw the same, so a repeated import
 * does too.
 */
export function drawSplit({ named, ...params }: Draw & { seed: number | string; contentHash: string }): Split {
  if (named === 'test' || named === 'validation') return named;
  const draw = hashString(`${params.seed}:${params.contentHash}`) / 4294967296;
  const testShare = named === 'pool' ? 0 : params.testShare;
  if (draw < testShare) return 'test';
  return draw < testShare + params.validationShare ? 'validation' : 'pool';
}

/**
 * How many images each split may expect of an upload, before anything of it is drawn: what it names stays, of what it
 * leaves open the shares are taken, and of a named training folder that of validation. Empty splits are left out.
 *
 * @example
 *   expectSplits({ pool: 400, validation: 0, test: 60, drawn: 0 }, { validationShare: 0.1, testShare: 0.1 });
 *   // 360 pool and 40 validation, drawn, and 60 test
 */
export function expectSplits(
  named: Readonly<Record<Split | 'drawn', number>>,
  { validationShare, testShare }: Omit<Draw, 'named'>,
): { split: Split; images: number; isDrawn: boolean }[] {
  const open = named.pool + named.drawn;
  const validation = Math.round(open * validationShare);
  const test = Math.round(named.drawn * testShare);
  const isDrawn = {
    validation: open > 0 && validationShare > 0,
    test: named.drawn > 0 && testShare > 0,
  };
  const expected = {
    pool: { images: open - validation - test, isDrawn: isDrawn.validation || isDrawn.test },
    validation: { images: named.validation + validation, isDrawn: isDrawn.validation },
    test: { images: named.test + test, isDrawn: isDrawn.test },
  };
  return SPLITS.map((split) => ({ split, ...expected[split] })).filter(({ images }) => images > 0);
}
