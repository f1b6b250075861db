import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { buildModel } from '../models/build.ts';
import { weightCount, weightView } from '../models/graph.ts';
import { crossEntropyRows, divergenceRows, rowWeights } from './loss.ts';
import { Optimiser } from './optimiser.ts';
import { emaDecayAt, triangular } from './schedule.ts';

beforeAll(() => tf.setBackend('cpu'));

const softmax = (z: number[]): number[] => {
  const e = z.map(Math.exp);
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};

describe('losses on known values', () => {
  it('cross-entropy of a soft target', () => {
    const loss = tf.tidy(
      () => crossEntropyRows(tf.tensor2d([[2, 0, -1]]), tf.tensor2d([[0.7, 0.2, 0.1]])).dataSync()[0] ?? 0,
    );
    const p = softmax([2, 0, -1]) as [number, number, number];
    expect(loss).toBeCloseTo(-(0.7 * Math.log(p[0]) + 0.2 * Math.log(p[1]) + 0.1 * Math.log(p[2])), 5);
  });

  it('KL divergence at temperature 2, zero for equal logits', () => {
    const [t, s] = [
      [3, 1, 0],
      [0, 2, 1],
    ];
    const rows = tf.tidy(() => [...divergenceRows(tf.tensor2d([t, t]), tf.tensor2d([s, t]), 2).dataSync()]);
    const [p, q] = [softmax(t.map((v) => v / 2)), softmax(s.map((v) => v / 2))];
    expect(rows[0]).toBeCloseTo(
      p.reduce((sum, v, i) => sum + v * Math.log(v / (q[i] as number)), 0),
      5,
    );
    expect(rows[1]).toBeCloseTo(0, 6);
  });

  it('row weights are (labeled + ratio·pseudo)/(1 + ratio), each a mean', () => {
    const { crossEntropy, divergence } = rowWeights(6, 2, 3, null);
    expect([...crossEntropy]).toEqual([1 / 8, 1 / 8, ...[0, 0, 0, 0].map(() => 3 / 16)]);
    expect(divergence.every((v) => v === 0)).toBe(true);
    expect(rowWeights(4, 4, 1, null).crossEntropy[0]).toBe(1 / 4);
  });

  it('distillation weighs KL alone where no person answered', () => {
    const { crossEntropy, divergence } = rowWeights(4, 2, 1, { temperature: 2, alpha: 0.75 });
    expect([...divergence]).toEqual([0.75, 0.75, 0.75, 0.75]);
    expect([...crossEntropy]).toEqual([0.125, 0.125, 0, 0]);
  });
});

describe('schedules on known values', () => {
  it('triangular rate peaks after the warm-up and ends near zero', () => {
    expect(triangular(0, 100, 0.2)).toBeCloseTo(0.025, 6);
    expect(triangular(19, 100, 0.2)).toBeCloseTo(0.975, 6);
    expect(triangular(59, 100, 0.2)).toBeCloseTo(0.50625, 6);
    expect(triangular(99, 100, 0.2)).toBeCloseTo(0.00625, 6);
    expect(triangular(0, 10, 0)).toBeCloseTo(0.95, 6);
  });

  it('average decay is min(d, (1 + t)/(10 + t))', () => {
    expect([0, 8, 90, 10_000].map((t) => emaDecayAt(0.99, t))).toEqual([0.1, 0.5, 91 / 100, 0.99]);
  });
});

describe('optimiser', () => {
  const graph = buildModel({ name: 'resnet8', inputSize: 16, channels: 1, classes: 2 });
  const trained = graph.weights
    .filter((w) => w.trainable)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

  it('takes Nesterov steps with decay on kernels only, at each group its rate', () => {
    const optimiser = new Optimiser(graph, new Float32Array(weightCount(graph)).fill(1), {
      bodyRate: 0.1,
      headRate: 0.5,
      momentum: 0.9,
      weightDecay: 0.01,
      emaDecay: 0,
    });
    const gradient = new Float32Array(trained).fill(2);
    optimiser.step(gradient, null, 1, 0);
    // g = 2 + 0.01; m = g; step = rate·(g + 0.9·m)
    expect(weightView(graph, optimiser.weights, 'conv1.kernel')[0]).toBeCloseTo(1 - 0.1 * 2.01 * 1.9, 5);
    expect(weightView(graph, optimiser.weights, 'norm1.gamma')[0]).toBeCloseTo(1 - 0.1 * 2 * 1.9, 5);
    expect(weightView(graph, optimiser.weights, 'head.bias')[0]).toBeCloseTo(1 - 0.5 * 2 * 1.9, 5);
    optimiser.step(gradient, null, 0.5, 1);
    // m = 0.9·2 + 2 = 3.8; step = 0.05·(2 + 0.9·3.8)
    expect(weightView(graph, optimiser.weights, 'norm1.gamma')[0]).toBeCloseTo(1 - 0.38 - 0.05 * (2 + 0.9 * 3.8), 5);
  });

  it('blends batch statistics and averages them with the weights', () => {
    const optimiser = new Optimiser(graph, new Float32Array(weightCount(graph)), {
      bodyRate: 0,
      headRate: 0,
      momentum: 0.9,
      weightDecay: 0,
      emaDecay: 0.99,
    });
    optimiser.step(new Float32Array(trained), new Float32Array(weightCount(graph) - trained).fill(10), 1, 0);
    expect(weightView(graph, optimiser.weights, 'norm1.mean')[0]).toBeCloseTo(1, 6);
    // First average: decay 0.1.
    expect(weightView(graph, optimiser.ema, 'norm1.mean')[0]).toBeCloseTo(0.9, 6);
  });
});
