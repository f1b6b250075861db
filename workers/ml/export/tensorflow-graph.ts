import type { GraphNode } from '../models/graph.ts';
import { tensorOf, type ExportTensor, type InferenceModel } from './inference.ts';

export type DataType = 'DT_FLOAT' | 'DT_INT32';

/** Numbers of a constant: a weight of the model, or what an operation needs to be told. */
export interface GraphConstant {
  dtype: DataType;
  shape: readonly number[];
  /** The weight that it is; null for what an operation is told, which stays exact. */
  weight: ExportTensor | null;
  values: Float32Array | Int32Array;
}

/** One attribute of a node, named as in TensorFlow's AttrValue; -1 in a shape is known only when the model runs. */
export type Attribute =
  | { kind: 'type'; value: DataType }
  | { kind: 's'; value: string }
  | { kind: 'f'; value: number }
  | { kind: 'b'; value: boolean }
  | { kind: 'i'; value: number }
  | { kind: 'list'; value: readonly number[] }
  | { kind: 'shape'; value: readonly number[] }
  | { kind: 'tensor'; value: GraphConstant };

export interface NodeDef {
  name: string;
  op: string;
  inputs: string[];
  attributes: Record<string, Attribute>;
}

export interface TensorFlowGraph {
  nodes: NodeDef[];
  /** The node that takes pixels, and its shape. */
  input: { name: string; shape: number[] };
  output: { name: string; shape: number[] };
}

/** What `producer` of a graph says: the TensorFlow version whose operations it uses. */
export const GRAPH_PRODUCER = 1087;

/**
 * The model as TensorFlow node definitions, for a TensorFlow.js graph model and a SavedModel alike. Operations and
 * attributes: https://www.tensorflow.org/api_docs/python/tf/raw_ops
 */
export function toTensorFlow(model: InferenceModel): TensorFlowGraph {
  const nodes: NodeDef[] = [];
  const pixels = [-1, model.size, model.size, model.channels];

  const add = (name: string, op: string, inputs: string[], attributes: Record<string, Attribute> = {}): string => {
    nodes.push({ name, op, inputs, attributes: { T: type('DT_FLOAT'), ...attributes } });
    return name;
  };
  const hold = (name: string, constant: GraphConstant): string => {
    nodes.push({
      name,
      op: 'Const',
      inputs: [],
      attributes: { dtype: type(constant.dtype), value: { kind: 'tensor', value: constant } },
    });
    return name;
  };
  const weight = (name: string): string => {
    const tensor = tensorOf(model, name);
    return hold(name, { dtype: 'DT_FLOAT', shape: tensor.shape, weight: tensor, values: tensor.data });
  };
  const floats = (name: string, value: number): string =>
    hold(name, { dtype: 'DT_FLOAT', shape: [], weight: null, values: Float32Array.of(value) });
  const ints = (name: string, shape: number[], values: number[]): string =>
    hold(name, { dtype: 'DT_INT32', shape, weight: null, values: Int32Array.from(values) });
  const withBias = (id: string, bias: string | null, run: (name: string) => string): string =>
    bias === null ? run(id) : add(id, 'BiasAdd', [run(`${id}/product`), weight(bias)], { data_format: text('NHWC') });

  const write = (node: GraphNode): void => {
    const { id } = node;
    const inputs: string[] = [...node.inputs];
    switch (node.op) {
      case 'input':
        nodes.push({
          name: id,
          op: 'Placeholder',
          inputs: [],
          attributes: { dtype: type('DT_FLOAT'), shape: { kind: 'shape', value: pixels } },
        });
        return;
      case 'conv2d':
      case 'depthwiseConv2d':
        withBias(id, node.bias, (name) =>
          add(name, node.op === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2dNative', [...inputs, weight(node.kernel)], {
            strides: list(1, node.stride, node.stride, 1),
            dilations: list(1, 1, 1, 1),
            padding: text(node.padding.toUpperCase()),
            data_format: text('NHWC'),
            explicit_paddings: list(),
          }),
        );
        return;
      case 'batchNorm':
        add(
          id,
          'FusedBatchNormV3',
          [...inputs, weight(node.gamma), weight(node.beta), weight(node.mean), weight(node.variance)],
          {
            epsilon: { kind: 'f', value: node.epsilon },
            is_training: NO,
            data_format: text('NHWC'),
            U: type('DT_FLOAT'),
          },
        );
        return;
      case 'relu':
      case 'relu6':
      case 'softmax':
        add(id, { relu: 'Relu', relu6: 'Relu6', softmax: 'Softmax' }[node.op], inputs);
        return;
      case 'gelu': {
        const erf = add(`${id}/erf`, 'Erf', [
          add(`${id}/scaled`, 'Mul', [...inputs, floats(`${id}/root`, Math.SQRT1_2)]),
        ]);
        const gate = add(`${id}/gate`, 'AddV2', [erf, floats(`${id}/one`, 1)]);
        add(id, 'Mul', [add(`${id}/whole`, 'Mul', [...inputs, gate]), floats(`${id}/half`, 0.5)]);
        return;
      }
      case 'zeroPad': {
        const [top, bottom, left, right] = node.padding;
        add(id, 'Pad', [...inputs, ints(`${id}/paddings`, [4, 2], [0, 0, top, bottom, left, right, 0, 0])], {
          Tpaddings: type('DT_INT32'),
        });
        return;
      }
      case 'maxPool':
      case 'avgPool':
        add(id, node.op === 'maxPool' ? 'MaxPool' : 'AvgPool', inputs, {
          ksize: list(1, node.size, node.size, 1),
          strides: list(1, node.stride, node.stride, 1),
          padding: text(node.padding.toUpperCase()),
          data_format: text('NHWC'),
        });
        return;
      case 'globalMaxPool':
      case 'globalAveragePool':
        add(id, node.op === 'globalMaxPool' ? 'Max' : 'Mean', [...inputs, ints(`${id}/axes`, [2], [1, 2])], {
          keep_dims: NO,
          Tidx: type('DT_INT32'),
        });
        return;
      case 'add':
        add(id, 'AddV2', inputs);
        return;
      case 'concat':
        add(id, 'ConcatV2', [...inputs, ints(`${id}/axis`, [], [1])], {
          N: { kind: 'i', value: inputs.length },
          Tidx: type('DT_INT32'),
        });
        return;
      case 'flatten':
        add(id, 'Reshape', [...inputs, ints(`${id}/shape`, [2], [-1, flatSize(node, model)])], {
          Tshape: type('DT_INT32'),
        });
        return;
      case 'dropout':
        add(id, 'Identity', inputs);
        return;
      case 'dense':
        withBias(id, node.bias, (name) =>
          add(name, 'MatMul', [...inputs, weight(node.kernel)], { transpose_a: NO, transpose_b: NO }),
        );
        return;
      case 'scale':
        add(id, 'Mul', [...inputs, floats(`${id}/factor`, node.factor)]);
    }
  };
  for (const node of model.nodes) write(node);

  return {
    nodes,
    input: { name: model.nodes[0]?.id ?? '', shape: pixels },
    output: { name: model.output, shape: [-1, model.classes] },
  };
}

/** Elements of one flattened image: the rows of the dense kernel that it reaches. */
function flatSize(flatten: GraphNode, model: InferenceModel): number {
  let at: GraphNode | undefined = flatten;
  while (at !== undefined && at.op !== 'dense') {
    const { id }: GraphNode = at;
    at = model.nodes.find((node) => node.inputs.some((input) => input === id));
  }
  if (at === undefined) throw new RangeError(`nothing dense reads ${flatten.id} of ${model.name}`);
  return tensorOf(model, at.kernel).shape[0] ?? 0;
}

const type = (value: DataType): Attribute => ({ kind: 'type', value });
const text = (value: string): Attribute => ({ kind: 's', value });
const list = (...value: number[]): Attribute => ({ kind: 'list', value });
const NO: Attribute = { kind: 'b', value: false };
