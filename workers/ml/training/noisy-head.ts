import { AppError } from '#core/errors.ts';
import type { Random } from '#core/math/random.ts';
import type { BatchPlan } from '../augment/batches.ts';
import { GraphBuilder } from '../models/builder.ts';
import {
  sizeOf,
  weightOffsets,
  weightView,
  type FlatWeights,
  type GraphNode,
  type ModelGraph,
  type WeightSpec,
} from '../models/graph.ts';
import type { Points } from '../selection/k-means.ts';
import { standardise } from './features.ts';
import type { TrainOptions } from './train.ts';

interface Model {
  graph: ModelGraph;
  weights: FlatWeights;
}

/** A head with a hidden layer that learns on features of several views of each image. */
export interface NoisyHeadTask {
  graph: ModelGraph;
  initial: FlatWeights;
  source(plan: (step: number) => BatchPlan): TrainOptions['source'];
  /** The whole model: the body as it was, then the trained layers. */
  finish(head: FlatWeights): Model;
}

/**
 * Prepares a noisy head (Xie et al. 2020 with the body frozen): each time an image stands in a batch another of its
 * views is taken; dropout is the model's noise. Features are brought to mean 0 and deviation 1, which `finish` folds
 * into the first layer.
 * @param views features of the same images, one set a view, each [n, width]
 */
export function createNoisyHeadTask(
  model: Model,
  views: readonly Points[],
  options: { hidden: number; dropout: number; random: Random },
): NoisyHeadTask {
  const [first] = views;
  if (!first || first.count === 0)
    throw new AppError('BAD_INPUT', { plain: 'A noisy head needs features of labeled images.' });
  const { width } = first;
  const { hidden, dropout, random } = options;
  const { classes } = model.graph;
  const { mean, scale } = standardise(first.values, width, true);
  const graph = headGraph(model.graph, { width, hidden, classes, dropout });
  const initial = new Float32Array(graph.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  weightView(graph, initial, 'noisy.hidden.kernel').forEach((_, i, kernel) => {
    kernel[i] = random.normal() * Math.sqrt(2 / width);
  });
  return {
    graph,
    initial,
    source: (plan) => ({
      batch: (step) => {
        const { indices, targets, labeledCount } = plan(step);
        const pixels = new Float32Array(indices.length * width);
        indices.forEach((row, i) => {
          const { values } = views[(step * indices.length + i * 7 + row) % views.length] ?? first;
          for (let d = 0; d < width; d += 1)
            pixels[i * width + d] = ((values[row * width + d] as number) - (mean[d] as number)) * (scale[d] as number);
        });
        return Promise.resolve({ pixels, targets, labeledCount });
      },
    }),
    finish: (head) => putOn(model, graph, head, { width, hidden, mean, scale }),
  };
}

interface Shape {
  width: number;
  hidden: number;
  classes: number;
  dropout: number;
}

/** The layers of the head, reading features; the names are those that they have in the whole model. */
function headGraph(whole: ModelGraph, { width, hidden, classes, dropout }: Shape): ModelGraph {
  const g = new GraphBuilder();
  const input = g.input();
  const dense = g.dense('noisy.hidden', g.dropout('noisy.drop1', input, dropout), width, hidden);
  const relu = g.relu('noisy.relu', dense);
  const logits = g.dense('noisy.head', g.dropout('noisy.drop2', relu, dropout), hidden, classes);
  return g.finish({
    name: `${whole.name}-noisy-head`,
    input: { size: 1, channels: 1, mean: [], std: [], features: width },
    classes,
    logits,
    embedding: relu,
  });
}

/** Body and head as one model; what stood after the body's embedding goes. */
function putOn(
  { graph: whole, weights }: Model,
  head: ModelGraph,
  trained: FlatWeights,
  { width, hidden, mean, scale }: { width: number; hidden: number; mean: Float64Array; scale: Float64Array },
): Model {
  const at = whole.nodes.findIndex(({ id }) => id === whole.embedding);
  const body = whole.nodes.slice(0, at + 1);
  const read = new Set(body.flatMap((node) => Object.values(node).filter((value) => typeof value === 'string')));
  const kept = whole.weights.filter(({ name }) => read.has(name));
  const layers = head.nodes.flatMap((node): GraphNode[] => {
    if (node.op === 'input') return [];
    return [{ ...node, inputs: node.inputs.map((id) => (id === 'input' ? whole.embedding : id)) } as GraphNode];
  });
  // The hidden layer belongs to the body of whoever starts from this model: only its last layer is a head.
  const own = head.weights.map((weight): WeightSpec =>
    weight.name.startsWith('noisy.hidden') ? { ...weight, group: 'body' } : weight,
  );
  const all = [...kept, ...own];
  const graph: ModelGraph = {
    ...whole,
    nodes: [...body, ...layers],
    weights: [...all.filter(({ trainable }) => trainable), ...all.filter(({ trainable }) => !trainable)],
    logits: head.logits,
    embedding: head.embedding,
  };
  const flat = new Float32Array(graph.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  const offsets = weightOffsets(graph);
  for (const { name } of kept) flat.set(weightView(whole, weights, name), offsets.get(name) ?? 0);
  for (const { name } of own) flat.set(weightView(head, trained, name), offsets.get(name) ?? 0);
  // (x − mean)·scale·K + b = x·(scale·K) + (b − mean·scale·K)
  const kernel = weightView(graph, flat, 'noisy.hidden.kernel');
  const bias = weightView(graph, flat, 'noisy.hidden.bias');
  for (let d = 0; d < width; d += 1) {
    for (let h = 0; h < hidden; h += 1) {
      const value = (kernel[d * hidden + h] as number) * (scale[d] as number);
      kernel[d * hidden + h] = value;
      bias[h] = (bias[h] as number) - value * (mean[d] as number);
    }
  }
  return { graph, weights: flat };
}
