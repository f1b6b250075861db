import { AppError } from '#core/errors.ts';
import { foldNorms, weightNames } from '../models/fold.ts';
import { sizeOf, weightView, type FlatWeights, type GraphNode, type ModelGraph } from '../models/graph.ts';

export interface ExportTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
  /** Large kernels may be quantised; biases and preprocessing stay exact, they weigh nothing. */
  quantisable: boolean;
}

/** A model that takes raw pixels and answers with probabilities: what every exporter translates. */
export interface InferenceModel {
  name: string;
  size: number;
  channels: 1 | 3;
  classes: number;
  /** The first is `input`: pixels 0..255 as float32, [n, size, size, channels]. Names are safe for every format. */
  nodes: GraphNode[];
  tensors: Map<string, ExportTensor>;
  /** Node with the probabilities, [n, classes]. */
  output: string;
  /** Node with the embedding, [n, d]; null where the answer does not pass through it. */
  embedding: string | null;
}

/** A model that takes raw pixels and answers with what scoring needs, before calibration. */
export interface AnsweringModel extends InferenceModel {
  /** Node with the logits, [n, classes]. */
  logits: string;
  embedding: string;
}

const INPUT = 'pixels';
const PREPROCESS = 'preprocess';

/**
 * Turns a trained graph into one for use: batch norm folded, dropout gone, preprocessing inside (a 1×1 depthwise
 * convolution; it cannot go into the next layer because that pads with zeros after it), factors folded into the dense
 * layer before them, softmax of logits / temperature at the end. Computes what the trainer's predictor computes, to
 * float rounding.
 *
 * @throws AppError BAD_INPUT on a temperature that is not above zero
 */
export function toInference(graph: ModelGraph, flat: FlatWeights, temperature: number): InferenceModel {
  if (!(temperature > 0))
    throw new AppError('BAD_INPUT', {
      plain: `A model cannot be exported with temperature ${temperature}: it must be above zero.`,
    });
  const { model, renamed } = begin(graph, flat);
  const { nodes, tensors } = model;
  const logits = renamed(graph.logits);
  if (temperature !== 1) nodes.push({ id: 'temperature', op: 'scale', inputs: [logits], factor: 1 / temperature });
  nodes.push({ id: 'probabilities', op: 'softmax', inputs: [temperature === 1 ? logits : 'temperature'] });
  const embedding = renamed(graph.embedding);
  const kept = keepNeeded(foldScales(nodes, tensors, embedding), 'probabilities');
  const used = new Set(kept.flatMap(weightNames));
  for (const name of tensors.keys()) if (!used.has(name)) tensors.delete(name);
  return {
    ...model,
    nodes: kept,
    output: 'probabilities',
    embedding: kept.some(({ id }) => id === embedding) ? embedding : null,
  };
}

/** Turns a trained graph into one that scores: as `toInference`, with logits and embedding instead of probabilities. */
export function toAnswering(graph: ModelGraph, flat: FlatWeights): AnsweringModel {
  const { model, renamed } = begin(graph, flat);
  return {
    ...model,
    output: renamed(graph.logits),
    logits: renamed(graph.logits),
    embedding: renamed(graph.embedding),
  };
}

/** Turns a graph into one that embeds: as `toAnswering`, with nothing after the embedding. */
export function toFeatures(graph: ModelGraph, flat: FlatWeights): InferenceModel {
  const { model, renamed } = begin(graph, flat);
  const output = renamed(graph.embedding);
  return { ...model, nodes: keepNeeded(model.nodes, output), output, embedding: output };
}

/**
 * Folds norms, drops dropout and puts preprocessing in front; `renamed` tells which node gives what a node gave before.
 */
function begin(
  graph: ModelGraph,
  flat: FlatWeights,
): { model: Omit<InferenceModel, 'output' | 'embedding'>; renamed: (id: string) => string } {
  const folded = foldNorms(graph, flat);
  const { size, channels, mean, std } = graph.input;
  const tensors = new Map<string, ExportTensor>();
  for (const { name, shape, role } of folded.graph.weights) {
    tensors.set(name, {
      name,
      shape,
      data: weightView(folded.graph, folded.weights, name),
      quantisable: role === 'kernel' && sizeOf(shape) >= 64,
    });
  }
  const constant = (name: string, shape: number[], data: Float32Array): string => {
    tensors.set(name, { name, shape, data, quantisable: false });
    return name;
  };
  const nodes: GraphNode[] = [];
  const renamed = new Map<string, string>();
  for (const original of folded.graph.nodes) {
    const node = { ...original, inputs: original.inputs.map((id) => renamed.get(id) ?? id) } as GraphNode;
    if (node.op === 'input') {
      const kernel = constant(
        `${PREPROCESS}.kernel`,
        [1, 1, channels, 1],
        Float32Array.from({ length: channels }, (_, c) => 1 / (255 * (std[c] ?? 1))),
      );
      const bias = constant(
        `${PREPROCESS}.bias`,
        [channels],
        Float32Array.from({ length: channels }, (_, c) => -(mean[c] ?? 0) / (std[c] ?? 1)),
      );
      nodes.push(
        { id: INPUT, op: 'input', inputs: [] },
        { id: PREPROCESS, op: 'depthwiseConv2d', inputs: [INPUT], kernel, bias, stride: 1, padding: 'valid' },
      );
      renamed.set(node.id, PREPROCESS);
    } else if (node.op === 'dropout') {
      renamed.set(node.id, node.inputs[0]);
    } else {
      nodes.push(node);
    }
  }
  const outputs = new Map([
    [graph.logits, folded.graph.logits],
    [graph.embedding, folded.graph.embedding],
  ]);
  return {
    model: { name: graph.name, size, channels, classes: graph.classes, nodes, tensors },
    renamed: (id) => {
      const after = outputs.get(id) ?? id;
      return renamed.get(after) ?? after;
    },
  };
}

/**
 * A factor right after a dense layer that nobody else reads becomes part of its kernel and bias; around the node
 * `whole`, which is an answer too, all stays as it is.
 */
function foldScales(nodes: readonly GraphNode[], tensors: Map<string, ExportTensor>, whole: string): GraphNode[] {
  const readers = new Map<string, number>();
  for (const id of nodes.flatMap((node): string[] => [...node.inputs])) readers.set(id, (readers.get(id) ?? 0) + 1);
  const renamed = new Map<string, string>();
  const result: GraphNode[] = [];
  for (const original of nodes) {
    const node = { ...original, inputs: original.inputs.map((id) => renamed.get(id) ?? id) } as GraphNode;
    const before = node.op === 'scale' ? result.find(({ id }) => id === node.inputs[0]) : undefined;
    const isWhole = node.id === whole || before?.id === whole;
    if (node.op !== 'scale' || before?.op !== 'dense' || isWhole || readers.get(original.inputs[0] ?? '') !== 1) {
      result.push(node);
      continue;
    }
    for (const name of weightNames(before)) {
      const tensor = tensors.get(name);
      if (tensor !== undefined) tensors.set(name, { ...tensor, data: tensor.data.map((value) => value * node.factor) });
    }
    renamed.set(node.id, before.id);
  }
  return result;
}

/** Nodes that the output depends on, in order. */
function keepNeeded(nodes: readonly GraphNode[], output: string): GraphNode[] {
  const needed = new Set([output]);
  for (const node of [...nodes].reverse()) if (needed.has(node.id)) for (const id of node.inputs) needed.add(id);
  return nodes.filter(({ id }) => needed.has(id));
}

/** The tensor of a name; a graph without it is a bug. */
export function tensorOf(model: InferenceModel, name: string): ExportTensor {
  const tensor = model.tensors.get(name);
  if (tensor === undefined) throw new RangeError(`weight ${name} of ${model.name} is missing`);
  return tensor;
}
