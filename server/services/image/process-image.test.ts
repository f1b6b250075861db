import sharp from 'sharp';
import { expect, it } from 'vitest';
import { HEIC, QUARTERS, TWO_HEIC } from './decode/testing.ts';
import { processImage } from './process-image.ts';

const draw = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#123' } })
    .png()
    .toBuffer();

it('IMAGE-31 an image that is a line of very many pixels is refused with what to do', async () => {
  await expect(processImage(await draw(30_001, 1))).rejects.toMatchObject({
    code: 'TOO_LARGE',
    message: 'The image is more than 30,000 pixels long. Cut it into parts.',
  });
  await expect(processImage(await draw(1, 30_001))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(await processImage(await draw(20_000, 300))).toMatchObject({ width: 1600, height: 24 });
});

/** Colour in the middle of each quarter. */
async function quartersOf(webp: Buffer): Promise<string[]> {
  const { data, info } = await sharp(webp).raw().toBuffer({ resolveWithObject: true });
  return [
    [16, 12],
    [48, 12],
    [16, 36],
    [48, 36],
  ].map(([x = 0, y = 0]) => data.subarray((y * info.width + x) * info.channels).toString('hex', 0, 3));
}

const isNear = (colours: readonly string[]): boolean =>
  colours.every((colour, i) =>
    [0, 2, 4].every(
      (at) =>
        Math.abs(
          Number.parseInt(colour.slice(at, at + 2), 16) -
            Number.parseInt(QUARTERS.colours[i]?.slice(at + 1, at + 3) ?? '', 16),
        ) < 12,
    ),
  );

it('IMAGE-18 HEIC is decoded, the main one of several; what is cut off is refused', async () => {
  const image = await processImage(HEIC);
  expect(image).toMatchObject({ width: 64, height: 48, channels: 3, frames: 1 });
  expect(isNear(await quartersOf(image.full))).toBe(true);
  expect(await processImage(TWO_HEIC)).toMatchObject({ width: 64, height: 48, frames: 2 });
  for (const length of [40, 300, 500])
    await expect(processImage(HEIC.subarray(0, length))).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      said: { key: expect.stringMatching(/^refusal\.damaged/) as string },
    });
});

it('IMAGE-18 a BMP is the image that the same PNG is', async () => {
  const pixels = Buffer.from(Array.from({ length: 30 * 7 * 3 }, (_, i) => (i * 37) % 256));
  const raw = { width: 30, height: 7, channels: 3 as const };
  const png = await sharp(pixels, { raw }).png().toBuffer();
  const head = Buffer.alloc(54);
  head.write('BM', 0, 'latin1');
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(30, 18);
  head.writeInt32LE(-7, 22);
  head.writeUInt16LE(24, 28);
  const body = Buffer.alloc(7 * 92);
  for (let i = 0; i < 210; i += 1)
    for (let c = 0; c < 3; c += 1) body[Math.floor(i / 30) * 92 + (i % 30) * 3 + c] = pixels[i * 3 + 2 - c] ?? 0;
  expect((await processImage(Buffer.concat([head, body]))).contentHash).toBe((await processImage(png)).contentHash);
  head.writeInt32LE(30_000, 18);
  head.writeInt32LE(29_000, 22);
  await expect(processImage(head)).rejects.toMatchObject({ code: 'TOO_LARGE' });
});

it('IMAGE-18 a JPEG without its end marker is read as with it; one that lacks pixels is refused', async () => {
  const pixels = Buffer.from(Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * i * 31) % 256));
  const jpeg = await sharp(pixels, { raw: { width: 200, height: 200, channels: 3 } })
    .jpeg()
    .toBuffer();
  const { contentHash } = await processImage(jpeg);
  expect((await processImage(jpeg.subarray(0, jpeg.length - 2))).contentHash).toBe(contentHash);
  for (const length of [jpeg.length - 40, jpeg.length >> 1])
    await expect(processImage(jpeg.subarray(0, length))).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
});

it('IMAGE-36 of a file with several frames or pages the first is taken, and how many there are is known', async () => {
  const frames = Buffer.concat(['#f00', '#0f0', '#00f'].map((_, i) => Buffer.alloc(20 * 10 * 3, i * 90)));
  const stack = sharp(frames, { raw: { width: 20, height: 30, channels: 3, pageHeight: 10 } });
  for (const bytes of [await stack.clone().gif().toBuffer(), await stack.clone().webp({ lossless: true }).toBuffer()]) {
    const image = await processImage(bytes);
    expect(image).toMatchObject({ width: 20, height: 10, frames: 3 });
    expect((await sharp(image.full).raw().toBuffer())[0]).toBe(0);
  }
});

it('IMAGE-2 what is no image that is read is refused by its name', async () => {
  const refusal = async (bytes: Buffer): Promise<string> =>
    processImage(bytes).then(
      () => 'taken',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
  expect(await refusal(Buffer.from('%PDF-1.7 and more'))).toMatch(/^This is a PDF\. Pupil reads JPEG/u);
  expect(await refusal(Buffer.from('8BPS\u0000\u0001'))).toMatch(/^This is a Photoshop file\./u);
  expect(await refusal(Buffer.from([0xff, 0x0a, 1, 2, 3]))).toMatch(/^This is a JPEG XL image\./u);
  expect(await refusal(Buffer.from('\0\0\0\u0018ftypisom\0\0'))).toMatch(/^This is a video\./u);
  expect(await refusal(Buffer.from('plain words'))).toMatch(/^This is not an image that Pupil reads\. Use JPEG/u);
});
