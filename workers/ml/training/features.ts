import { AppError } from '#core/errors.ts';
import type { Random } from '#core/math/random.ts';
import type { BatchPlan } from '../augment/batches.ts';
import {
  sizeOf,
  weightOffsets,
  weightView,
  type FlatWeights,
  type GraphNode,
  type ModelGraph,
} from '../models/graph.ts';
import type { TrainOptions } from './train.ts';

/** Training the head of a frozen model on features that were computed once. */
export interface HeadTask {
  /** Only the head; its input is one feature vector. For train({ graph, initial, source: task.source(plan), … }). */
  graph: ModelGraph;
  initial: FlatWeights;
  /** Batches of features by the rows that the planner names. */
  source(plan: (step: number) => BatchPlan): TrainOptions['source'];
  /** The whole model's weights with the trained head put in. */
  finish(head: FlatWeights): FlatWeights;
}

type Dense = Extract<GraphNode, { op: 'dense' }>;

function headOf(graph: ModelGraph): { dense: Dense; factor: number } {
  const last = graph.nodes.find(({ id }) => id === graph.logits);
  const factor = last?.op === 'scale' ? last.factor : 1;
  const dense = last?.op === 'scale' ? graph.nodes.find(({ id }) => id === last.inputs[0]) : last;
  if (dense?.op !== 'dense')
    throw new AppError('BAD_INPUT', {
      plain: `Model ${graph.name} does not end in a linear layer, so that its head cannot be trained alone.`,
    });
  return { dense, factor };
}

/**
 * Prepares head training on features [n, d] of the model's embedding. Features are centred and scaled to deviation 1
 * for training, so that one rate fits every backbone; `finish` folds that into the head's weights, and the whole model
 * stays exact.
 */
export function createHeadTask(
  model: { graph: ModelGraph; weights: FlatWeights },
  features: Float32Array,
  options: { dropout?: number } = {},
): HeadTask {
  const { graph: whole } = model;
  const { dense, factor } = headOf(whole);
  const kernelShape = whole.weights.find(({ name }) => name === dense.kernel)?.shape ?? [];
  const width = kernelShape[0] as number;
  const { classes } = whole;
  const count = features.length / width;
  if (!Number.isInteger(count) || count === 0)
    throw new AppError('BAD_INPUT', {
      plain: `Features of ${width} numbers an image were expected. Compute them again with this backbone.`,
    });
  const { mean, scale } = standardise(features, width, dense.bias !== null);
  const { dropout = 0 } = options;
  const dropped: GraphNode[] = dropout > 0 ? [{ id: 'dropout', op: 'dropout', inputs: ['input'], rate: dropout }] : [];
  const graph: ModelGraph = {
    name: `${whole.name}-head`,
    input: { size: 1, channels: 1, mean: [], std: [], features: width },
    classes,
    nodes: [
      { id: 'input', op: 'input', inputs: [] },
      ...dropped,
      {
        id: 'head',
        op: 'dense',
        inputs: [dropout > 0 ? 'dropout' : 'input'],
        kernel: 'kernel',
        bias: dense.bias === null ? null : 'bias',
      },
    ],
    weights: [
      { name: 'kernel', shape: [width, classes], role: 'kernel', start: 'zeros', trainable: true, group: 'head' },
      ...(dense.bias === null
        ? []
        : [{ name: 'bias', shape: [classes], role: 'bias', start: 'zeros', trainable: true, group: 'head' } as const]),
    ],
    logits: 'head',
    embedding: 'input',
  };
  return {
    graph,
    // A linear layer has no symmetry to break: zeros start at the uniform answer.
    initial: new Float32Array(graph.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)),
    source: (plan) => ({
      batch: (step) => {
        const { indices, targets, labeledCount } = plan(step);
        const pixels = new Float32Array(indices.length * width);
        indices.forEach((row, i) => {
          for (let d = 0; d < width; d += 1)
            pixels[i * width + d] =
              ((features[row * width + d] as number) - (mean[d] as number)) * (scale[d] as number);
        });
        return Promise.resolve({ pixels, targets, labeledCount });
      },
    }),
    finish: (head) => {
      const weights = Float32Array.from(model.weights);
      const offsets = weightOffsets(whole);
      const kernelAt = offsets.get(dense.kernel) ?? 0;
      const kernel = weightView(graph, head, 'kernel');
      const shift = new Float64Array(classes);
      for (let d = 0; d < width; d += 1) {
        for (let c = 0; c < classes; c += 1) {
          const value = (kernel[d * classes + c] as number) * (scale[d] as number);
          weights[kernelAt + d * classes + c] = value / factor;
          shift[c] = (shift[c] as number) - value * (mean[d] as number);
        }
      }
      if (dense.bias !== null) {
        const biasAt = offsets.get(dense.bias) ?? 0;
        weightView(graph, head, 'bias').forEach((value, c) => {
          weights[biasAt + c] = (value + (shift[c] as number)) / factor;
        });
      }
      return weights;
    },
  };
}

/** Mean and 1/deviation of each feature; without a bias to fold it into, the mean stays 0. */
export function standardise(
  features: Float32Array,
  width: number,
  centred: boolean,
): { mean: Float64Array; scale: Float64Array } {
  const count = features.length / width;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  features.forEach((value, i) => {
    mean[i % width] = (mean[i % width] as number) + value / count;
    square[i % width] = (square[i % width] as number) + (value * value) / count;
  });
  const scale = mean.map((m, d) => 1 / Math.sqrt(Math.max(0, (square[d] as number) - m * m) + 1e-4));
  return { mean: centred ? mean : mean.fill(0), scale };
}

/**
 * A trained model of another project as a backbone: its body as it is, and a fresh head for other classes. Batch
 * norm's statistics come along. `dropout` is for a body without one. Throws AppError BAD_INPUT when the model does not
 * end in a linear layer.
 */
export function replaceHead(
  model: { graph: ModelGraph; weights: FlatWeights },
  options: { classes: number; random: Random; dropout?: number },
): { graph: ModelGraph; weights: FlatWeights } {
  const { graph: from } = model;
  const { dense } = headOf(from);
  const { classes, random, dropout = 0 } = options;
  const width = from.weights.find(({ name }) => name === dense.kernel)?.shape[0] ?? 1;
  const resized = from.weights.map((weight) =>
    weight.name === dense.kernel
      ? { ...weight, shape: [width, classes] }
      : weight.name === dense.bias
        ? { ...weight, shape: [classes] }
        : weight,
  );
  const nodes =
    dropout === 0 ? from.nodes : from.nodes.flatMap((node) => (node === dense ? dropBefore(dense, dropout) : [node]));
  const graph: ModelGraph = { ...from, classes, nodes, weights: resized };
  const fresh = new Float32Array(resized.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  const kernelAt = weightOffsets(graph).get(dense.kernel) ?? 0;
  for (let i = 0; i < width * classes; i += 1) fresh[kernelAt + i] = (random.normal() * 0.1) / Math.sqrt(width);
  return { graph, weights: adoptWeights(graph, fresh, from, model.weights) };
}

/** The head, and before it a share of the embedding that is dropped in training. */
const dropBefore = (dense: Dense, rate: number): GraphNode[] => [
  { id: `${dense.id}.dropout`, op: 'dropout', inputs: dense.inputs, rate },
  { ...dense, inputs: [`${dense.id}.dropout`] },
];

/** Weights of `to`, taken from another model wherever name and shape agree (all but the head), else from `fresh`. */
export function adoptWeights(to: ModelGraph, fresh: FlatWeights, from: ModelGraph, weights: FlatWeights): FlatWeights {
  const result = Float32Array.from(fresh);
  const offsets = weightOffsets(to);
  for (const { name, shape, group } of to.weights) {
    const source = from.weights.find((weight) => weight.name === name);
    if (group === 'head' || source === undefined || source.shape.join() !== shape.join()) continue;
    result.set(weightView(from, weights, name), offsets.get(name) ?? 0);
  }
  return result;
}
