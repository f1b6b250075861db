import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '#core/math/random.ts';
import { openEngine } from './engine.ts';
import { normAct } from './fused.ts';

/**
 * Every replaced kernel against TensorFlow.js's plain JavaScript backend, which sums in float64. Differences are
 * measured against the largest value of an output. A float32 sum of some hundred terms is off by about 1e-6 of it and
 * Winograd's algorithm, which multiplies by up to 25 before it subtracts, by about 5e-6 (see winograd.ts); a wrong tap
 * or border is off by more than 1e-2.
 */
const TOLERANCE = 2e-5;
const random = createRandom(7);
const values = (shape: number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());

async function onBoth(compute: () => tf.Tensor[]): Promise<void> {
  const results: Float32Array[][] = [];
  for (const name of ['cpu', 'wasm']) {
    await tf.setBackend(name);
    const tensors = tf.tidy(compute);
    results.push(tensors.map((t) => t.dataSync() as Float32Array));
    tf.dispose(tensors);
  }
  const [reference, ours] = results as [Float32Array[], Float32Array[]];
  reference.forEach((expected, i) => {
    const actual = ours[i] as Float32Array;
    expect(actual.length).toBe(expected.length);
    const size = Math.max(1, ...expected.map(Math.abs));
    let worst = 0;
    for (let j = 0; j < expected.length; j += 1)
      worst = Math.max(worst, Math.abs((expected[j] as number) - (actual[j] as number)));
    expect(worst / size, `output ${i}`).toBeLessThan(TOLERANCE);
  });
}

beforeAll(async () => {
  await openEngine('wasm', { threads: 1 });
});

const cases: [number, number, number, number, 1 | 2 | 3, 'same' | 'valid' | number, number, number][] = [];
for (const kernel of [1, 2, 3, 5]) {
  for (const stride of [1, 2, 3] as const) {
    for (const pad of ['same', 'valid'] as const) {
      cases.push([kernel, kernel, 7, 9, stride, pad, 3, 8], [kernel, kernel, 8, 6, stride, pad, 4, 12]);
    }
  }
}
// Winograd: borders of every kind, channels of one vector more than a block, more tiles than one block holds.
for (const pad of ['same', 'valid', 1, 2] as const) {
  for (const [h, w] of [
    [3, 3],
    [4, 5],
    [6, 31],
    [9, 10],
  ] as const)
    cases.push([3, 3, h, w, 1, pad, 12, 20]);
}
cases.push(
  [3, 3, 1, 1, 1, 'same', 8, 8],
  [3, 3, 2, 9, 1, 'same', 8, 4],
  [3, 3, 40, 37, 1, 'same', 20, 24],
  [3, 3, 8, 8, 1, 'same', 64, 64],
);
cases.push(
  [3, 1, 6, 7, 1, 'same', 5, 4],
  [3, 3, 16, 16, 1, 'same', 16, 16],
  [3, 3, 5, 5, 1, 'same', 4, 6],
  [3, 3, 13, 14, 2, 'same', 32, 20],
);
// Stride 2 in two phases: whole and broken tiles, a last row or column that no output reads, padding at the end.
for (const pad of ['same', 'valid'] as const) {
  for (const [h, w] of [
    [32, 32],
    [16, 14],
    [30, 16],
    [31, 33],
    [17, 18],
  ] as const)
    cases.push([3, 3, h, w, 2, pad, 12, 20]);
}
cases.push([3, 3, 32, 32, 2, 'same', 16, 32], [3, 3, 16, 16, 2, 'same', 32, 64], [3, 3, 8, 8, 2, 'same', 4, 8]);

describe('ENGINE-1 convolution on wasm equals the reference', () => {
  it.each(cases)(
    '%i×%i kernel, %i×%i image, stride %i, %s, %i → %i channels',
    async (kh, kw, h, w, stride, pad, i, o) => {
      const xValues = values([2, h, w, i]);
      // As large as training starts with, so that relu6 cuts some of the outputs and not most.
      const wValues = values([kh, kw, i, o]).map((value) => (3 * value) / Math.sqrt(kh * kw * i));
      const bValues = values([o]);
      await onBoth(() => {
        const x = tf.tensor4d(xValues, [2, h, w, i]);
        const filter = tf.tensor4d(wValues, [kh, kw, i, o]);
        const bias = tf.tensor1d(bValues);
        const y = tf.conv2d(x, filter, stride, pad);
        const dy = tf.cos(tf.range(0, y.size)).reshape(y.shape);
        const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
          tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad),
        )([x, filter], dy);
        const fused = (['relu', 'relu6'] as const).map((activation) =>
          tf.fused.conv2d({ x, filter, strides: stride, pad, bias, activation }),
        );
        return [y, dx as tf.Tensor, dw as tf.Tensor, ...fused];
      });
    },
  );
});

describe('ENGINE-1 depthwise convolution on wasm equals the reference', () => {
  it.each([
    [3, 7, 9, 1, 'same', 8, 1],
    [3, 8, 8, 2, 'same', 20, 1],
    [3, 9, 6, 2, 'valid', 4, 1],
    [1, 5, 5, 1, 'same', 16, 1],
    [3, 6, 7, 1, 'same', 3, 2],
  ] as const)('%i kernel, %i×%i image, stride %i, %s, %i channels × %i', async (k, h, w, stride, pad, c, m) => {
    const xValues = values([2, h, w, c]);
    const wValues = values([k, k, c, m]);
    await onBoth(() => {
      const x = tf.tensor4d(xValues, [2, h, w, c]);
      const filter = tf.tensor4d(wValues, [k, k, c, m]);
      const f = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
        tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
      const y = f(x, filter);
      const [dx, dw] = tf.grads(f)([x, filter], tf.cos(tf.range(0, y.size)).reshape(y.shape));
      return [y, dx as tf.Tensor, dw as tf.Tensor];
    });
  });
});

describe('ENGINE-1 average pooling on wasm equals the reference', () => {
  it.each([
    [8, 8, 8, 8, 64],
    [2, 2, 7, 9, 4],
    [3, 2, 8, 8, 4],
    [2, 2, 6, 6, 3],
  ])('%i window, step %i, %i×%i image, %i channels', async (size, stride, h, w, c) => {
    const xValues = values([2, h, w, c]);
    await onBoth(() => {
      const x = tf.tensor4d(xValues, [2, h, w, c]);
      const f = (a: tf.Tensor): tf.Tensor => tf.avgPool(a as tf.Tensor4D, size, stride, 'valid');
      const y = f(x);
      return [y, tf.grad(f)(x, tf.cos(tf.range(0, y.size)).reshape(y.shape))];
    });
  });
});

describe('ENGINE-1 max pooling on wasm equals the reference', () => {
  it.each([
    [2, 2, 8, 8, 'valid', 8],
    [2, 2, 7, 9, 'valid', 4],
    [3, 3, 9, 10, 'valid', 16],
    [3, 2, 8, 8, 'same', 4],
    [2, 2, 7, 7, 'same', 4],
    [2, 2, 6, 6, 'valid', 3],
  ] as const)('%i window, step %i, %i×%i image, %s, %i channels', async (size, stride, h, w, pad, c) => {
    const xValues = values([2, h, w, c]);
    await onBoth(() => {
      const x = tf.tensor4d(xValues, [2, h, w, c]);
      const f = (a: tf.Tensor): tf.Tensor => tf.maxPool(a as tf.Tensor4D, size, stride, pad);
      const y = f(x);
      return [y, tf.grad(f)(x, tf.cos(tf.range(0, y.size)).reshape(y.shape))];
    });
  });
});

describe('ENGINE-1 fused batch norm on wasm equals the composition', () => {
  it.each([
    ['relu', true, false, 8],
    ['relu', false, false, 24],
    ['linear', true, false, 4],
    ['linear', false, false, 36],
    ['relu', false, false, 3],
    ['relu', true, true, 8],
    ['linear', false, true, 12],
    ['relu6', false, true, 8],
    ['relu6', true, false, 4],
  ] as const)('%s, residual %s, fixed statistics %s, %i channels', async (activation, residual, isFixed, c) => {
    const shape = [3, 5, 6, c];
    const [xValues, rValues, gValues, bValues] = [
      values(shape),
      values(shape),
      values([c]).map((v) => v * 5),
      values([c]),
    ];
    await onBoth(() => {
      const inputs = [tf.tensor(xValues, shape), tf.tensor1d(gValues), tf.tensor1d(bValues), tf.tensor(rValues, shape)];
      const statistics: tf.Tensor[] = [];
      const fixed = isFixed ? { mean: tf.tensor1d(bValues), variance: tf.tensor1d(gValues).square() } : null;
      const f = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, r: tf.Tensor): tf.Tensor => {
        const result = normAct({ x, gamma, beta, residual: residual ? r : null, fixed, epsilon: 1e-5, activation });
        statistics.push(result.mean, result.variance);
        return residual ? result.y : result.y.add(r.mul(0));
      };
      const { value, grads } = tf.valueAndGrads(f)(inputs, tf.cos(tf.range(0, inputs[0]?.size ?? 0)).reshape(shape));
      return [value, ...grads, statistics[0] as tf.Tensor, statistics[1] as tf.Tensor];
    });
  });
});

describe('ENGINE-1 other replaced kernels equal the reference', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('matMul, transposed %s and %s', async (ta, tb) => {
    const [a, b] = [values([5, 7]), values([7, 6])];
    await onBoth(() => [tf.matMul(tf.tensor2d(a, ta ? [7, 5] : [5, 7]), tf.tensor2d(b, tb ? [6, 7] : [7, 6]), ta, tb)]);
  });

  it('unsorted segment sum', async () => {
    const a = values([6, 4]);
    await onBoth(() => [tf.unsortedSegmentSum(tf.tensor2d(a, [6, 4]), tf.tensor1d([2, 0, 2, 1, 0, 2], 'int32'), 4)]);
  });

  it('a copy outlives its source', async () => {
    const a = values([12]);
    await onBoth(() => {
      const x = tf.tensor1d(a);
      const copy = x.clone();
      x.dispose();
      return [tf.tensor1d(a).mul(0), copy];
    });
  });

  it('leaves no tensor behind', async () => {
    await tf.setBackend('wasm');
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const step = (): void =>
      tf.tidy(() => {
        const x = tf.ones<tf.Rank.R4>([1, 6, 6, 4]);
        const f = (w: tf.Tensor): tf.Tensor =>
          tf.maxPool(tf.conv2d(x, w as tf.Tensor4D, 1, 'same'), 2, 2, 'valid').sum();
        tf.grad(f)(tf.ones([3, 3, 4, 4]));
        tf.matMul(tf.ones([3, 4]), tf.ones([3, 4]), true, false);
      });
    step();
    const [tensors, data] = [tf.memory().numTensors, backend.numDataIds()];
    step();
    expect([tf.memory().numTensors, backend.numDataIds()]).toEqual([tensors, data]);
  });
});
