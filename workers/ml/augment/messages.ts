import type { PixelSet } from '#core/run/learning.ts';
import type { BatchNoise } from './batches.ts';

/** What the augmentation thread is started with; the pixels are shared memory. */
export interface WorkerStart {
  pixels: PixelSet;
  noise: BatchNoise;
}

export interface WorkerRequest {
  step: number;
  indices: Int32Array;
}

export interface WorkerReply {
  step: number;
  pixels: Uint8Array<ArrayBuffer>;
}
