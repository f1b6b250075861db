import type { InferenceModel } from './inference.ts';
import { modelFiles } from './layers-model.ts';
import { encodeTensor, type WeightEntry } from './quantise.ts';
import { GRAPH_PRODUCER, toTensorFlow, type Attribute, type GraphConstant } from './tensorflow-graph.ts';
import type { ExportFile, Quantisation } from './types.ts';

/**
 * A TensorFlow.js graph model for `tf.loadGraphModel`: TensorFlow node definitions as JSON, the same input and output
 * as the layers model.
 */
export function writeGraphModel(model: InferenceModel, quantisation: Quantisation): ExportFile[] {
  const graph = toTensorFlow(model);
  const entries: WeightEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const {
    name,
    attributes: { value },
  } of graph.nodes) {
    if (value?.kind !== 'tensor') continue;
    const { entry, bytes } = encodeConstant(name, value.value, quantisation);
    entries.push(entry);
    parts.push(bytes);
  }
  const node = graph.nodes.map(({ name, op, inputs, attributes }) => ({
    name,
    op,
    ...(inputs.length > 0 ? { input: inputs } : {}),
    attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toJson(value)])),
  }));
  const tensorInfo = ({ name, shape }: { name: string; shape: readonly number[] }): object => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: shapeOf(shape),
  });
  return modelFiles(
    {
      format: 'graph-model',
      generatedBy: 'Pupil',
      convertedBy: null,
      signature: {
        inputs: { [graph.input.name]: tensorInfo(graph.input) },
        outputs: { [graph.output.name]: tensorInfo(graph.output) },
      },
      modelTopology: { node, library: {}, versions: { producer: GRAPH_PRODUCER } },
    },
    entries,
    parts,
  );
}

function encodeConstant(
  name: string,
  { dtype, shape, weight, values }: GraphConstant,
  quantisation: Quantisation,
): { entry: WeightEntry; bytes: Uint8Array } {
  if (weight) return encodeTensor(weight, quantisation, name);
  return {
    entry: { name, shape: [...shape], dtype: dtype === 'DT_INT32' ? 'int32' : 'float32' },
    bytes: new Uint8Array(values.slice().buffer),
  };
}

/** Texts are base64 and 64-bit numbers are texts in this JSON. */
function toJson(attribute: Attribute): object {
  switch (attribute.kind) {
    case 's':
      return { s: btoa(attribute.value) };
    case 'i':
      return { i: String(attribute.value) };
    case 'list':
      return { list: { i: attribute.value.map(String) } };
    case 'shape':
      return { shape: shapeOf(attribute.value) };
    case 'tensor':
      return { tensor: { dtype: attribute.value.dtype, tensorShape: shapeOf(attribute.value.shape) } };
    default:
      return { [attribute.kind]: attribute.value };
  }
}

const shapeOf = (sizes: readonly number[]): object => ({ dim: sizes.map((size) => ({ size: String(size) })) });
