import type { GraphNode, Padding } from '../models/graph.ts';
import { tensorOf, type AnsweringModel, type ExportTensor, type InferenceModel } from './inference.ts';
import { concat } from './layers-model.ts';
import { bytes, float, int, message, text, type Message } from '#core/formats/protobuf.ts';
import { toHalf, toUint8 } from './quantise.ts';
import type { ExportFile, Quantisation } from './types.ts';

/** Field numbers and codes are those of onnx.proto3: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 */
const OPSET = 17;
const IR_VERSION = 8;
const TYPE = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Attribute = number | string | number[] | { float: number };

class OnnxGraph {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];
  private count = 0;
  private readonly quantisation: Quantisation;

  constructor(quantisation: Quantisation) {
    this.quantisation = quantisation;
  }

  /** Adds a node with one output and returns the name of that output. */
  node(op: string, inputs: string[], attributes: Record<string, Attribute> = {}, output?: string): string {
    this.count += 1;
    const name = output ?? `${op.toLowerCase()}_${this.count}`;
    this.nodes.push(
      message(
        1,
        ...inputs.map((input) => text(1, input)),
        text(2, name),
        text(3, `n${this.count}_${op}`),
        text(4, op),
        ...Object.entries(attributes).map(([key, value]) => message(5, ...attribute(key, value))),
      ),
    );
    return name;
  }

  constant(name: string, type: keyof typeof TYPE, shape: readonly number[], data: Uint8Array): string {
    this.initializers.push(
      message(5, ...shape.map((size) => int(1, size)), int(2, TYPE[type]), text(8, name), bytes(9, data)),
    );
    return name;
  }

  ints(name: string, values: number[]): string {
    return this.constant(name, 'int64', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  scalar(name: string, value: number): string {
    return this.constant(name, 'float32', [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /**
   * A weight, kept small in the file if asked: float16 and a Cast, or uint8 and its affine step spelled out.
   * DequantizeLinear would say the same, but a runtime may then compute in int8, which measured 5e-4 away from what was
   * promised.
   */
  weight(tensor: ExportTensor, shape: readonly number[], data: Float32Array): string {
    const { name } = tensor;
    if (this.quantisation === 'none' || !tensor.quantisable)
      return this.constant(name, 'float32', shape, new Uint8Array(Float32Array.from(data).buffer));
    if (this.quantisation === 'float16') {
      const half = this.constant(
        `${name}.half`,
        'float16',
        shape,
        new Uint8Array(Uint16Array.from(data, toHalf).buffer),
      );
      return this.node('Cast', [half], { to: TYPE.float32 }, name);
    }
    const { values, scale, zero } = toUint8(data);
    const whole = this.node('Cast', [this.constant(`${name}.uint8`, 'uint8', shape, values)], { to: TYPE.float32 });
    return this.node(
      'Mul',
      [this.node('Sub', [whole, this.scalar(`${name}.zero`, zero)]), this.scalar(`${name}.scale`, scale)],
      {},
      name,
    );
  }
}

/**
 * The model as ONNX, opset 17: input `pixels` float32 [n, size, size, channels], 0..255, the same as the TensorFlow.js
 * export (a Transpose to NCHW is inside); outputs `probabilities` [n, classes] and, where the answer passes through it,
 * `embedding` [n, d], which costs nothing unless it is asked for.
 */
export function writeOnnx(model: InferenceModel, quantisation: Quantisation): ExportFile[] {
  const graph = new OnnxGraph(quantisation);
  const names = writeNodes(graph, model);
  const outputs = [valueInfo('probabilities', ['n', model.classes])];
  if (model.embedding !== null) {
    graph.node('Identity', [names.get(model.embedding) ?? model.embedding], {}, 'embedding');
    outputs.push(valueInfo('embedding', ['n', 'd']));
  }
  return [{ path: 'model.onnx', bytes: encode(graph, model, 'float32', outputs) }];
}

/**
 * The model as ONNX for our own scoring: input `pixels` uint8, outputs `logits` [n, classes] and `embedding` [n, d].
 */
export function writeAnsweringOnnx(model: AnsweringModel): Uint8Array {
  const graph = new OnnxGraph('none');
  const outputs = writeNodes(graph, model, graph.node('Cast', ['pixels'], { to: TYPE.float32 }));
  for (const name of ['logits', 'embedding'] as const)
    graph.node('Identity', [outputs.get(model[name]) ?? model[name]], {}, name);
  return encode(graph, model, 'uint8', [valueInfo('logits', ['n', model.classes]), valueInfo('embedding', ['n', 'd'])]);
}

/** The body as ONNX for embedding: input `pixels` uint8 [n, size, size, channels], output `features` [n, d]. */
export function writeFeatureOnnx(model: InferenceModel): Uint8Array {
  const graph = new OnnxGraph('none');
  const outputs = writeNodes(graph, model, graph.node('Cast', ['pixels'], { to: TYPE.float32 }));
  graph.node('Identity', [outputs.get(model.output) ?? model.output], {}, 'features');
  return encode(graph, model, 'uint8', [valueInfo('features', ['n', 'd'])]);
}

/** Writes all nodes; gives the ONNX name of each one's output. */
function writeNodes(graph: OnnxGraph, model: InferenceModel, pixels = 'pixels'): Map<string, string> {
  const outputs = new Map<string, string>();
  for (const node of model.nodes)
    outputs.set(
      node.id,
      node.op === 'input'
        ? graph.node('Transpose', [pixels], { perm: [0, 3, 1, 2] })
        : writeNode(graph, node, model, (id) => outputs.get(id) ?? id),
    );
  return outputs;
}

function encode(
  graph: OnnxGraph,
  model: InferenceModel,
  pixels: 'float32' | 'uint8',
  outputs: Message[][],
): Uint8Array {
  const body = [
    ...graph.nodes,
    text(2, model.name),
    ...graph.initializers,
    message(11, ...valueInfo('pixels', ['n', model.size, model.size, model.channels], pixels)),
    ...outputs.map((output) => message(12, ...output)),
  ];
  const file: Message[] = [
    int(1, IR_VERSION),
    text(2, 'Pupil'),
    text(3, '1'),
    message(7, ...body),
    message(8, text(1, ''), int(2, OPSET)),
  ];
  return concat(file.flat());
}

function writeNode(
  graph: OnnxGraph,
  node: Exclude<GraphNode, { op: 'input' }>,
  model: InferenceModel,
  read: (id: string) => string,
): string {
  const input = node.inputs.map(read);
  const exact = (name: string): string => {
    const tensor = tensorOf(model, name);
    return graph.weight(tensor, tensor.shape, tensor.data);
  };
  const scalar = (name: string, value: number): string => graph.scalar(`${node.id}.${name}`, value);
  switch (node.op) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const tensor = tensorOf(model, node.kernel);
      const [height = 1, width = 1, from = 1, to = 1] = tensor.shape;
      const depthwise = node.op === 'depthwiseConv2d';
      // HWIO → OIHW; a depthwise kernel HWC1 → C1HW.
      const kernel = depthwise
        ? graph.weight(tensor, [from, 1, height, width], transpose(tensor.data, tensor.shape, [2, 3, 0, 1]))
        : graph.weight(tensor, [to, from, height, width], transpose(tensor.data, tensor.shape, [3, 2, 0, 1]));
      const inputs = node.bias === null ? [...input, kernel] : [...input, kernel, exact(node.bias)];
      return graph.node('Conv', inputs, {
        kernel_shape: [height, width],
        strides: [node.stride, node.stride],
        group: depthwise ? from : 1,
        ...pad(node.padding),
      });
    }
    case 'batchNorm':
      return graph.node(
        'BatchNormalization',
        [...input, exact(node.gamma), exact(node.beta), exact(node.mean), exact(node.variance)],
        { epsilon: { float: node.epsilon } },
      );
    case 'relu':
      return graph.node('Relu', input);
    case 'relu6':
      return graph.node('Clip', [...input, scalar('min', 0), scalar('max', 6)]);
    case 'gelu': {
      const erf = graph.node('Erf', [graph.node('Mul', [...input, scalar('root', Math.SQRT1_2)])]);
      return graph.node('Mul', [
        graph.node('Mul', [...input, graph.node('Add', [erf, scalar('one', 1)])]),
        scalar('half', 0.5),
      ]);
    }
    case 'zeroPad': {
      const [top, bottom, left, right] = node.padding;
      return graph.node('Pad', [...input, graph.ints(`${node.id}.pads`, [0, 0, top, left, 0, 0, bottom, right])]);
    }
    case 'maxPool':
    case 'avgPool':
      return graph.node(node.op === 'maxPool' ? 'MaxPool' : 'AveragePool', input, {
        kernel_shape: [node.size, node.size],
        strides: [node.stride, node.stride],
        ...pad(node.padding),
      });
    case 'globalMaxPool':
    case 'globalAveragePool':
      return graph.node(
        'Flatten',
        [graph.node(node.op === 'globalMaxPool' ? 'GlobalMaxPool' : 'GlobalAveragePool', input)],
        { axis: 1 },
      );
    case 'add':
      return graph.node('Add', input);
    case 'concat':
      return graph.node('Concat', input, { axis: 1 });
    case 'flatten':
      // TensorFlow flattens NHWC.
      return graph.node('Flatten', [graph.node('Transpose', input, { perm: [0, 2, 3, 1] })], { axis: 1 });
    case 'dropout':
      return graph.node('Identity', input);
    case 'dense': {
      const inputs = [...input, exact(node.kernel)];
      return graph.node('Gemm', node.bias === null ? inputs : [...inputs, exact(node.bias)]);
    }
    case 'scale':
      return graph.node('Mul', [...input, scalar('factor', node.factor)]);
    case 'softmax':
      return graph.node('Softmax', input, { axis: -1 }, node.id);
  }
}

/** SAME_UPPER is TensorFlow's `same`: the odd pixel at bottom and right. */
const pad = (padding: Padding): Record<string, Attribute> => ({
  auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID',
});

function attribute(name: string, value: Attribute): Message[] {
  if (typeof value === 'number') return [text(1, name), int(3, value), int(20, ATTRIBUTE.int)];
  if (typeof value === 'string') return [text(1, name), text(4, value), int(20, ATTRIBUTE.string)];
  if (Array.isArray(value)) return [text(1, name), ...value.map((one) => int(8, one)), int(20, ATTRIBUTE.ints)];
  return [text(1, name), float(2, value.float), int(20, ATTRIBUTE.float)];
}

/** ValueInfoProto of a tensor; a text stands for a size that is known when the model runs. */
const valueInfo = (name: string, shape: (number | string)[], type: 'float32' | 'uint8' = 'float32'): Message[] => {
  const sizes = shape.map((size) => message(1, typeof size === 'number' ? int(1, size) : text(2, size)));
  return [text(1, name), message(2, message(1, int(1, TYPE[type]), message(2, ...sizes)))];
};

/** Elements of a tensor in the order of permuted axes. */
export function transpose(data: Float32Array, shape: readonly number[], permutation: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = permutation.map((axis) => shape[axis] ?? 1);
  const steps = permutation.map((axis) => strides[axis] ?? 1);
  const result = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  for (let to = 0; to < result.length; to += 1) {
    result[to] = data[index.reduce((sum, at, axis) => sum + at * (steps[axis] ?? 0), 0)] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === sizes[axis] ? 0 : next;
      if (next !== sizes[axis]) break;
    }
  }
  return result;
}
