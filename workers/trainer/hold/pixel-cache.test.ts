import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { imageKey } from '#core/image/media.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { openPixelCache } from './pixel-cache.ts';

const projectId = 'project';
const shape = { size: 4, channels: 3 as const };
let folder: string;
let blobs: BlobStore;
const images: { id: string; contentHash: string; channels: number }[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pupil-pixels-'));
  blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  for (const shade of [50, 100, 150]) {
    const data = Buffer.alloc(4 * 4 * 3, shade);
    const contentHash = createHash('sha256').update(data).digest('hex');
    const webp = sharp(data, { raw: { width: 4, height: 4, channels: 3 } }).webp({ lossless: true });
    await blobs.put(imageKey(projectId, contentHash), await webp.toBuffer());
    images.push({ id: `image-${shade}`, contentHash, channels: 3 });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = () => openPixelCache({ blobs, folder: join(folder, 'cache'), projectId });
/** The middle of each image: 48 bytes each. */
const shades = async (cache: ReturnType<typeof open>) => {
  const { data } = await cache.load(images, shape);
  return [24, 72, 120].map((at) => data[at]);
};
/** Takes the end off every part, as a power cut may. */
const cut = async () => {
  const parts = join(folder, 'cache', projectId, '4x3');
  for (const name of await readdir(parts)) if (name.endsWith('.rows')) await truncate(join(parts, name), 60);
};

it('RUN-13 a cache part that lost its end is decoded anew, never learned from as black', async () => {
  expect(await shades(open())).toEqual([50, 100, 150]);
  const held = open();
  expect(await shades(held)).toEqual([50, 100, 150]);
  await cut();
  await expect(held.load(images, shape)).rejects.toThrow('ends before image');
  expect(await shades(open())).toEqual([50, 100, 150]);
});
