import { createRandom } from '#core/math/random.ts';
import { listTrainingImages, findChannels } from '#db/queries/round/training-image.ts';
import { describePixels } from '#ml/selection/descriptor.ts';
import { chooseTypical as choose } from '#ml/selection/typical.ts';
import { pixelFolder } from '#trainer/process/forget-projects.ts';
import { openPixelCache } from '#trainer/hold/pixel-cache.ts';
import type { Platform } from './platform.ts';

const SIZE = 32;

/** The pool images to label first when nothing is known yet: typical ones, far apart. */
export async function chooseTypical(
  platform: Platform,
  params: { projectId: string; count: number; seed: number },
): Promise<string[]> {
  const { db, blobs } = platform.services;
  const images = await listTrainingImages(db, { projectId: params.projectId, split: 'pool' });
  const cache = openPixelCache({ blobs, folder: pixelFolder(platform.folder), projectId: params.projectId });
  const pixels = await cache.load(images, { size: SIZE, channels: await findChannels(db, params.projectId) });
  const rows = choose(describePixels(pixels), [], params.count, createRandom(params.seed).fork('typical'));
  return rows.flatMap((row) => images[row]?.id ?? []);
}
