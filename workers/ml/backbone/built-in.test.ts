import { describe, expect, it } from 'vitest';
import { BUILT_IN_BACKBONE } from '#core/run/backbones.ts';
import { createRandom } from '#core/math/random.ts';
import { hasBuiltInBackbone, readBuiltInBackbone } from './built-in.ts';
import { openEmbedder } from './embedder.ts';

describe('BACKBONE-4 the built-in backbone', () => {
  it.skipIf(!hasBuiltInBackbone())('is read from its package, checked, and tells flat images from noise', async () => {
    const backbone = await readBuiltInBackbone();
    expect(backbone.graph.input).toMatchObject({ size: BUILT_IN_BACKBONE.side, channels: 3 });
    const side = 64;
    const embedder = await openEmbedder(backbone, { side, threads: 1 });
    expect(embedder.width).toBe(BUILT_IN_BACKBONE.width);
    const random = createRandom(1);
    const image = side * side * 3;
    const pixels = Uint8Array.from({ length: 2 * image }, (_, i) => (i < image ? 128 : random.below(256)));
    const features = await embedder.embed(pixels);
    await embedder.close();
    expect(features).toHaveLength(2 * BUILT_IN_BACKBONE.width);
    expect(features.every(Number.isFinite)).toBe(true);
    const apart = features
      .subarray(0, 640)
      .reduce((sum, value, i) => sum + Math.abs(value - (features[640 + i] ?? 0)), 0);
    expect(apart / 640).toBeGreaterThan(0.05);
  });
});
