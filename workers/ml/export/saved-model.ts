import type { InferenceModel } from './inference.ts';
import { concat } from './layers-model.ts';
import { bytes, float, int, message, text, type Message } from '#core/formats/protobuf.ts';
import { GRAPH_PRODUCER, toTensorFlow, type Attribute, type DataType, type NodeDef } from './tensorflow-graph.ts';
import type { ExportFile } from './types.ts';

const DATA_TYPE: Record<DataType, number> = { DT_FLOAT: 1, DT_INT32: 3 };

/** The signature that serving tools call, and the tag that loaders look for, unless told otherwise. */
const SIGNATURE = 'serving_default';
const TAG = 'serve';
const METHOD = 'tensorflow/serving/predict';

/**
 * A TensorFlow SavedModel: one frozen graph, its weights as constants, so that there is no variables folder and nothing
 * to restore. Signature `serving_default`: `pixels` float32 [n, size, size, channels], 0..255, to `probabilities` [n,
 * classes]. Field numbers: saved_model.proto, meta_graph.proto, graph.proto, node_def.proto, attr_value.proto and
 * tensor.proto of https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core
 */
export function writeSavedModel(model: InferenceModel): ExportFile[] {
  const { nodes, input, output } = toTensorFlow(model);
  const meta = message(1, text(4, TAG), text(5, '2.0.0'));
  const graph = message(2, ...nodes.map((node) => message(1, ...nodeDef(node))), message(4, int(1, GRAPH_PRODUCER)));
  const signature = message(
    2,
    entry(1, input.name, tensorInfo(input)),
    entry(2, output.name, tensorInfo(output)),
    text(3, METHOD),
  );
  const file: Message[] = [int(1, 1), message(2, meta, graph, message(5, text(1, SIGNATURE), signature))];
  return [{ path: 'saved_model.pb', bytes: concat(file.flat()) }];
}

/** One pair of a protobuf map whose value is a message. */
const entry = (field: number, key: string, value: Message[]): Message =>
  message(field, text(1, key), message(2, ...value));

const shapeOf = (field: number, sizes: readonly number[]): Message =>
  message(field, ...sizes.map((size) => message(2, int(1, size))));

const tensorInfo = ({ name, shape }: { name: string; shape: readonly number[] }): Message[] => [
  text(1, `${name}:0`),
  int(2, DATA_TYPE.DT_FLOAT),
  shapeOf(3, shape),
];

const nodeDef = ({ name, op, inputs, attributes }: NodeDef): Message[] => [
  text(1, name),
  text(2, op),
  ...inputs.map((one) => text(3, one)),
  ...Object.entries(attributes).map(([key, value]) => entry(5, key, attributeValue(value))),
];

function attributeValue(attribute: Attribute): Message[] {
  switch (attribute.kind) {
    case 'list':
      return [message(1, ...attribute.value.map((value) => int(3, value)))];
    case 's':
      return [text(2, attribute.value)];
    case 'i':
      return [int(3, attribute.value)];
    case 'f':
      return [float(4, attribute.value)];
    case 'b':
      return [int(5, attribute.value ? 1 : 0)];
    case 'type':
      return [int(6, DATA_TYPE[attribute.value])];
    case 'shape':
      return [shapeOf(7, attribute.value)];
    case 'tensor': {
      const { dtype, shape, values } = attribute.value;
      return [message(8, int(1, DATA_TYPE[dtype]), shapeOf(2, shape), bytes(4, new Uint8Array(values.slice().buffer)))];
    }
  }
}
