import { join } from 'node:path';
import sharp from 'sharp';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { imageKey } from '#core/image/media.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { openRowCache } from './row-cache.ts';
import type { RowCache } from './row-cache.ts';

export interface PixelShape {
  size: number;
  channels: 1 | 3;
}

export interface PixelCache {
  /**
   * The pixels of these images, in their order, uint8 [count, size, size, channels] in shared memory.
   * @throws AppError UNREADABLE_IMAGE naming an image whose stored file is missing or damaged
   */
  load(images: readonly TrainingImage[], shape: PixelShape): Promise<PixelSet>;
  /** The same, not kept: for what looks at large images once. */
  decode(images: readonly TrainingImage[], shape: PixelShape): Promise<PixelSet>;
}

/** Images decoded at once, and decoded images that one part holds at most. */
const SIDE_BY_SIDE = 4;
const PART_BYTES = 64 * 2 ** 20;

/** Decodes each stored image once for a shape and keeps the raw bytes on disk. */
export function openPixelCache(options: { blobs: BlobStore; folder: string; projectId: string }): PixelCache {
  const caches = new Map<string, RowCache<TrainingImage>>();
  return {
    load: async (images, shape) => {
      const { size, channels } = shape;
      const folder = join(options.folder, options.projectId, `${size}x${channels}`);
      const cache = caches.get(folder) ?? openRowCache<TrainingImage>(folder);
      caches.set(folder, cache);
      const length = size * size * channels;
      const data = await cache.load(images, {
        length,
        blockLength: length,
        blockBytes: PART_BYTES,
        open: () =>
          Promise.resolve({
            prepare: (some) => Promise.resolve(some),
            make: (some) => decodeAll(options, some, shape),
            close: () => Promise.resolve(),
          }),
      });
      return { data, count: images.length, height: size, width: size, channels };
    },
    decode: async (images, { size, channels }) => ({
      data: await decodeAll(options, images, { size, channels }),
      count: images.length,
      height: size,
      width: size,
      channels,
    }),
  };
}

async function decodeAll(
  options: { blobs: BlobStore; projectId: string },
  images: readonly TrainingImage[],
  shape: PixelShape,
): Promise<Uint8Array> {
  const length = shape.size * shape.size * shape.channels;
  const pixels = new Uint8Array(images.length * length);
  let next = 0;
  const decode = async (): Promise<void> => {
    for (let at = next++; at < images.length; at = next++) {
      const image = images[at];
      if (image) pixels.set(await decodeImage(options, image, shape), at * length);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, decode));
  return pixels;
}

/** One stored image as raw bytes: the whole image scaled to the square, the way every export of a model does it. */
export async function decodeImage(
  options: { blobs: BlobStore; projectId: string },
  image: Pick<TrainingImage, 'id' | 'contentHash'>,
  { size, channels }: PixelShape,
): Promise<Uint8Array> {
  try {
    const bytes = await options.blobs.get(imageKey(options.projectId, image.contentHash));
    return await sharp(bytes)
      .resize(size, size, { fit: 'fill' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer();
  } catch (error) {
    throw new AppError('UNREADABLE_IMAGE', say('learning.storedImage', { id: image.id }), { cause: error });
  }
}
