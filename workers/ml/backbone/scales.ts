import type { Refuse } from './limits.ts';
import type { PixelScaleName } from '#core/run/backbones.ts';

export type { PixelScaleName } from '#core/run/backbones.ts';

/** What is taken off and divided by, a channel: the input of a net is (pixel/255 − mean)/std. */
export const SCALES: Record<PixelScaleName, PixelStatistics> = {
  symmetric: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
  raw: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

export interface PixelStatistics {
  mean: number[];
  std: number[];
}

/** What a model that scales pixels 0..255 itself (scale·pixel + offset) takes, as means and deviations. */
export function rescaled(scale: number, offset: number, refuse: Refuse): PixelStatistics {
  if (!Number.isFinite(scale) || scale === 0 || !Number.isFinite(offset)) return refuse(`it scales pixels by ${scale}`);
  const std = 1 / (255 * scale);
  return { mean: Array.from({ length: 3 }, () => -offset * std), std: Array.from({ length: 3 }, () => std) };
}
