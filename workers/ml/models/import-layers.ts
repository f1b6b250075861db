import * as tf from '@tensorflow/tfjs';
import { AppError } from '#core/errors.ts';
import type { Random } from '#core/math/random.ts';
import { convertLayers, type LayerConfig, type LayerReader } from './convert-layers.ts';
import type { FlatWeights, ModelGraph } from './graph.ts';
import { sizeOf } from './graph.ts';

/** Pixel range that the backbone was trained on: [−1, 1], [0, 1], or centred by ImageNet's means and deviations. */
export type PixelScale = 'symmetric' | 'unit' | 'imagenet';

const SCALES: Record<PixelScale, { mean: number[]; std: number[] }> = {
  symmetric: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

/** Larger files are refused: a backbone for images of at most 512 px stays far below. */
const BYTES_MAX = 512 * 2 ** 20;
const LAYERS_MAX = 2000;

export interface ImportOptions {
  name: string;
  classes: number;
  scale: PixelScale;
  /** Share of the embedding dropped when training the head or fine-tuning. */
  dropout?: number;
  /** Draws the new head. */
  random: Random;
}

export interface ImportedModel {
  /** Backbone, global average, dropout and a fresh linear head, as one graph: trained and exported like our own. */
  graph: ModelGraph;
  weights: FlatWeights;
}

const refuse = (why: string): never => {
  throw new AppError(
    'BAD_INPUT',
    `This backbone cannot be used: ${why}. Import a TensorFlow.js layers model (model.json and its weights) made of ` +
      `convolutions.`,
  );
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a TensorFlow.js layers model (parsed model.json and the joined bytes of its weight files) into a graph. Its own
 * head (everything from the first global pooling, flatten or dense layer on) is replaced by a fresh one. Nothing of the
 * file is run: only known layer kinds with numeric settings are taken. Throws AppError BAD_INPUT with the reason
 * otherwise.
 */
export async function importLayersModel(
  model: unknown,
  bytes: Uint8Array,
  options: ImportOptions,
): Promise<ImportedModel> {
  const layers = readLayers(model);
  const tensors = await readWeights(model, bytes);
  const read: LayerReader = (layer, weight) => {
    const wanted = `${layer}/${weight}`;
    const found = [...tensors].find(([name]) => name === wanted || name.endsWith(`/${wanted}`));
    return found?.[1] ?? null;
  };
  const { graph, values } = convertLayers(layers, read, { ...options, ...SCALES[options.scale], refuse });
  const weights = new Float32Array(graph.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { name, shape, start } of graph.weights) {
    const size = sizeOf(shape);
    const imported = values.get(name);
    if (imported !== undefined) weights.set(imported, at);
    else if (start === 'ones') weights.fill(1, at, at + size);
    else if (start === 'he')
      for (let i = 0; i < size; i += 1) weights[at + i] = (options.random.normal() * 0.1) / Math.sqrt(shape[0] ?? 1);
    at += size;
  }
  return { graph, weights };
}

function readLayers(model: unknown): LayerConfig[] {
  const topology = isRecord(model) ? model.modelTopology : null;
  if (!isRecord(model) || !isRecord(topology)) return refuse('model.json holds no model topology');
  if (model.format !== undefined && model.format !== 'layers-model')
    return refuse(`its format is ${String(model.format)}, not layers-model`);
  const outer = isRecord(topology.model_config) ? topology.model_config : topology;
  const config = outer.config;
  const list = Array.isArray(config) ? config : isRecord(config) ? config.layers : null;
  if (!Array.isArray(list) || list.length === 0 || list.length > LAYERS_MAX)
    return refuse('model.json lists no layers');
  const sequential = outer.class_name === 'Sequential';
  let before: string | null = null;
  return list.map((layer: unknown): LayerConfig => {
    if (!isRecord(layer) || typeof layer.class_name !== 'string' || !isRecord(layer.config))
      return refuse('a layer has no class or no settings');
    const name = layer.config.name;
    if (typeof name !== 'string') return refuse('a layer has no name');
    const inputs = sequential ? (before === null ? [] : [before]) : inboundNames(layer.inbound_nodes);
    before = name;
    return { kind: layer.class_name, name, settings: layer.config, inputs };
  });
}

function inboundNames(nodes: unknown): string[] {
  if (!Array.isArray(nodes) || nodes.length === 0) return [];
  if (nodes.length > 1) return refuse('a layer is used twice (shared layers)');
  const calls: unknown = nodes[0];
  if (!Array.isArray(calls)) return refuse('a layer names its inputs in an unknown way');
  return calls.map((call: unknown) =>
    Array.isArray(call) && typeof call[0] === 'string' ? call[0] : refuse('a layer names its inputs in an unknown way'),
  );
}

async function readWeights(
  model: unknown,
  bytes: Uint8Array,
): Promise<Map<string, { shape: number[]; values: Float32Array }>> {
  const manifest = isRecord(model) ? model.weightsManifest : null;
  if (!Array.isArray(manifest)) return refuse('model.json lists no weights');
  const specs = manifest.flatMap((group: unknown) =>
    isRecord(group) && Array.isArray(group.weights) ? (group.weights as unknown[]) : [],
  );
  let expected = 0;
  for (const spec of specs) {
    const ok =
      isRecord(spec) &&
      typeof spec.name === 'string' &&
      Array.isArray(spec.shape) &&
      spec.shape.every((n) => Number.isInteger(n) && n >= 0);
    if (!ok) refuse('a weight has no name or shape');
    const { shape, dtype, quantization } = spec as tf.io.WeightsManifestEntry;
    if (dtype !== 'float32') refuse(`a weight is of type ${dtype}`);
    const width = quantization === undefined ? 4 : quantization.dtype === 'uint8' ? 1 : 2;
    expected += sizeOf(shape) * width;
  }
  if (bytes.byteLength > BYTES_MAX) refuse(`its weights are larger than ${BYTES_MAX / 2 ** 20} MiB`);
  if (expected !== bytes.byteLength)
    refuse(
      `its weights should be ${expected} bytes and are ${bytes.byteLength}: a file is missing, cut short or of ` +
        `another model`,
    );
  const decoded = tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs as tf.io.WeightsManifestEntry[]);
  const result = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const [name, tensor] of Object.entries(decoded)) {
    const values = (await tensor.data()) as Float32Array;
    if (!values.every(Number.isFinite)) refuse(`weight ${name} holds a value that is not a number`);
    result.set(name.replace(/:0$/, ''), { shape: tensor.shape, values: Float32Array.from(values) });
    tensor.dispose();
  }
  return result;
}
