import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { AppError } from '#core/errors.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { imageKey } from '#core/image/media.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';

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
}

interface Place {
  file: string;
  row: number;
}

/** Images decoded at once, and decoded images that one part file holds at most. */
const SIDE_BY_SIDE = 4;
const PART_BYTES = 64 * 2 ** 20;
const NAME = /^[0-9a-f-]+\.hashes$/;

/**
 * Decodes each stored image once for a shape and keeps the raw bytes on disk. A cache is made of parts that are never
 * changed after they appear, so any number of trainers may share the folder.
 */
export function openPixelCache(options: { blobs: BlobStore; folder: string; projectId: string }): PixelCache {
  const indexes = new Map<string, Map<string, Place>>();

  const indexOf = (shape: PixelShape): { folder: string; places: Map<string, Place> } => {
    const folder = join(options.folder, options.projectId, `${shape.size}x${shape.channels}`);
    const known = indexes.get(folder);
    if (known) return { folder, places: known };
    mkdirSync(folder, { recursive: true });
    const places = new Map<string, Place>();
    for (const name of readdirSync(folder).filter((file) => NAME.test(file))) {
      const file = join(folder, name.replace('.hashes', '.pixels'));
      if (!existsSync(file)) continue;
      for (const [row, hash] of readFileSync(join(folder, name), 'utf8').split('\n').entries())
        if (hash) places.set(hash, { file, row });
    }
    indexes.set(folder, places);
    return { folder, places };
  };

  return {
    load: async (images, shape) => {
      const length = shape.size * shape.size * shape.channels;
      const { folder, places } = indexOf(shape);
      const missing = [
        ...new Map(
          images.filter(({ contentHash }) => !places.has(contentHash)).map((image) => [image.contentHash, image]),
        ).values(),
      ];
      const perPart = Math.max(1, Math.floor(PART_BYTES / length));
      for (let start = 0; start < missing.length; start += perPart) {
        const some = missing.slice(start, start + perPart);
        const file = writePart(folder, some, await decodeAll(options, some, shape));
        for (const [row, { contentHash }] of some.entries()) places.set(contentHash, { file, row });
      }
      return {
        data: readRows(images, places, length),
        count: images.length,
        height: shape.size,
        width: shape.size,
        channels: shape.channels,
      };
    },
  };
}

/** The list of hashes appears last: a part without one was never finished. */
function writePart(folder: string, images: readonly TrainingImage[], pixels: Uint8Array): string {
  const name = randomUUID();
  const file = join(folder, `${name}.pixels`);
  writeFileSync(file, pixels);
  writeFileSync(join(folder, `${name}.tmp`), images.map(({ contentHash }) => contentHash).join('\n'));
  renameSync(join(folder, `${name}.tmp`), join(folder, `${name}.hashes`));
  return file;
}

function readRows(images: readonly TrainingImage[], places: ReadonlyMap<string, Place>, length: number): Uint8Array {
  const data = new Uint8Array(new SharedArrayBuffer(images.length * length));
  const open = new Map<string, number>();
  try {
    for (const [position, { contentHash }] of images.entries()) {
      const place = places.get(contentHash);
      if (!place) continue;
      const file = open.get(place.file) ?? openSync(place.file, 'r');
      open.set(place.file, file);
      readSync(file, data, position * length, length, place.row * length);
    }
  } finally {
    for (const file of open.values()) closeSync(file);
  }
  return data;
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
    throw new AppError(
      'UNREADABLE_IMAGE',
      `The stored file of image ${image.id} cannot be read. Import the image again, then resume the run.`,
      { cause: error },
    );
  }
}
