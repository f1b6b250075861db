import sharp from 'sharp';
import { openFiles } from '../loop/data-set.ts';
import type { Contract } from './open-export.ts';

export interface TestImages {
  count: number;
  /** Values of one image: size × size × channels. */
  area: number;
  /** 0..255, one image after the other. */
  pixels: Uint8Array;
  classIndexes: number[];
}

/** Every labeled image of a data set's test folder, scaled whole to the square that the model takes. */
export async function readTestImages(source: string, { size, channels, classes }: Contract): Promise<TestImages> {
  const parts: Buffer[] = [];
  const classIndexes: number[] = [];
  const data = await openFiles(source);
  for await (const file of data.files) {
    if (!('bytes' in file) || file.split !== 'test' || file.className === null) continue;
    parts.push(
      await sharp(file.bytes)
        .autoOrient()
        .flatten({ background: '#ffffff' })
        .resize(size, size, { fit: 'fill' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw({ depth: 'uchar' })
        .toBuffer(),
    );
    classIndexes.push(classes.indexOf(file.className));
  }
  data.close();
  if (parts.length === 0) throw new Error(`${source} has no test folder with class folders in it.`);
  return {
    count: parts.length,
    area: size * size * channels,
    pixels: new Uint8Array(Buffer.concat(parts)),
    classIndexes,
  };
}
