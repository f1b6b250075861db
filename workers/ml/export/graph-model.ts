import type { GraphNode } from '../models/graph.ts';
import { tensorOf, type InferenceModel } from './inference.ts';
import { modelFiles } from './layers-model.ts';
import { encodeTensor, type WeightEntry } from './quantise.ts';
import type { ExportFile, Quantisation } from './types.ts';

interface TensorShape {
  dim: { size: string }[];
}

type Attribute =
  | { type: DataType } | { s: string } | { f: number } | { b: boolean } | { list: { i: string[] } } | { shape: TensorShape }
  | { tensor: { dtype: DataType; tensorShape: TensorShape } };
type DataType = 'DT_FLOAT' | 'DT_INT32';

interface NodeDef {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, Attribute>;
}

/**
 * A TensorFlow.js graph model for `tf.loadGraphModel`: TensorFlow node definitions as JSON, the same input and output as the
 * layers model. Operations and attributes: https://www.tensorflow.org/api_docs/python/tf/raw_ops
 */
export function writeGraphModel(model: InferenceModel, quantisation: Quantisation): ExportFile[] {
  const nodes: NodeDef[] = [];
  const entries: WeightEntry[] = [];
  const parts: Uint8Array[] = [];

  const add = (name: string, op: string, input: string[], attr: Record<string, Attribute> = {}): string => {
    nodes.push({ name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...attr } });
    return name;
  };
  const weight = (name: string): string => {
    const tensor = tensorOf(model, name);
    const { entry, bytes } = encodeTensor(tensor, quantisation, name);
    entries.push(entry);
    parts.push(bytes);
    nodes.push({ name, op: 'Const', attr: constantAttributes('DT_FLOAT', tensor.shape) });
    return name;
  };
  const constant = (name: string, dtype: 'float32' | 'int32', shape: number[], values: number[]): string => {
    entries.push({ name, shape, dtype });
    parts.push(new Uint8Array((dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)).buffer));
    nodes.push({ name, op: 'Const', attr: constantAttributes(dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT', shape) });
    return name;
  };
  const withBias = (id: string, bias: string | null, run: (name: string) => string): string =>
    bias === null ? run(id) : add(id, 'BiasAdd', [run(`${id}/product`), weight(bias)], { data_format: text('NHWC') });

  const write = (node: GraphNode): void => {
    const { id } = node;
    const inputs: string[] = [...node.inputs];
    switch (node.op) {
      case 'input':
        nodes.push({ name: id, op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: shapeOf([-1, model.size, model.size, model.channels]) } } });
        return;
      case 'conv2d':
      case 'depthwiseConv2d':
        withBias(id, node.bias, (name) => add(name, node.op === 'conv2d' ? 'Conv2D' : 'DepthwiseConv2dNative', [...inputs, weight(node.kernel)], {
          strides: list(1, node.stride, node.stride, 1), dilations: list(1, 1, 1, 1), padding: text(node.padding.toUpperCase()), data_format: text('NHWC'), explicit_paddings: list(),
        }));
        return;
      case 'batchNorm':
        add(id, 'FusedBatchNormV3', [...inputs, weight(node.gamma), weight(node.beta), weight(node.mean), weight(node.variance)], {
          epsilon: { f: node.epsilon }, is_training: { b: false }, data_format: text('NHWC'), U: { type: 'DT_FLOAT' },
        });
        return;
      case 'relu':
      case 'relu6':
      case 'softmax':
        add(id, { relu: 'Relu', relu6: 'Relu6', softmax: 'Softmax' }[node.op], inputs);
        return;
      case 'gelu': {
        const erf = add(`${id}/erf`, 'Erf', [add(`${id}/scaled`, 'Mul', [...inputs, constant(`${id}/root`, 'float32', [], [Math.SQRT1_2])])]);
        const gate = add(`${id}/gate`, 'AddV2', [erf, constant(`${id}/one`, 'float32', [], [1])]);
        add(id, 'Mul', [add(`${id}/whole`, 'Mul', [...inputs, gate]), constant(`${id}/half`, 'float32', [], [0.5])]);
        return;
      }
      case 'zeroPad': {
        const [top, bottom, left, right] = node.padding;
        add(id, 'Pad', [...inputs, constant(`${id}/paddings`, 'int32', [4, 2], [0, 0, top, bottom, left, right, 0, 0])], { Tpaddings: { type: 'DT_INT32' } });
        return;
      }
      case 'maxPool':
      case 'avgPool':
        add(id, node.op === 'maxPool' ? 'MaxPool' : 'AvgPool', inputs, {
          ksize: list(1, node.size, node.size, 1), strides: list(1, node.stride, node.stride, 1), padding: text(node.padding.toUpperCase()), data_format: text('NHWC'),
        });
        return;
      case 'globalMaxPool':
      case 'globalAveragePool':
        add(id, node.op === 'globalMaxPool' ? 'Max' : 'Mean', [...inputs, constant(`${id}/axes`, 'int32', [2], [1, 2])], { keep_dims: { b: false }, Tidx: { type: 'DT_INT32' } });
        return;
      case 'add':
        add(id, 'AddV2', inputs);
        return;
      case 'flatten':
        add(id, 'Reshape', [...inputs, constant(`${id}/shape`, 'int32', [2], [-1, flatSize(node, model)])], { Tshape: { type: 'DT_INT32' } });
        return;
      case 'dropout':
        add(id, 'Identity', inputs);
        return;
      case 'dense':
        withBias(id, node.bias, (name) => add(name, 'MatMul', [...inputs, weight(node.kernel)], { transpose_a: { b: false }, transpose_b: { b: false } }));
        return;
      case 'scale':
        add(id, 'Mul', [...inputs, constant(`${id}/factor`, 'float32', [], [node.factor])]);
    }
  };
  for (const node of model.nodes) write(node);

  const tensorInfo = (name: string, sizes: number[]): object => ({ name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeOf(sizes) });
  const input = model.nodes[0]?.id ?? '';
  return modelFiles({
    format: 'graph-model', generatedBy: 'Pupil', convertedBy: null,
    signature: {
      inputs: { [input]: tensorInfo(input, [-1, model.size, model.size, model.channels]) },
      outputs: { [model.output]: tensorInfo(model.output, [-1, model.classes]) },
    },
    modelTopology: { node: nodes, library: {}, versions: { producer: 1087 } },
  }, entries, parts);
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

/** Texts are base64 in this JSON. */
const text = (value: string): Attribute => ({ s: btoa(value) });
const list = (...values: number[]): Attribute => ({ list: { i: values.map(String) } });
const shapeOf = (sizes: readonly number[]): TensorShape => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const constantAttributes = (dtype: DataType, shape: readonly number[]): Record<string, Attribute> => ({
  dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: shapeOf(shape) } },
});
