import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { openEmbedder } from '../embedder.ts';
import { readTflite } from './tflite.ts';
import { DRAWN, drawTflite, SIDE, writeTflite, type DrawnOperator, type DrawnTensor } from './testing-tflite.ts';

const options = { name: 'drawn', scale: 'symmetric' } as const;
const drawn = drawTflite();
const write = (change: Partial<typeof drawn> = {}): Uint8Array => {
  const { tensors, operators, inputs, outputs } = { ...drawn, ...change };
  return writeTflite(tensors, operators, inputs, outputs);
};
const withTensor = (index: number, change: Partial<DrawnTensor>): Uint8Array =>
  write({ tensors: drawn.tensors.map((tensor, i) => (i === index ? { ...tensor, ...change } : tensor)) });
const withOperator = (index: number, change: Partial<DrawnOperator>): Uint8Array =>
  write({ operators: drawn.operators.map((operator, i) => (i === index ? { ...operator, ...change } : operator)) });

const COUNT = 3;
const pixels = (side: number): Uint8Array => {
  const random = createRandom(5);
  return Uint8Array.from({ length: COUNT * side * side * 3 }, () => random.below(256));
};

/** What TensorFlow.js's own operations give for the drawn net. */
function expected(side: number): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor4d(pixels(side), [COUNT, side, side, 3]).div(127.5).sub(1) as tf.Tensor4D;
    const bias = tf.tensor1d(DRAWN.bias);
    const kernel = tf.tensor4d(DRAWN.stem, [8, 3, 3, 3]).transpose<tf.Tensor4D>([1, 2, 3, 0]);
    const stem = tf.relu6(tf.conv2d(x, kernel, 2, 'same').add<tf.Tensor4D>(bias));
    const depth = tf.relu(
      tf.depthwiseConv2d(stem, tf.tensor4d(DRAWN.depth, [3, 3, 8, 1]), 1, 'same').add<tf.Tensor4D>(bias),
    );
    const point = tf
      .conv2d(depth, tf.tensor2d(DRAWN.point, [8, 8]).transpose().reshape([1, 1, 8, 8]), 1, 'valid')
      .add(bias);
    return tf.mean(stem.add(point), [1, 2]).dataSync() as Float32Array;
  });
}

beforeAll(() => tf.setBackend('cpu'));

describe('BACKBONE-1 BACKBONE-2 a TensorFlow Lite backbone', () => {
  it.each([SIDE, 32])('gives the features that TensorFlow.js gives, at %i px', async (side) => {
    const embedder = await openEmbedder(readTflite(write(), options), { side, threads: 1 });
    const features = await embedder.embed(pixels(side));
    await embedder.close();
    expect(embedder.width).toBe(8);
    const truth = expected(side);
    expect(features).toHaveLength(truth.length);
    features.forEach((value, i) => expect(Math.abs(value - (truth[i] ?? NaN))).toBeLessThan(1e-4));
  });

  it('joins the taps that are named, found by the first of several joined names', async () => {
    const backbone = readTflite(write(), { ...options, taps: ['stem', 'sum'] });
    const embedder = await openEmbedder(backbone, { threads: 1 });
    const features = await embedder.embed(pixels(SIDE));
    await embedder.close();
    expect(embedder.width).toBe(16);
    const truth = expected(SIDE);
    for (let i = 0; i < COUNT; i += 1) {
      for (let c = 0; c < 8; c += 1) expect(features[16 * i + 8 + c]).toBeCloseTo(truth[8 * i + c] ?? NaN, 4);
    }
  });

  it.each<[string, () => Uint8Array, string]>([
    [
      'that is something else',
      () => new TextEncoder().encode('PK\u0003\u0004 not a model'),
      'does not begin like a TFL3 file',
    ],
    ['with weights of int8', () => withTensor(5, { type: 'int8', data: new Uint8Array(72) }), 'quantised to int8'],
    ['with an unknown operator', () => withOperator(2, { code: 118 }), 'operator 118'],
    ['with a custom operator', () => withOperator(2, { code: 32 }), 'custom operator'],
    ['of gray images', () => withTensor(0, { shape: [1, SIDE, SIDE, 1] }), '1 channels, and RGB is needed'],
    ['of oblong images', () => withTensor(0, { shape: [1, SIDE, 30, 3] }), 'not a square image'],
    [
      'with dilation',
      () =>
        withOperator(3, {
          options: [
            [0, 1, 1],
            [1, 4, 1],
            [2, 4, 1],
            [4, 4, 2],
            [5, 4, 2],
          ],
        }),
      'dilation',
    ],
    [
      'with an activation that is not known',
      () =>
        withOperator(1, {
          options: [
            [1, 4, 2],
            [2, 4, 2],
            [3, 1, 4],
          ],
        }),
      'TANH',
    ],
    [
      'whose steps differ',
      () =>
        withOperator(1, {
          options: [
            [1, 4, 2],
            [2, 4, 1],
            [4, 4, 1],
            [5, 4, 1],
          ],
        }),
      'not square',
    ],
    ['without a layer that was named', () => write(), 'no layer "nowhere"'],
  ])('%s is refused with its reason', (_what, bytes, reason) => {
    expect(() =>
      readTflite(bytes(), { ...options, ...(reason.includes('nowhere') ? { taps: ['nowhere'] } : {}) }),
    ).toThrow(reason);
  });
});

describe('BACKBONE-3 a hostile TensorFlow Lite file', () => {
  it('cut short anywhere is refused, and never read past its end', () => {
    const whole = write();
    for (let length = 0; length < whole.length; length += 13) {
      expect(() => readTflite(whole.slice(0, length), options), `${length} bytes`).toThrow(
        /cannot be used as a backbone/,
      );
    }
  });

  it('with any four bytes set to the largest offset is refused or harmless', () => {
    const whole = write();
    for (let at = 0; at + 4 <= whole.length; at += 4) {
      const bytes = whole.slice();
      bytes.fill(0xff, at, at + 4);
      try {
        expect(readTflite(bytes, options).weights.length).toBeLessThan(1e6);
      } catch (error) {
        expect(String(error), `at ${at}`).toContain('cannot be used as a backbone');
      }
    }
  });

  it.each<[string, () => Uint8Array, string]>([
    ['with dimensions of 2^31', () => withTensor(3, { shape: [2 ** 31 - 1, 2 ** 31 - 1] }), 'larger than'],
    ['with dimensions below zero', () => withTensor(3, { shape: [-8] }), 'side of -8'],
    ['whose operators go round in a circle', () => withOperator(1, { inputs: [9, 2, 3] }), 'read before it is made'],
    ['whose output is its own reason', () => withOperator(5, { inputs: [11, 10] }), 'circle'],
    ['that names a tensor that is not there', () => withOperator(1, { inputs: [99, 2, 3] }), 'not there'],
    ['that names data that is not there', () => withTensor(3, { buffer: 4000 }), 'not there'],
  ])('%s is refused with its reason', (_what, bytes, reason) => {
    expect(() => readTflite(bytes(), options)).toThrow(reason);
  });

  it('that names one large weight many times stays below the limit', () => {
    const side = 512;
    const tensors: DrawnTensor[] = [
      { name: 'image', shape: [1, 32, 32, 3] },
      { name: 'first', shape: [side, 1, 1, 3], data: new Uint8Array(side * 3 * 4) },
      { name: 'x0', shape: [1, 32, 32, side] },
      { name: 'large', shape: [side, 3, 3, side], data: new Uint8Array(side * side * 9 * 4) },
      ...Array.from({ length: 70 }, (_, i) => ({ name: `x${i + 1}`, shape: [1, 32, 32, side] })),
    ];
    const step: DrawnOperator['options'] = [
      [1, 4, 1],
      [2, 4, 1],
      [4, 4, 1],
      [5, 4, 1],
    ];
    const operators: DrawnOperator[] = [
      { code: 3, inputs: [0, 1, -1], outputs: [2], options: step },
      ...Array.from({ length: 70 }, (_, i) => ({
        code: 3,
        inputs: [i === 0 ? 2 : 3 + i, 3, -1],
        outputs: [4 + i],
        options: step,
      })),
    ];
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readTflite(writeTflite(tensors, operators, [0], [73]), options)).toThrow('together');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 27);
  });
});
