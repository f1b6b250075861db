/**
 * What the WebGPU engine computes beside wasm, as one line of JSON for webgpu.test.ts: a process of its own, since a
 * software device is found through the environment that a process starts with.
 */
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '#core/math/random.ts';
import { openEngine, type Engine } from './engine/engine.ts';
import { normAct } from './engine/fused.ts';
import { sizeOf, type ModelGraph, type WeightSpec } from './models/graph.ts';
import { train, type TrainOptions } from './training/train.ts';

type Values = Record<string, number[]>;

const CLASSES = 3;
const SIZE = 8;

const weight = (
  name: string,
  shape: number[],
  role: WeightSpec['role'],
  group: WeightSpec['group'] = 'body',
): WeightSpec => ({ name, shape, role, group, start: 'he', trainable: role !== 'mean' && role !== 'variance' });

/** One residual block whose branch is dropped at times, dropout, and a head: every kind of weight and noise, small. */
const GRAPH: ModelGraph = {
  name: 'small',
  input: { size: SIZE, channels: 3, mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] },
  classes: CLASSES,
  nodes: [
    { id: 'x', op: 'input', inputs: [] },
    { id: 'stem', op: 'conv2d', inputs: ['x'], kernel: 'k', bias: null, stride: 2, padding: 'same' },
    { id: 'branch', op: 'conv2d', inputs: ['stem'], kernel: 'k2', bias: null, stride: 1, padding: 'same' },
    {
      id: 'norm',
      op: 'batchNorm',
      inputs: ['branch'],
      gamma: 'gamma',
      beta: 'beta',
      mean: 'mean',
      variance: 'variance',
      epsilon: 1e-5,
    },
    { id: 'relu', op: 'relu', inputs: ['norm'] },
    { id: 'sum', op: 'add', inputs: ['stem', 'relu'], drop: 0.4 },
    { id: 'pool', op: 'globalAveragePool', inputs: ['sum'] },
    { id: 'dropout', op: 'dropout', inputs: ['pool'], rate: 0.3 },
    { id: 'logits', op: 'dense', inputs: ['dropout'], kernel: 'head', bias: 'bias' },
  ],
  weights: [
    weight('k', [3, 3, 3, 8], 'kernel'),
    weight('k2', [3, 3, 8, 8], 'kernel'),
    weight('gamma', [8], 'gamma'),
    weight('beta', [8], 'beta'),
    weight('head', [8, CLASSES], 'kernel', 'head'),
    weight('bias', [CLASSES], 'bias', 'head'),
    weight('mean', [8], 'mean'),
    weight('variance', [8], 'variance'),
  ],
  logits: 'logits',
  embedding: 'pool',
};

/** Gradients of convolutions and norms, by case. */
async function kernels(): Promise<Values> {
  const random = createRandom(3);
  const draw = (...shape: number[]): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
      shape,
    );
  const made: Record<string, tf.Tensor> = {};
  for (const [k, stride, pad, ci, co, side] of [
    [3, 1, 'same', 8, 16, 9],
    [3, 2, 'same', 40, 36, 10],
    [1, 2, 'same', 16, 32, 8],
    [2, 1, 'valid', 3, 24, 11],
  ] as const) {
    const [dx, dw] = tf.grads((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad).square())([
      draw(5, side, side, ci),
      draw(k, k, ci, co),
    ]) as [tf.Tensor, tf.Tensor];
    made[`conv ${k} ${stride} ${pad} ${ci} ${co}: input`] = dx;
    made[`conv ${k} ${stride} ${pad} ${ci} ${co}: filter`] = dw;
  }
  for (const [c, activation, residual, stored] of [
    [8, 'relu', false, false],
    [24, 'linear', false, false],
    [64, 'relu', true, false],
    [16, 'relu6', true, true],
    [40, 'linear', true, true],
  ] as const) {
    // A mean far from zero: a variance by plain squares would lose its digits.
    const inputs = [draw(4, 7, 5, c).add(20), draw(c), draw(c), ...(residual ? [draw(4, 7, 5, c)] : [])];
    const fixed = stored ? { mean: draw(c), variance: draw(c).square().add(0.1) } : null;
    const run = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, sum?: tf.Tensor): ReturnType<typeof normAct> =>
      normAct({ x, gamma, beta, residual: sum ?? null, fixed, epsilon: 1e-5, activation });
    const gradients = tf.grads((...given) => run(...(given as [tf.Tensor, tf.Tensor, tf.Tensor])).y.square())(inputs);
    gradients.forEach((gradient, i) => (made[`norm ${c} ${activation} ${residual} ${stored}: ${i}`] = gradient));
    const { y, mean, variance } = run(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?]));
    Object.assign(made, { [`norm ${c}: y`]: y, [`norm ${c}: mean`]: mean, [`norm ${c}: variance`]: variance });
  }
  const values: Values = {};
  for (const [name, tensor] of Object.entries(made)) values[name] = Array.from(await tensor.data());
  return values;
}

/** Losses and weights of a few steps with dropout and a teacher, whole and from a checkpoint on. */
async function training(engine: Engine): Promise<Values> {
  const random = createRandom(5);
  const draw = (rows: number): TrainOptions['source'] => {
    const pixels = Uint8Array.from({ length: rows * SIZE * SIZE * 3 }, () => random.below(256));
    const targets = Float32Array.from({ length: rows * CLASSES }, (_, i) =>
      Number(Math.floor(i / CLASSES) % CLASSES === i % CLASSES),
    );
    return { batch: () => Promise.resolve({ pixels, targets, labeledCount: 2 }) };
  };
  const initial = Float32Array.from(
    { length: GRAPH.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0) },
    () => 0.5 + 0.3 * random.normal(),
  );
  const common = {
    engine,
    graph: GRAPH,
    initial,
    steps: 4,
    seed: 9,
    learningRate: 0.05,
    headLearningRate: 0.1,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmup: 0.2,
    emaDecay: 0.9,
    pseudoWeight: 0.5,
  };
  const values: Values = {};
  const run = async (name: string, options: TrainOptions): Promise<Uint8Array | null> => {
    const losses: number[] = [];
    let kept: Uint8Array | null = null;
    const events = train(options);
    for (;;) {
      const { done, value } = await events.next();
      if (done === true) {
        values[`${name}: weights`] = Array.from(value.weights);
        break;
      }
      if (value.type === 'checkpoint') kept = value.bytes;
      else losses.push(value.lossLabeled, value.lossPseudo ?? 0);
    }
    values[`${name}: losses`] = losses;
    return kept;
  };
  const source = draw(6);
  const kept = await run('whole', { ...common, source, checkpointEvery: 2 });
  await run('from the checkpoint', { ...common, source, resume: kept });
  const distillation = { temperature: 2, alpha: 0.7, teacher: { graph: GRAPH, weights: initial } };
  await run('distilled', { ...common, source: draw(5), distillation });
  const [few, many] = [await draw(4).batch(0), await draw(7).batch(0)];
  await run('batches of two sizes', {
    ...common,
    steps: 6,
    source: { batch: async (t) => (t % 3 === 1 ? few : many) },
  });
  await run('stored statistics', { ...common, source: draw(5), norm: 'running', fixed: new Set(['k2']) });
  return values;
}

const results: Values[] = [];
for (const name of ['wasm', 'webgpu'] as const) {
  const engine = await openEngine(name, { threads: 1 });
  if (engine.name !== name) break;
  results.push({ ...(await kernels()), ...(await training(engine)) });
  await engine.dispose();
}
const [wasm = {}, webgpu] = results;
/** Largest difference of each result, of the largest value or of one. */
const worst = Object.entries(wasm).map(([name, expected]): [string, number] => {
  const actual = webgpu?.[name] ?? [];
  const size = Math.max(1, ...expected.map(Math.abs));
  return [name, Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? NaN)) / size))];
});
process.stdout.write(`${JSON.stringify({ there: webgpu !== undefined, worst })}\n`, () => process.exit(0));
