import { createRandom } from '#core/math/random.ts';
import { sizeOf, type FlatWeights, type GraphNode, type ModelGraph, type WeightSpec } from '../models/graph.ts';
import type { ModelCardData } from './types.ts';

/** Weights as training might leave them, batch-norm statistics far from where they start. */
export function startWeights(graph: ModelGraph): FlatWeights {
  const random = createRandom(3);
  return Float32Array.from(
    graph.weights.flatMap(({ role, shape }) =>
      Array.from({ length: sizeOf(shape) }, () => {
        const draw = random.normal();
        if (role === 'variance') return 0.5 + random.next();
        if (role === 'gamma') return 1 + 0.2 * draw;
        if (role !== 'kernel') return 0.2 * draw;
        return draw * Math.sqrt(2 / (sizeOf(shape) / (shape.at(-1) === 1 ? (shape[2] ?? 1) : (shape.at(-1) ?? 1))));
      }),
    ),
  );
}

const weight = (name: string, shape: number[], role: WeightSpec['role']): WeightSpec => ({
  name,
  shape,
  role,
  start: 'he',
  trainable: true,
  group: 'body',
});

/** Every operation that our own nets lack: as an imported backbone may have them. */
export function oddGraph(): ModelGraph {
  const nodes: GraphNode[] = [
    { id: 'input', op: 'input', inputs: [] },
    { id: 'a/pad', op: 'zeroPad', inputs: ['input'], padding: [0, 1, 0, 1] },
    {
      id: 'a/conv',
      op: 'conv2d',
      inputs: ['a/pad'],
      kernel: 'a/conv/kernel',
      bias: 'a/conv/bias',
      stride: 2,
      padding: 'valid',
    },
    { id: 'a/gelu', op: 'gelu', inputs: ['a/conv'] },
    {
      id: 'b.depth',
      op: 'depthwiseConv2d',
      inputs: ['a/gelu'],
      kernel: 'b.kernel',
      bias: null,
      stride: 2,
      padding: 'same',
    },
    { id: 'b.relu6', op: 'relu6', inputs: ['b.depth'] },
    { id: 'c', op: 'avgPool', inputs: ['b.relu6'], size: 3, stride: 2, padding: 'same' },
    {
      id: 'c.norm',
      op: 'batchNorm',
      inputs: ['c'],
      gamma: 'gamma',
      beta: 'beta',
      mean: 'mean',
      variance: 'variance',
      epsilon: 1e-3,
    },
    { id: 'flat', op: 'flatten', inputs: ['c.norm'] },
    { id: 'scaled', op: 'scale', inputs: ['flat'], factor: 0.5 },
    { id: 'dropped', op: 'dropout', inputs: ['scaled'], rate: 0.3 },
    { id: 'head', op: 'dense', inputs: ['dropped'], kernel: 'head.kernel', bias: 'head.bias' },
  ];
  return {
    name: 'odd',
    classes: 3,
    nodes,
    logits: 'head',
    embedding: 'scaled',
    input: { size: 15, channels: 3, mean: [0.5, 0.4, 0.3], std: [0.5, 0.25, 0.3] },
    weights: [
      weight('a/conv/kernel', [3, 3, 3, 8], 'kernel'),
      weight('a/conv/bias', [8], 'bias'),
      weight('b.kernel', [3, 3, 8, 1], 'kernel'),
      weight('gamma', [8], 'gamma'),
      weight('beta', [8], 'beta'),
      weight('mean', [8], 'mean'),
      weight('variance', [8], 'variance'),
      weight('head.kernel', [32, 3], 'kernel'),
      weight('head.bias', [3], 'bias'),
    ],
  };
}

/** Features from two places joined, as a backbone with several taps gives them. */
export function joinedGraph(): ModelGraph {
  return {
    name: 'joined',
    classes: 3,
    nodes: [
      { id: 'input', op: 'input', inputs: [] },
      {
        id: 'early',
        op: 'conv2d',
        inputs: ['input'],
        kernel: 'early.kernel',
        bias: 'early.bias',
        stride: 2,
        padding: 'same',
      },
      { id: 'early.relu6', op: 'relu6', inputs: ['early'] },
      {
        id: 'late',
        op: 'conv2d',
        inputs: ['early.relu6'],
        kernel: 'late.kernel',
        bias: 'late.bias',
        stride: 2,
        padding: 'same',
      },
      { id: 'embedding.1', op: 'globalAveragePool', inputs: ['early.relu6'] },
      { id: 'embedding.2', op: 'globalAveragePool', inputs: ['late'] },
      { id: 'embedding', op: 'concat', inputs: ['embedding.1', 'embedding.2'] },
      { id: 'head', op: 'dense', inputs: ['embedding'], kernel: 'head.kernel', bias: 'head.bias' },
    ],
    logits: 'head',
    embedding: 'embedding',
    input: { size: 15, channels: 3, mean: [0.5, 0.4, 0.3], std: [0.5, 0.25, 0.3] },
    weights: [
      weight('early.kernel', [3, 3, 3, 6], 'kernel'),
      weight('early.bias', [6], 'bias'),
      weight('late.kernel', [3, 3, 6, 4], 'kernel'),
      weight('late.bias', [4], 'bias'),
      weight('head.kernel', [10, 3], 'kernel'),
      weight('head.bias', [3], 'bias'),
    ],
  };
}

export const sampleCard = (): ModelCardData => ({
  project: 'Pets',
  run: '1',
  round: 3,
  role: 'student',
  createdAt: '2026-01-02T03:04:05.000Z',
  description: '',
  licence: null,
  intendedUse: null,
  data: { labeled: 250, pseudo: 1800, validation: 200, test: 500 },
  figures: [{ name: 'Test accuracy', value: 0.81, count: 500, interval: [0.77, 0.845] }],
  rounds: [
    {
      index: 0,
      role: 'teacher',
      model: 'xs',
      labeled: 250,
      pseudo: 0,
      valAccuracy: 0.6,
      valInterval: [0.53, 0.67],
      verdict: null,
    },
  ],
  hashes: { checkpoint: 'a'.repeat(64) },
});
