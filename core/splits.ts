import { hashString } from './random.ts';
import type { Split } from './project.ts';

/**
 * Draws an image's split at import. The draw depends on the seed and on what the image looks like, so near-duplicates
 * fall on one side and a repeated import draws the same.
 * @param named split that the data itself names: `test` and `validation` are kept; from a named training folder only validation is drawn
 */
export function drawSplit(params: {
  seed: number | string;
  likeness: number;
  named: Split | null;
  validationShare: number;
  testShare: number;
}): Split {
  if (params.named === 'test' || params.named === 'validation') return params.named;
  const draw = hashString(`${params.seed}:${params.likeness}`) / 4294967296;
  const testShare = params.named === 'pool' ? 0 : params.testShare;
  if (draw < testShare) return 'test';
  return draw < testShare + params.validationShare ? 'validation' : 'pool';
}
