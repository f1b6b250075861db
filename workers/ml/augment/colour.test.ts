import { describe, expect, it } from 'vitest';
import * as tone from './colour.ts';
import type { ColourOperation } from './colour.ts';

const grey = (width: number, height = 1) => ({ height, width, channels: 1 });

function run(operation: ColourOperation, values: number[], level: number, shape = grey(values.length)): number[] {
  const image = Uint8Array.from(values);
  operation(image, shape, level);
  return [...image];
}

describe('colour operations on known values', () => {
  it('invert', () => expect(run(tone.invert, [0, 100, 255], 5)).toEqual([255, 155, 0]));
  it('posterize keeps 8 bits at 0, 6 at 5 and 4 at 10: stronger as the level rises', () => {
    expect(run(tone.posterize, [255, 17, 200], 0)).toEqual([255, 17, 200]);
    expect(run(tone.posterize, [255, 17, 202], 5)).toEqual([252, 16, 200]);
    expect(run(tone.posterize, [255, 17, 200], 10)).toEqual([240, 16, 192]);
  });
  it('solarize inverts nothing at 0, the bright half at 5, all at 10', () => {
    expect(run(tone.solarize, [0, 127, 128, 255], 0)).toEqual([0, 127, 128, 255]);
    expect(run(tone.solarize, [0, 127, 128, 255], 5)).toEqual([0, 127, 127, 0]);
    expect(run(tone.solarize, [0, 127, 128, 255], 10)).toEqual([255, 128, 127, 0]);
  });
  it('solarizeAdd lifts the dark half only', () =>
    expect(run(tone.solarizeAdd, [0, 127, 128, 255], 10)).toEqual([110, 237, 128, 255]));
  it('brightness scales: level 5 keeps, 10 is 1.9, 0 is 0.1', () => {
    expect(run(tone.brightness, [100, 200], 5)).toEqual([100, 200]);
    expect(run(tone.brightness, [100, 200], 10)).toEqual([190, 255]);
    expect(run(tone.brightness, [100, 200], 0)).toEqual([10, 20]);
  });
  it('contrast turns about the mean of the pixels', () => {
    expect(run(tone.contrast, [90, 110, 100], 10)).toEqual([81, 119, 100]);
    expect(run(tone.contrast, [0, 0, 0, 200], 0)).toEqual([45, 45, 45, 65]);
    expect(run(tone.contrast, [90, 110], 5)).toEqual([90, 110]);
  });
  it('autoContrast stretches each channel by itself, and leaves a flat one', () => {
    expect(run(tone.autoContrast, [50, 7, 0, 150, 7, 255], 3, { height: 1, width: 2, channels: 3 })).toEqual([
      0, 7, 0, 255, 7, 255,
    ]);
    expect(run(tone.autoContrast, [50, 100, 150], 3)).toEqual([0, 128, 255]);
  });
  it('equalize flattens a histogram as PIL does', () => {
    const values = Array.from({ length: 1024 }, (_, i) => (i < 512 ? 10 : i < 768 ? 20 : 30));
    const result = run(tone.equalize, values, 0, grey(32, 32));
    // step = floor((1024 − 256)/255) = 3; first: 1/3 → 0, then (1 + 512)/3 = 171, then (1 + 768)/3 → 255.
    expect([result[0], result[600], result[1000]]).toEqual([0, 171, 255]);
    expect(run(tone.equalize, [9, 9, 9], 0)).toEqual([9, 9, 9]);
  });
  it('colour: grey at 0.1 nearly, unchanged at 5, and a grey pixel never changes', () => {
    const shape = { height: 1, width: 2, channels: 3 };
    expect(run(tone.colour, [255, 0, 0, 80, 80, 80], 5, shape)).toEqual([255, 0, 0, 80, 80, 80]);
    // Luma of red 76.245; 76.245 + 178.755·0.1 = 94, 76.245·0.9 = 69.
    expect(run(tone.colour, [255, 0, 0, 80, 80, 80], 0, shape)).toEqual([94, 69, 69, 80, 80, 80]);
    expect(run(tone.colour, [1, 2, 3], 10)).toEqual([1, 2, 3]);
  });
  it('sharpness blends with the 3×3 mean of weight 5 and leaves the border', () => {
    const spot = [0, 0, 0, 0, 130, 0, 0, 0, 0];
    expect(run(tone.sharpness, spot, 5, grey(3, 3))).toEqual(spot);
    // Smooth value 130·5/13 = 50; 50 + 80·1.9 = 202; 50 + 80·0.1 = 58.
    expect(run(tone.sharpness, spot, 10, grey(3, 3))[4]).toBe(202);
    expect(run(tone.sharpness, spot, 0, grey(3, 3))[4]).toBe(58);
    expect(run(tone.sharpness, spot, 10, grey(3, 3)).filter((v) => v === 0)).toHaveLength(8);
  });
});
