import * as tf from '@tensorflow/tfjs';
import type { Random } from '#core/math/random.ts';
import { activated, normAct } from '../engine/fused.ts';
import type { GraphNode, ModelGraph } from './graph.ts';

export interface ForwardMode {
  /** Draws dropout and stochastic depth; null switches both off (prediction). */
  noise: Masks | null;
  /**
   * `batch`: normalise by the batch and report its statistics. `running`: by the stored ones (prediction, fine-tuning).
   */
  norm: 'batch' | 'running';
}

export interface ForwardResult {
  /** [n, classes] */
  logits: tf.Tensor2D;
  /** [n, d] */
  embedding: tf.Tensor2D;
  /** By batch-norm node id, for `batch` only; kept tensors [c]: the caller disposes them. */
  statistics: Map<string, { mean: tf.Tensor; variance: tf.Tensor }>;
}

/** Where a training pass gets its noise from. */
export interface Masks {
  /** [count]: 0 at the given rate, else 1/(1 − rate), so that the mean stays. */
  draw(count: number, rate: number): tf.Tensor1D;
}

/** Masks drawn one after another. */
export const drawnMasks = (random: Random): Masks => ({
  draw: (count, rate) => tf.tensor1d(maskValues(random, count, rate)),
});

/** The values of one mask. */
export const maskValues = (random: Random, count: number, rate: number): Float32Array =>
  Float32Array.from({ length: count }, () => (random.next() < rate ? 0 : 1 / (1 - rate)));

/** Weights by name. */
export type WeightTensors = ReadonlyMap<string, tf.Tensor>;

type Node<Op extends GraphNode['op']> = Extract<GraphNode, { op: Op }>;

/** Nodes that run as part of an earlier one: an activation in its norm or convolution, an add in its norm. */
interface FusionPlan {
  /** Activation that runs with its norm (after an add, perhaps) or its convolution. */
  ends: Map<string, { id: string; op: 'relu' | 'relu6' }>;
  /** Norm id → the add it takes in. */
  adds: Map<string, Node<'add'>>;
}

const plans = new WeakMap<ModelGraph, FusionPlan>();

function planOf(graph: ModelGraph): FusionPlan {
  const known = plans.get(graph);
  if (known !== undefined) return known;
  const readers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const isOutput = (id: string): boolean => id === graph.logits || id === graph.embedding;
  const onlyReader = (id: string): GraphNode | null => {
    const found = readers.get(id) ?? [];
    return found.length === 1 && !isOutput(id) ? (found[0] as GraphNode) : null;
  };
  const plan: FusionPlan = { ends: new Map(), adds: new Map() };
  const order = new Map(graph.nodes.map(({ id }, i) => [id, i]));
  const runsBefore = (a: string, b: string): boolean => (order.get(a) ?? 0) < (order.get(b) ?? 0);
  for (const node of graph.nodes) {
    if (node.op !== 'batchNorm' && node.op !== 'conv2d' && node.op !== 'depthwiseConv2d') continue;
    let next = onlyReader(node.id);
    if (
      node.op === 'batchNorm' &&
      next?.op === 'add' &&
      next.inputs[1] === node.id &&
      next.drop === 0 &&
      runsBefore(next.inputs[0], node.id)
    ) {
      const after = onlyReader(next.id);
      if (after?.op !== 'relu' && after?.op !== 'relu6') continue;
      plan.adds.set(node.id, next);
      next = after;
    }
    if (next?.op === 'relu' || next?.op === 'relu6') plan.ends.set(node.id, { id: next.id, op: next.op });
  }
  plans.set(graph, plan);
  return plan;
}

/**
 * Runs a graph. Call inside tf.tidy. x holds preprocessed images [n, size, size, channels], or [n, features]. Throws
 * RangeError when a weight is missing.
 */
export function forward(graph: ModelGraph, weights: WeightTensors, x: tf.Tensor, mode: ForwardMode): ForwardResult {
  const plan = planOf(graph);
  const values = new Map<string, tf.Tensor>();
  const statistics: ForwardResult['statistics'] = new Map();
  // The fused ops have no gradient through relu6.
  const training = mode.noise !== null;
  const weight = (name: string): tf.Tensor => {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new RangeError(`weight ${name} of ${graph.name} is missing`);
    return tensor;
  };
  const value = (id: string): tf.Tensor => {
    const tensor = values.get(id);
    if (tensor === undefined) throw new RangeError(`node ${id} of ${graph.name} is read before it runs`);
    return tensor;
  };

  const norm = (node: Node<'batchNorm'>): tf.Tensor => {
    const add = plan.adds.get(node.id);
    const fixed = mode.norm === 'running' ? { mean: weight(node.mean), variance: weight(node.variance) } : null;
    const { y, mean, variance } = normAct({
      x: value(node.inputs[0]),
      gamma: weight(node.gamma),
      beta: weight(node.beta),
      residual: add === undefined ? null : value(add.inputs[0]),
      fixed,
      epsilon: node.epsilon,
      activation: plan.ends.get(node.id)?.op ?? 'linear',
    });
    if (fixed === null) statistics.set(node.id, { mean, variance });
    else tf.dispose([mean, variance]);
    return y;
  };

  const conv = (node: Node<'conv2d' | 'depthwiseConv2d'>): tf.Tensor => {
    const input = value(node.inputs[0]) as tf.Tensor4D;
    const filter = weight(node.kernel) as tf.Tensor4D;
    const { stride: strides, padding: pad } = node;
    const activation = plan.ends.get(node.id)?.op ?? 'linear';
    const depthwise = node.op === 'depthwiseConv2d';
    if (node.bias === null || training) {
      const plain = depthwise
        ? tf.depthwiseConv2d(input, filter, strides, pad)
        : tf.conv2d(input, filter, strides, pad);
      const y = node.bias === null ? plain : plain.add(weight(node.bias));
      return activated(y, activation);
    }
    const fused = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    return fused({ x: input, filter, strides, pad, bias: weight(node.bias), activation });
  };

  const run = (node: GraphNode): tf.Tensor => {
    switch (node.op) {
      case 'input':
        return x;
      case 'conv2d':
      case 'depthwiseConv2d':
        return conv(node);
      case 'batchNorm':
        return norm(node);
      case 'relu':
        return tf.relu(value(node.inputs[0]));
      case 'relu6':
        return tf.relu6(value(node.inputs[0]));
      case 'gelu': {
        const input = value(node.inputs[0]);
        return input.mul(tf.erf(input.mul(Math.SQRT1_2)).add(1)).mul(0.5);
      }
      case 'zeroPad': {
        const [top, bottom, left, right] = node.padding;
        return tf.pad4d(value(node.inputs[0]) as tf.Tensor4D, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
      }
      case 'maxPool':
        return tf.maxPool(value(node.inputs[0]) as tf.Tensor4D, node.size, node.stride, node.padding);
      case 'avgPool':
        return tf.avgPool(value(node.inputs[0]) as tf.Tensor4D, node.size, node.stride, node.padding);
      case 'globalMaxPool':
      case 'globalAveragePool':
        return globalPool(value(node.inputs[0]) as tf.Tensor4D, node.op === 'globalMaxPool');
      case 'add':
        return value(node.inputs[0]).add(dropBranch(value(node.inputs[1]), node.drop, mode.noise));
      case 'concat':
        return tf.concat(node.inputs.map(value), 1);
      case 'flatten':
        return tf.reshape(value(node.inputs[0]), [x.shape[0] ?? 0, -1]);
      case 'dropout':
        return mode.noise === null ? value(node.inputs[0]) : dropout(value(node.inputs[0]), node.rate, mode.noise);
      case 'dense': {
        const y = tf.matMul(value(node.inputs[0]), weight(node.kernel));
        return node.bias === null ? y : y.add(weight(node.bias));
      }
      case 'scale':
        return value(node.inputs[0]).mul(node.factor);
      case 'softmax':
        return tf.softmax(value(node.inputs[0]));
    }
  };

  for (const node of graph.nodes) {
    if (values.has(node.id)) continue;
    const y = run(node);
    values.set(node.id, y);
    const add = plan.adds.get(node.id);
    if (add !== undefined) values.set(add.id, y);
    const end = plan.ends.get(node.id);
    if (end !== undefined) values.set(end.id, y);
  }
  return { logits: value(graph.logits) as tf.Tensor2D, embedding: value(graph.embedding) as tf.Tensor2D, statistics };
}

/** [n, h, w, c] → [n, c] by one pooling window, whose gradient every engine has. */
function globalPool(x: tf.Tensor4D, largest: boolean): tf.Tensor {
  const [n, height, width, channels] = x.shape;
  const window: [number, number] = [height, width];
  const y = largest ? tf.maxPool(x, window, window, 'valid') : tf.avgPool(x, window, window, 'valid');
  return y.reshape([n, channels]);
}

/** Inverted dropout: kept values are divided by the keep probability. */
const dropout = (x: tf.Tensor, rate: number, noise: Masks): tf.Tensor =>
  x.mul(noise.draw(x.size, rate).reshape(x.shape));

/** Stochastic depth: the branch of some samples is dropped, that of the others divided by the keep probability. */
function dropBranch(branch: tf.Tensor, rate: number, noise: Masks | null): tf.Tensor {
  if (noise === null || rate === 0) return branch;
  const rows = branch.shape[0] ?? 0;
  return branch.mul(noise.draw(rows, rate).reshape([rows, ...Array.from({ length: branch.rank - 1 }, () => 1)]));
}
