/**
 * A model as data. Every model (ours and imported ones) is one list of nodes in execution order; one interpreter
 * (forward.ts) runs it for training and prediction, and every exporter translates the same list, so that an export
 * computes what was trained. Layout: activations NHWC, convolution weights HWIO, depthwise weights HWC1,
 * dense weights [in, out]. `same` padding is TensorFlow's (for stride 2 and even sizes: more at bottom and right).
 */

export type WeightRole = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';

/**
 * How a fresh weight is drawn: `he` normal with variance 2/fan-in, `dirac` identity filters, then He, `whiten` patch
 * whitening of the training images.
 */
export type WeightStart = 'he' | 'dirac' | 'whiten' | 'zeros' | 'ones';

export interface WeightSpec {
  name: string;
  shape: readonly number[];
  role: WeightRole;
  start: WeightStart;
  /** False for batch-norm statistics (mean, variance) and for the frozen whitening kernel. */
  trainable: boolean;
  /** Learning-rate group: the head (last dense layer) or the body (all before it). */
  group: 'body' | 'head';
}

export type Padding = 'same' | 'valid';

/** `id` is unique; `inputs` names earlier nodes. Weight fields hold WeightSpec names. */
export type GraphNode =
  /** Preprocessed images, [n, size, size, channels]. Exactly one, first. */
  | { id: string; op: 'input'; inputs: [] }
  | {
      id: string;
      op: 'conv2d';
      inputs: [string];
      kernel: string;
      bias: string | null;
      stride: number;
      padding: Padding;
    }
  | {
      id: string;
      op: 'depthwiseConv2d';
      inputs: [string];
      kernel: string;
      bias: string | null;
      stride: number;
      padding: Padding;
    }
  /** y = gamma·(x − mean)/√(variance + epsilon) + beta; batch statistics in training unless the body is frozen. */
  | {
      id: string;
      op: 'batchNorm';
      inputs: [string];
      gamma: string;
      beta: string;
      mean: string;
      variance: string;
      epsilon: number;
    }
  | { id: string; op: 'relu' | 'relu6' | 'gelu'; inputs: [string] }
  /** padding: zeros at [top, bottom, left, right]. */
  | { id: string; op: 'zeroPad'; inputs: [string]; padding: [number, number, number, number] }
  | { id: string; op: 'maxPool' | 'avgPool'; inputs: [string]; size: number; stride: number; padding: Padding }
  /** [n, h, w, c] → [n, c]. */
  | { id: string; op: 'globalMaxPool' | 'globalAveragePool'; inputs: [string] }
  /**
   * inputs[0] + inputs[1]; in training the whole of inputs[1] is dropped per sample at rate `drop` (stochastic depth).
   */
  | { id: string; op: 'add'; inputs: [string, string]; drop: number }
  /** [n, a], [n, b], … → [n, a + b + …]: a backbone's features from several places. */
  | { id: string; op: 'concat'; inputs: [string, ...string[]] }
  /** [n, h, w, c] → [n, h·w·c]. */
  | { id: string; op: 'flatten'; inputs: [string] }
  /** Identity except in training. */
  | { id: string; op: 'dropout'; inputs: [string]; rate: number }
  | { id: string; op: 'dense'; inputs: [string]; kernel: string; bias: string | null }
  /** y = factor·x. */
  | { id: string; op: 'scale'; inputs: [string]; factor: number }
  | { id: string; op: 'softmax'; inputs: [string] };

export type GraphOp = GraphNode['op'];

export interface ModelGraph {
  /** ModelName, or the name of the imported backbone. */
  name: string;
  input: {
    /** Side of the square input, px. */
    size: number;
    channels: 1 | 3;
    /** Only in a graph that is a head alone: its input is [n, features] floats instead of images. Never exported. */
    features?: number;
    /** One value a channel: the input node holds (pixel/255 − mean)/std for uint8 pixels. */
    mean: readonly number[];
    std: readonly number[];
  };
  classes: number;
  nodes: readonly GraphNode[];
  /** In the order in which they lie in a flat weight vector: all trainable first, then the others. */
  weights: readonly WeightSpec[];
  /** Node whose output is [n, classes] logits; an exporter appends softmax. */
  logits: string;
  /** Node whose output is the [n, d] embedding: the input of the last dense layer (before dropout). */
  embedding: string;
}

/** All weights of a graph in one vector, in the order and shapes of `graph.weights`. */
export type FlatWeights = Float32Array;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Start of each weight in the flat vector, by name, in elements. */
export function weightOffsets(graph: ModelGraph): Map<string, number> {
  const offsets = new Map<string, number>();
  let offset = 0;
  for (const weight of graph.weights) {
    offsets.set(weight.name, offset);
    offset += sizeOf(weight.shape);
  }
  return offsets;
}

/** Names of the running statistics, mean then variance of each batch norm in node order. */
export const statisticNames = (graph: ModelGraph): string[] =>
  graph.nodes.flatMap((node) => (node.op === 'batchNorm' ? [node.mean, node.variance] : []));

/** Elements of the flat vector. */
export const weightCount = (graph: ModelGraph): number => graph.weights.reduce((sum, w) => sum + sizeOf(w.shape), 0);

/** Numbers that training changes: the parameter count that a person expects to read. */
export const parameterCount = (graph: ModelGraph): number =>
  graph.weights.reduce((sum, w) => sum + (w.trainable ? sizeOf(w.shape) : 0), 0);

/** One weight's values: a view into the flat vector. Throws RangeError for an unknown name. */
export function weightView(graph: ModelGraph, flat: FlatWeights, name: string): Float32Array {
  let offset = 0;
  for (const weight of graph.weights) {
    const size = sizeOf(weight.shape);
    if (weight.name === name) return flat.subarray(offset, offset + size);
    offset += size;
  }
  throw new RangeError(`graph ${graph.name} has no weight ${name}`);
}
