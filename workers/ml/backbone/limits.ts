import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';

/**
 * What a model file may hold at most. A backbone for images of up to 512 px stays far below; a hostile file does not.
 */
export const LIMITS = {
  /** Bytes of a file, or of all files of one model. */
  bytes: 512 * 2 ** 20,
  /** Numbers of one model, all weights together: a file may name the same bytes many times. */
  weights: 128 * 2 ** 20,
  /** Layers, operators or nodes. */
  nodes: 4000,
  /** Entries of any other list. */
  entries: 20_000,
  /** Characters of a name. */
  name: 1000,
  /** Models or messages inside each other. */
  depth: 16,
} as const;

/** Sides of a square image that a backbone may be made for, px. */
export const SIDES = { least: 16, most: 512 } as const;

/** Says why a model file cannot be used. */
export type Refuse = (why: string) => never;

/** Refusals of one kind of file: the true reason, and what can be used instead. */
export const refuseAs =
  (what: 'file' | 'onnx' | 'layers' | 'graph' | 'tflite'): Refuse =>
  (why) => {
    throw new AppError(
      'BAD_INPUT',
      say('learning.noBackboneOf', {
        what: say(`learning.what.${what}`),
        why,
        instead: say(`learning.instead.${what}`),
      }),
    );
  };

/** Elements of a shape from a file. Refuses negative, fractional and absurd sizes before anything is allocated. */
export function boundedSize(shape: readonly number[], what: string, refuse: Refuse): number {
  if (shape.length > 8) return refuse(`${what} has ${shape.length} dimensions`);
  let size = 1;
  for (const side of shape) {
    if (!Number.isInteger(side) || side < 0) return refuse(`${what} has a side of ${side}`);
    size *= side;
    if (size > LIMITS.weights) return refuse(`${what} is larger than ${LIMITS.weights} numbers`);
  }
  return size;
}
