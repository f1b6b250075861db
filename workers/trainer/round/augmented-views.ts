import { createRandom } from '#core/math/random.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import type { Points } from '#ml/selection/k-means.ts';
import { augmentImage } from '#ml/augment/augment.ts';
import type { PixelSet } from '#core/run/learning.ts';
import type { RunContext } from '../hold/context.ts';
import type { Body } from '../hold/feature-cache.ts';

/** Views of each image that a noisy head learns from: the image itself, and so many augmented ones. */
const AUGMENTED_VIEWS = 3;
/** The side that the size of cutout is said for, px. */
const CUTOUT_SIDE = 32;

/**
 * Features of several views of each image, computed once a run's seed: the image as it is, then strongly augmented
 * ones. An image gives the same views whatever it stands beside.
 */
export async function listViews(
  context: RunContext,
  body: Body,
  images: readonly TrainingImage[],
  seed: number,
): Promise<Points[]> {
  const { augmentation } = context.config;
  const policy = {
    ...augmentation,
    cutout: Math.round((augmentation.cutout * body.graph.input.size) / CUTOUT_SIDE),
  };
  const views = [await context.features.load(body, images, { signal: context.signal })];
  for (let view = 1; view <= AUGMENTED_VIEWS; view += 1) {
    const random = createRandom(seed).fork(`view:${view}`);
    const alter = (pixels: PixelSet, some: readonly TrainingImage[]): PixelSet => {
      const length = pixels.height * pixels.width * pixels.channels;
      const data = new Uint8Array(pixels.data.length);
      some.forEach(({ contentHash }, row) => {
        const from = pixels.data.subarray(row * length, (row + 1) * length);
        const to = data.subarray(row * length, (row + 1) * length);
        augmentImage(from, to, pixels, policy, 'strong', random.fork(contentHash));
      });
      return { ...pixels, data };
    };
    const name = `${seed}-${view}-${JSON.stringify(policy)}`;
    views.push(await context.features.load(body, images, { signal: context.signal, view: { name, alter } }));
  }
  return views;
}
