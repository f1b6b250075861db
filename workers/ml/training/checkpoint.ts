import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Optimiser } from './optimiser.ts';

const MAGIC = 0x50555031;
const HEADER = 4;

/**
 * Everything that training needs to go on exactly: weights, momentum, average, steps taken. Random draws need no state:
 * each depends on the seed and the step only.
 */
export function encodeCheckpoint(optimiser: Optimiser, step: number): Uint8Array {
  const { weights, momentum, ema } = optimiser;
  const words = new Uint32Array(HEADER + weights.length + momentum.length + ema.length);
  words.set([MAGIC, step, weights.length, momentum.length]);
  const floats = new Float32Array(words.buffer);
  floats.set(weights, HEADER);
  floats.set(momentum, HEADER + weights.length);
  floats.set(ema, HEADER + weights.length + momentum.length);
  return new Uint8Array(words.buffer);
}

/**
 * Puts a checkpoint back and returns the steps it had taken. Throws AppError BAD_INPUT when it is cut short or of
 * another model.
 */
export function restoreCheckpoint(optimiser: Optimiser, bytes: Uint8Array): number {
  const { weights, momentum, ema } = optimiser;
  const length = HEADER + weights.length + momentum.length + ema.length;
  const copy = new Uint8Array(bytes);
  const words = copy.byteLength === length * 4 ? new Uint32Array(copy.buffer) : null;
  if (words === null || words[0] !== MAGIC || words[2] !== weights.length || words[3] !== momentum.length) {
    throw new AppError('BAD_INPUT', say('learning.checkpoint'));
  }
  const floats = new Float32Array(copy.buffer);
  weights.set(floats.subarray(HEADER, HEADER + weights.length));
  momentum.set(floats.subarray(HEADER + weights.length, HEADER + weights.length + momentum.length));
  ema.set(floats.subarray(HEADER + weights.length + momentum.length));
  return words[1] as number;
}
