/**
 * Input noise: flips and shifts (weak), plus RandAugment and cutout (strong), over uint8 images. Seeded: the same
 * seed, step, place in the batch and image give the same bytes on every machine and every engine. Runs in a browser
 * too.
 */
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import type { AugmentationPolicy, PixelSet } from '#core/run/learning.ts';
import * as affine from './affine.ts';
import type { Affine } from './affine.ts';
import * as tone from './colour.ts';
import type { ColourOperation, ImageShape } from './colour.ts';

export type Strength = 'none' | 'weak' | 'strong';

export interface AugmentKey {
  seed: number;
  step: number;
  strength: Strength;
}

export type GeometricName = 'rotate' | 'shearX' | 'shearY' | 'translateX' | 'translateY';
export type ColourName =
  | 'autoContrast'
  | 'equalize'
  | 'invert'
  | 'posterize'
  | 'solarize'
  | 'solarizeAdd'
  | 'colour'
  | 'contrast'
  | 'brightness'
  | 'sharpness';
export type OperationName = GeometricName | ColourName;

const COLOUR_OPERATIONS: Record<ColourName, ColourOperation> = {
  autoContrast: tone.autoContrast,
  equalize: tone.equalize,
  invert: tone.invert,
  posterize: tone.posterize,
  solarize: tone.solarize,
  solarizeAdd: tone.solarizeAdd,
  colour: tone.colour,
  contrast: tone.contrast,
  brightness: tone.brightness,
  sharpness: tone.sharpness,
};
const GEOMETRIC: readonly GeometricName[] = ['rotate', 'shearX', 'shearY', 'translateX', 'translateY'];
const isGeometric = (name: OperationName): name is GeometricName => (GEOMETRIC as readonly string[]).includes(name);

/** Weak shift: 2 px at 32 px, in proportion at other sizes. */
const shiftMax = (size: number): number => Math.round(size / 16);

/** The operations that a policy allows on images of so many channels, in a fixed order. */
export function allowedOperations(policy: AugmentationPolicy, channels: number): OperationName[] {
  const names: OperationName[] = GEOMETRIC.filter((name) => name !== 'rotate' || policy.rotation > 0);
  if (policy.colour && channels === 3) return [...names, ...(Object.keys(COLOUR_OPERATIONS) as ColourName[])];
  return [...names, 'sharpness'];
}

/** The matrix of one geometric operation at a level of 0..10; `sign` is −1 or 1. */
export function geometricMap(
  name: GeometricName,
  level: number,
  sign: number,
  policy: AugmentationPolicy,
  shape: ImageShape,
): Affine {
  const share = (sign * level) / 10;
  switch (name) {
    case 'rotate':
      return affine.rotation(policy.rotation * share);
    case 'shearX':
      return affine.shear(0.3 * share, 0);
    case 'shearY':
      return affine.shear(0, 0.3 * share);
    case 'translateX':
      return affine.translation((shape.width / 8) * share, 0);
    case 'translateY':
      return affine.translation(0, (shape.height / 8) * share);
  }
}

/** Changes one image in place by one operation. */
export function applyColour(name: ColourName, image: Uint8Array, shape: ImageShape, level: number): void {
  COLOUR_OPERATIONS[name](image, shape, level);
}

/** Blanks a square of `side` px, at most half the image, with the image's mean. Its centre may lie on the edge. */
export function cutout(image: Uint8Array, shape: ImageShape, side: number, random: Random): void {
  const { height, width, channels } = shape;
  const size = Math.min(side, Math.floor(Math.min(height, width) / 2));
  if (size <= 0) return;
  const left = random.below(width) - (size >> 1);
  const top = random.below(height) - (size >> 1);
  for (let c = 0; c < channels; c += 1) {
    let sum = 0;
    for (let i = c; i < image.length; i += channels) sum += image[i] ?? 0;
    const mean = Math.round(sum / (height * width));
    for (let y = Math.max(0, top); y < Math.min(height, top + size); y += 1) {
      for (let x = Math.max(0, left); x < Math.min(width, left + size); x += 1)
        image[(y * width + x) * channels + c] = mean;
    }
  }
}

/** Spreads (seed, step, place, image) over 32 bits, so that neighbours share nothing. */
function mix(seed: number, step: number, place: number, image: number): number {
  let hash = 0x9e3779b9;
  for (const part of [seed, step, place, image]) {
    hash = Math.imul(hash ^ (part >>> 0), 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/**
 * Augments one image. Geometry comes first, as one matrix, then colour in the order drawn, then cutout.
 * @param source uint8 [height, width, channels], left as it is
 * @param target uint8 of the same length, overwritten
 */
export function augmentImage(
  source: Uint8Array,
  target: Uint8Array,
  shape: ImageShape,
  policy: AugmentationPolicy,
  strength: Strength,
  random: Random,
): void {
  if (strength === 'none') {
    target.set(source);
    return;
  }
  let map = affine.IDENTITY;
  if (policy.flipHorizontal && random.next() < 0.5) map = affine.compose(affine.FLIP_HORIZONTAL, map);
  if (policy.flipVertical && random.next() < 0.5) map = affine.compose(affine.FLIP_VERTICAL, map);
  const reachX = shiftMax(shape.width);
  const reachY = shiftMax(shape.height);
  map = affine.compose(
    map,
    affine.translation(random.below(2 * reachX + 1) - reachX, random.below(2 * reachY + 1) - reachY),
  );
  const tones: { name: ColourName; level: number }[] = [];
  if (strength === 'strong') {
    const names = allowedOperations(policy, shape.channels);
    const operations = policy.magnitude > 0 ? policy.operations : 0;
    for (let i = 0; i < operations; i += 1) {
      const name = names[random.below(names.length)];
      const level = 1 + random.next() * (Math.min(10, policy.magnitude) - 1);
      const sign = random.next() < 0.5 ? -1 : 1;
      if (random.next() >= policy.probability || name === undefined) continue;
      if (isGeometric(name)) map = affine.compose(map, geometricMap(name, level, sign, policy, shape));
      else tones.push({ name, level });
    }
  }
  affine.transform(source, target, shape, map);
  for (const { name, level } of tones) applyColour(name, target, shape, level);
  if (strength === 'strong') cutout(target, shape, policy.cutout, random);
}

/**
 * Augments the images at `indices` of a pixel set. An image that stands twice in a batch is drawn twice.
 * @returns uint8 [indices.length, height, width, channels]
 */
export function augmentBatch(
  input: { pixels: PixelSet; indices: Int32Array | readonly number[] },
  policy: AugmentationPolicy,
  key: AugmentKey,
): Uint8Array {
  const { pixels, indices } = input;
  const length = pixels.height * pixels.width * pixels.channels;
  const result = new Uint8Array(indices.length * length);
  for (let place = 0; place < indices.length; place += 1) {
    const index = indices[place] ?? 0;
    augmentImage(
      pixels.data.subarray(index * length, (index + 1) * length),
      result.subarray(place * length, (place + 1) * length),
      pixels,
      policy,
      key.strength,
      createRandom(mix(key.seed, key.step, place, index)),
    );
  }
  return result;
}

/**
 * What a policy does to one image, for a page: `count` strong views, each uint8 [height, width, channels].
 */
export function previewAugmentation(
  image: PixelSet,
  policy: AugmentationPolicy,
  seed: number,
  count: number,
): Uint8Array[] {
  return Array.from({ length: count }, (_, step) =>
    augmentBatch({ pixels: image, indices: [0] }, policy, { seed, step, strength: 'strong' }),
  );
}
