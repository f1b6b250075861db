import { hashString } from '../math/random.ts';
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
