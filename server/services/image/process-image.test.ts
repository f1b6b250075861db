import sharp from 'sharp';
import { expect, it } from 'vitest';
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
