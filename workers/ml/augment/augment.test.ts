import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_AUGMENTATION } from '#core/run/learning.ts';
import type { AugmentationPolicy, PixelSet } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import { allowedOperations, augmentBatch, augmentImage, cutout, geometricMap, previewAugmentation } from './augment.ts';
import type { Strength } from './augment.ts';

function pixelSet(count: number, height: number, width: number, channels: 1 | 3): PixelSet {
  const random = createRandom(9);
  return {
    data: Uint8Array.from({ length: count * height * width * channels }, () => random.below(256)),
    count,
    height,
    width,
    channels,
  };
}

const OFF: AugmentationPolicy = {
  flipHorizontal: false,
  flipVertical: false,
  colour: false,
  rotation: 0,
  operations: 0,
  magnitude: 0,
  probability: 0,
  cutout: 0,
};
const policies = fc.record({
  flipHorizontal: fc.boolean(),
  flipVertical: fc.boolean(),
  colour: fc.boolean(),
  rotation: fc.integer({ min: 0, max: 180 }),
  operations: fc.nat(4),
  magnitude: fc.nat(10),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  cutout: fc.nat(40),
});

/** A ramp: brightness rises to the right and, less, downwards, so that a flip shows. */
function ramp(): PixelSet {
  return {
    data: Uint8Array.from({ length: 256 }, (_, i) => (i % 16) * 12 + Math.floor(i / 16) * 2),
    count: 1,
    height: 16,
    width: 16,
    channels: 1,
  };
}

function slopes(image: Uint8Array): { across: number; down: number } {
  return {
    across: (image[8 * 16 + 12] ?? 0) - (image[8 * 16 + 3] ?? 0),
    down: (image[12 * 16 + 8] ?? 0) - (image[3 * 16 + 8] ?? 0),
  };
}

describe('augmentBatch', () => {
  it('gives the same bytes for the same seed, step and images, and others for another seed or step', () => {
    const pixels = pixelSet(4, 16, 16, 3);
    const make = (seed: number, step: number) =>
      augmentBatch({ pixels, indices: [0, 3, 1] }, DEFAULT_AUGMENTATION, { seed, step, strength: 'strong' });
    expect(make(1, 5)).toEqual(make(1, 5));
    expect(make(1, 5)).not.toEqual(make(2, 5));
    expect(make(1, 5)).not.toEqual(make(1, 6));
  });
  it('keeps to bytes recorded once, so that every machine agrees', () => {
    const made = augmentBatch({ pixels: pixelSet(3, 8, 8, 3), indices: [2, 0, 0] }, DEFAULT_AUGMENTATION, {
      seed: 7,
      step: 3,
      strength: 'strong',
    });
    expect(made.reduce((hash, v) => (Math.imul(hash, 31) + v) >>> 0, 7)).toBe(RECORDED);
  });
  it('draws an image that stands twice in a batch twice', () => {
    const pixels = pixelSet(1, 16, 16, 3);
    const made = augmentBatch({ pixels, indices: [0, 0] }, DEFAULT_AUGMENTATION, {
      seed: 1,
      step: 1,
      strength: 'strong',
    });
    expect(made.slice(0, 768)).not.toEqual(made.slice(768));
  });
  it('leaves the source as it is, and copies at strength none', () => {
    const pixels = pixelSet(2, 8, 8, 1);
    const before = pixels.data.slice();
    const made = augmentBatch({ pixels, indices: [1, 0] }, DEFAULT_AUGMENTATION, {
      seed: 1,
      step: 1,
      strength: 'none',
    });
    augmentBatch({ pixels, indices: [1, 0] }, DEFAULT_AUGMENTATION, { seed: 1, step: 1, strength: 'strong' });
    expect(pixels.data).toEqual(before);
    expect([...made]).toEqual([...before.slice(64), ...before.slice(0, 64)]);
  });
  it('keeps the size, for any policy, size and channels', () => {
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(1 as const, 3 as const),
        fc.constantFrom<Strength>('none', 'weak', 'strong'),
        (policy, height, width, channels, strength) => {
          const made = augmentBatch({ pixels: pixelSet(2, height, width, channels), indices: [0, 1, 1] }, policy, {
            seed: 1,
            step: 2,
            strength,
          });
          expect(made).toHaveLength(3 * height * width * channels);
        },
      ),
    );
  });
  it('never flips when the policy forbids it, and flips about half of the images when it allows it', () => {
    const pixels = ramp();
    const indices = Array.from({ length: 400 }, () => 0);
    const flips = (policy: AugmentationPolicy): { across: number; down: number } => {
      const made = augmentBatch({ pixels, indices }, policy, { seed: 4, step: 0, strength: 'weak' });
      const all = indices.map((_, i) => slopes(made.subarray(i * 256, (i + 1) * 256)));
      return { across: all.filter((s) => s.across < 0).length, down: all.filter((s) => s.down < 0).length };
    };
    expect(flips(OFF)).toEqual({ across: 0, down: 0 });
    const horizontal = flips({ ...OFF, flipHorizontal: true });
    expect(horizontal.down).toBe(0);
    expect(horizontal.across).toBeGreaterThan(150);
    expect(horizontal.across).toBeLessThan(250);
    expect(flips({ ...OFF, flipVertical: true }).across).toBe(0);
    expect(flips({ ...OFF, flipVertical: true }).down).toBeGreaterThan(150);
  });
  it('is weak at magnitude 0 without cutout', () => {
    const pixels = pixelSet(1, 16, 16, 3);
    const make = (policy: AugmentationPolicy, strength: Strength) =>
      augmentBatch({ pixels, indices: [0] }, policy, { seed: 1, step: 1, strength });
    const still = { ...DEFAULT_AUGMENTATION, magnitude: 0, cutout: 0 };
    expect(make(still, 'strong')).toEqual(make(still, 'weak'));
    expect(make({ ...DEFAULT_AUGMENTATION, cutout: 0, probability: 0 }, 'strong')).toEqual(make(still, 'weak'));
  });
  it('shifts weakly by at most 2 px at 32 px', () => {
    const data = new Uint8Array(32 * 32);
    data[16 * 32 + 16] = 255;
    const moves = new Set<number>();
    for (let step = 0; step < 200; step += 1) {
      const made = augmentBatch({ pixels: { data, count: 1, height: 32, width: 32, channels: 1 }, indices: [0] }, OFF, {
        seed: 1,
        step,
        strength: 'weak',
      });
      const at = made.indexOf(255);
      expect(Math.abs((at % 32) - 16)).toBeLessThanOrEqual(2);
      expect(Math.abs(Math.floor(at / 32) - 16)).toBeLessThanOrEqual(2);
      moves.add(at);
    }
    expect(moves.size).toBe(25);
  });
});

describe('policy', () => {
  it('gives no colour operation to grayscale images or where colour is off, no rotation at 0', () => {
    expect(allowedOperations(DEFAULT_AUGMENTATION, 3)).toHaveLength(15);
    expect(allowedOperations(DEFAULT_AUGMENTATION, 1)).toEqual([
      'rotate',
      'shearX',
      'shearY',
      'translateX',
      'translateY',
      'sharpness',
    ]);
    expect(allowedOperations({ ...DEFAULT_AUGMENTATION, colour: false, rotation: 0 }, 3)).not.toContain('rotate');
    expect(allowedOperations({ ...DEFAULT_AUGMENTATION, colour: false }, 3)).not.toContain('invert');
  });
  it('scales geometry with the level: rotation to its limit, shear 0.3, translation 4 px at 32', () => {
    const shape = { height: 32, width: 32, channels: 3 };
    expect(Math.asin(geometricMap('rotate', 10, 1, DEFAULT_AUGMENTATION, shape).c) * (180 / Math.PI)).toBeCloseTo(30);
    expect(geometricMap('rotate', 5, -1, DEFAULT_AUGMENTATION, shape).c).toBeCloseTo(-Math.sin(Math.PI / 12));
    expect(geometricMap('shearX', 10, -1, DEFAULT_AUGMENTATION, shape).b).toBeCloseTo(-0.3);
    expect(geometricMap('shearY', 5, 1, DEFAULT_AUGMENTATION, shape).c).toBeCloseTo(0.15);
    expect(geometricMap('translateX', 10, 1, DEFAULT_AUGMENTATION, shape).tx).toBeCloseTo(-4);
    expect(geometricMap('translateY', 5, -1, DEFAULT_AUGMENTATION, shape).ty).toBeCloseTo(2);
  });
  it('is the identity with everything off and no shift', () => {
    const source = pixelSet(1, 7, 7, 3).data;
    const target = new Uint8Array(source.length);
    augmentImage(source, target, { height: 7, width: 7, channels: 3 }, OFF, 'strong', createRandom(1));
    expect(target).toEqual(source);
  });
});

describe('cutout', () => {
  it('blanks one square of at most the asked side with the mean', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 30 }), (seed, side) => {
        const image = Uint8Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 40 : 60));
        cutout(image, { height: 20, width: 20, channels: 1 }, side, createRandom(seed));
        const blank = image.filter((v) => v === 50).length;
        expect(blank).toBeGreaterThan(0);
        expect(blank).toBeLessThanOrEqual(Math.min(side, 10) ** 2);
      }),
    );
  });
});

it('previewAugmentation gives as many different views as asked, the same each time', () => {
  const image = pixelSet(1, 16, 16, 3);
  const views = previewAugmentation(image, DEFAULT_AUGMENTATION, 3, 6);
  expect(new Set(views.map((view) => view.join())).size).toBe(6);
  expect(views).toEqual(previewAugmentation(image, DEFAULT_AUGMENTATION, 3, 6));
});

/** The checksum of one augmented batch; changes only when augmentation is meant to change. */
const RECORDED = 2479180235;
