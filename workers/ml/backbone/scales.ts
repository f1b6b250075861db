import type { PixelScaleName } from '#core/run/backbones.ts';

export type { PixelScaleName } from '#core/run/backbones.ts';

/** What is taken off and divided by, a channel: the input of a net is (pixel/255 − mean)/std. */
export const SCALES: Record<PixelScaleName, { mean: number[]; std: number[] }> = {
  symmetric: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};
