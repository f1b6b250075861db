import { must } from '#core/must.ts';
import type { GraphNode } from '../models/graph.ts';
import { tensorOf, type InferenceModel } from './inference.ts';
import { encodeTensor, type WeightEntry } from './quantise.ts';
import type { ExportFile, Quantisation } from './types.ts';

interface Layer {
  className: string;
  config: Record<string, unknown>;
  /** Keras weight name → tensor name. */
  weights: [string, string][];
}

/**
 * A TensorFlow.js layers model that plain `tf.loadLayersModel` loads: pixels 0..255 [n, size, size, channels] in,
 * probabilities [n, classes] out. Two files, model.json and weights.bin.
 */
export function writeLayersModel(model: InferenceModel, quantisation: Quantisation): ExportFile[] {
  const names = layerNames(model.nodes);
  const entries: WeightEntry[] = [];
  const parts: Uint8Array[] = [];
  const layers = model.nodes.map((node) => {
    const name = names.get(node.id) ?? node.id;
    const layer = toLayer(node, model);
    for (const [weight, tensor] of layer.weights) {
      const { entry, bytes } = encodeTensor(tensorOf(model, tensor), quantisation, `${name}/${weight}`);
      entries.push(entry);
      parts.push(bytes);
    }
    const inbound = node.inputs.map((id) => [names.get(id) ?? id, 0, 0, {}]);
    return {
      name,
      class_name: layer.className,
      config: { name, trainable: true, ...layer.config },
      inbound_nodes: inbound.length === 0 ? [] : [inbound],
    };
  });
  const input = must(names, must(model.nodes, 0, 'node').id, 'name of node');
  const topology = {
    class_name: 'Model',
    config: {
      name: 'pupil',
      layers,
      input_layers: [[input, 0, 0]],
      output_layers: [[must(names, model.output, 'name of node'), 0, 0]],
    },
  };
  return modelFiles(
    {
      format: 'layers-model',
      generatedBy: 'Pupil',
      convertedBy: null,
      modelTopology: { keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js', model_config: topology },
    },
    entries,
    parts,
  );
}

/** model.json with its manifest, and weights.bin. */
export function modelFiles(model: object, entries: readonly WeightEntry[], parts: readonly Uint8Array[]): ExportFile[] {
  const json = { ...model, weightsManifest: [{ paths: ['weights.bin'], weights: entries }] };
  return [
    { path: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { path: 'weights.bin', bytes: concat(parts) },
  ];
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Layer names take letters, digits and underscores only, and no two the same. */
function layerNames(nodes: readonly GraphNode[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    nodes.map(({ id }) => {
      const base = id.replaceAll(/[^A-Za-z0-9]+/gu, '_').replace(/^_+/u, '') || 'layer';
      let name = base;
      for (let i = 2; taken.has(name); i += 1) name = `${base}_${i}`;
      taken.add(name);
      return [id, name];
    }),
  );
}

function toLayer(node: GraphNode, model: InferenceModel): Layer {
  const plain = (className: string, config: Record<string, unknown> = {}): Layer => ({
    className,
    config,
    weights: [],
  });
  const withBias = (kernel: string, bias: string | null, kernelName = 'kernel'): [string, string][] =>
    bias === null
      ? [[kernelName, kernel]]
      : [
          [kernelName, kernel],
          ['bias', bias],
        ];
  switch (node.op) {
    case 'input':
      return plain('InputLayer', {
        batch_input_shape: [null, model.size, model.size, model.channels],
        dtype: 'float32',
        sparse: false,
      });
    case 'conv2d': {
      const [height, width, , filters] = tensorOf(model, node.kernel).shape;
      return {
        className: 'Conv2D',
        config: { ...convolution(node, [height, width]), filters },
        weights: withBias(node.kernel, node.bias),
      };
    }
    case 'depthwiseConv2d': {
      const [height, width] = tensorOf(model, node.kernel).shape;
      return {
        className: 'DepthwiseConv2D',
        config: { ...convolution(node, [height, width]), depth_multiplier: 1 },
        weights: withBias(node.kernel, node.bias, 'depthwise_kernel'),
      };
    }
    case 'batchNorm':
      return {
        className: 'BatchNormalization',
        config: { axis: -1, epsilon: node.epsilon, momentum: 0.99, center: true, scale: true },
        weights: [
          ['gamma', node.gamma],
          ['beta', node.beta],
          ['moving_mean', node.mean],
          ['moving_variance', node.variance],
        ],
      };
    case 'relu':
    case 'relu6':
    case 'gelu':
    case 'softmax':
      return plain('Activation', { activation: node.op });
    case 'zeroPad': {
      const [top, bottom, left, right] = node.padding;
      return plain('ZeroPadding2D', {
        padding: [
          [top, bottom],
          [left, right],
        ],
        data_format: 'channels_last',
      });
    }
    case 'maxPool':
    case 'avgPool':
      return plain(node.op === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D', {
        pool_size: [node.size, node.size],
        strides: [node.stride, node.stride],
        padding: node.padding,
        data_format: 'channels_last',
      });
    case 'globalMaxPool':
    case 'globalAveragePool':
      return plain(node.op === 'globalMaxPool' ? 'GlobalMaxPooling2D' : 'GlobalAveragePooling2D', {
        data_format: 'channels_last',
      });
    case 'add':
      return plain('Add');
    case 'concat':
      return plain('Concatenate', { axis: -1 });
    case 'flatten':
      return plain('Flatten');
    case 'dropout':
      return plain('Dropout', { rate: node.rate });
    case 'dense':
      return {
        className: 'Dense',
        config: { units: tensorOf(model, node.kernel).shape[1], activation: 'linear', use_bias: node.bias !== null },
        weights: withBias(node.kernel, node.bias),
      };
    case 'scale':
      return plain('Rescaling', { scale: node.factor, offset: 0 });
  }
}

const convolution = (
  node: { stride: number; padding: string; bias: string | null },
  kernelSize: (number | undefined)[],
): Record<string, unknown> => ({
  kernel_size: kernelSize,
  strides: [node.stride, node.stride],
  padding: node.padding,
  data_format: 'channels_last',
  dilation_rate: [1, 1],
  activation: 'linear',
  use_bias: node.bias !== null,
});
