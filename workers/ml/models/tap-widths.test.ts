import { expect, it } from 'vitest';
import { hasBuiltInBackbone, readBuiltInBackbone } from '../backbone/index.ts';
import { buildModel } from './build.ts';
import { tapWidths } from './tap-widths.ts';

it('FEATURE-1 an embedding of one layer has no taps', () => {
  expect(tapWidths(buildModel({ name: 'xs', inputSize: 16, channels: 3, classes: 2 }))).toBeNull();
});

it.skipIf(!hasBuiltInBackbone())('FEATURE-1 the built-in backbone joins four layers of known widths', async () => {
  const { graph } = await readBuiltInBackbone();
  expect(tapWidths(graph)).toEqual([64, 96, 160, 320]);
});
