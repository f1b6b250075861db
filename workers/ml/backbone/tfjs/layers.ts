import { Composer, type Backbone, type Place, type Values } from '../compose.ts';
import { readLayersFile, type LayerNode } from './layers-file.ts';
import { refuseAs } from '../limits.ts';
import { rescaled, SCALES, type PixelScaleName, type PixelStatistics } from '../scales.ts';
import { isRecord, readTfjsWeights } from './tfjs-weights.ts';
import { findFeatures, orderNeeded } from '../walk.ts';

export interface LayersOptions {
  name: string;
  scale: PixelScaleName;
}

const refuseLayers = refuseAs('layers');

/** Where a map of features becomes one row of numbers. */
const ENDS_MAP = new Set(['GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'Flatten']);
/** Keras's default of BatchNormalization. */
const EPSILON = 1e-3;
/** Side where a file leaves it open, px. */
const OPEN_SIDE = 224;

/**
 * Reads a TensorFlow.js layers model (parsed model.json and the joined bytes of its weight files) into a graph of
 * ours. Its own head is left out. Nothing of the file is run: only known layer kinds with numeric settings are taken.
 * @throws AppError BAD_INPUT with the reason otherwise
 */
export function readLayers(model: unknown, bytes: Uint8Array, options: LayersOptions): Backbone {
  if (!isRecord(model)) return refuseLayers('model.json holds no model topology');
  const file = readLayersFile(model['modelTopology'], refuseLayers);
  const features = findFeatures(file.layers, file.output, ({ kind }) => ENDS_MAP.has(kind), refuseLayers);
  const order = orderNeeded(file.layers, [features], refuseLayers);
  const { side, channels } = readInput(file.inputShape);
  const reader = new LayersReader(readTfjsWeights(model, bytes, refuseLayers), SCALES[options.scale]);
  reader.start(file.input, channels);
  for (const layer of order) reader.convert(layer);
  return reader.finish(features, { name: options.name, size: side });
}

function readInput(shape: unknown): { side: number; channels: number } {
  const [, height, width, channels] = (Array.isArray(shape) ? shape : []) as (number | null | undefined)[];
  if (!Array.isArray(shape) || shape.length !== 4) return refuseLayers(`its input is ${describe(shape)}, not an image`);
  if (height !== width) return refuseLayers(`its input is ${describe(shape)}, not a square image`);
  return { side: height ?? OPEN_SIDE, channels: channels ?? 0 };
}

const describe = (shape: unknown): string =>
  Array.isArray(shape) ? (shape as unknown[]).slice(1, 6).join('×') : 'not told';

class LayersReader {
  private readonly composer = new Composer(refuseLayers);
  private readonly places = new Map<string, Place>();
  private readonly weights: ReadonlyMap<string, Values>;
  private statistics: PixelStatistics;

  constructor(weights: ReadonlyMap<string, Values>, statistics: PixelStatistics) {
    this.weights = weights;
    this.statistics = statistics;
  }

  start(input: string, channels: number): void {
    this.places.set(input, this.composer.input(channels));
  }

  finish(features: string, options: { name: string; size: number }): Backbone {
    return this.composer.finish([this.place(features)], { ...options, ...this.statistics });
  }

  convert(layer: LayerNode): void {
    const from = this.place(layer.inputs[0] ?? '');
    this.places.set(layer.name, this.convertOne(layer, from));
  }

  private place(name: string): Place {
    return this.places.get(name) ?? refuseLayers(`layer ${name.slice(0, 100)} is read before it is made`);
  }

  private convertOne(layer: LayerNode, from: Place): Place {
    const { kind, name, settings } = layer;
    switch (kind) {
      case 'Conv2D':
      case 'DepthwiseConv2D':
        return this.convolve(layer, from);
      case 'BatchNormalization': {
        const fill = (value: number): Float32Array => new Float32Array(from.channels).fill(value);
        return this.composer.norm(name, from, {
          gamma: this.find(layer, 'gamma')?.values ?? fill(1),
          beta: this.find(layer, 'beta')?.values ?? fill(0),
          mean: this.get(layer, 'moving_mean').values,
          variance: this.get(layer, 'moving_variance').values,
          epsilon: typeof settings['epsilon'] === 'number' ? settings['epsilon'] : EPSILON,
        });
      }
      case 'Activation':
        return this.activate(name, from, settings['activation']);
      case 'ReLU': {
        const limit = settings['max_value'] ?? null;
        if (limit !== null && limit !== 6) refuseLayers(`layer ${name} cuts at ${String(limit)}`);
        if ((settings['negative_slope'] ?? 0) !== 0) refuseLayers(`layer ${name} lets negative numbers through`);
        return this.composer.activate(name, from, limit === 6 ? 'relu6' : 'relu');
      }
      case 'ZeroPadding2D':
        return this.composer.zeroPad(name, from, zeroPadding(settings['padding'], name));
      case 'Add': {
        if (layer.inputs.length !== 2) refuseLayers(`layer ${name} adds ${layer.inputs.length} inputs`);
        return this.composer.add(name, from, this.place(layer.inputs[1] ?? ''));
      }
      case 'MaxPooling2D':
      case 'AveragePooling2D': {
        const size = square(settings['pool_size'], 2, name);
        const window = { size, stride: square(settings['strides'], size, name), padding: paddingOf(settings, name) };
        return this.composer.pool(name, from, kind === 'MaxPooling2D' ? 'maxPool' : 'avgPool', window);
      }
      case 'Rescaling': {
        const { scale, offset = 0 } = settings;
        if (from.id !== 'input' || typeof scale !== 'number' || typeof offset !== 'number')
          return refuseLayers(`layer ${name} scales what is no image`);
        this.statistics = rescaled(scale, offset, refuseLayers);
        return from;
      }
      case 'Dropout':
      case 'SpatialDropout2D':
        return from;
      default:
        return refuseLayers(`layer ${name} is a ${kind.slice(0, 100)}, which is not supported`);
    }
  }

  private convolve(layer: LayerNode, from: Place): Place {
    const { name, settings } = layer;
    const depthwise = layer.kind === 'DepthwiseConv2D';
    if (square(settings['dilation_rate'], 1, name) !== 1) refuseLayers(`layer ${name} uses dilation`);
    if (settings['data_format'] === 'channels_first') refuseLayers(`layer ${name} puts channels first`);
    if ((settings['groups'] ?? 1) !== 1) refuseLayers(`layer ${name} works in groups`);
    const shared = {
      stride: square(settings['strides'], 1, name),
      padding: paddingOf(settings, name),
      bias: settings['use_bias'] === false ? null : this.get(layer, 'bias').values,
    };
    // Keras 3 calls both kernels by one name.
    const kernel = (depthwise ? this.find(layer, 'depthwise_kernel') : null) ?? this.get(layer, 'kernel');
    const made = depthwise
      ? this.composer.depthwise(name, from, { kernel, ...shared })
      : this.composer.conv(name, from, { kernel, ...shared });
    return this.activate(`${name}.act`, made, settings['activation']);
  }

  private activate(name: string, from: Place, activation: unknown): Place {
    if (activation === undefined || activation === null || activation === 'linear') return from;
    if (activation === 'gelu') return this.composer.gelu(name, from);
    if (activation === 'relu' || activation === 'relu6') return this.composer.activate(name, from, activation);
    return refuseLayers(
      `layer ${name} uses the activation ${typeof activation === 'string' ? activation : 'that is no word'}`,
    );
  }

  /** A weight of a layer: by its full name, or by the end of one that says in which model it lies. */
  private find({ name, layer }: LayerNode, weight: string): Values | null {
    const exact = this.weights.get(`${name}/${weight}`) ?? this.weights.get(`${layer}/${weight}`);
    if (exact !== undefined) return exact;
    const ends = [...this.weights].filter(([full]) => full.endsWith(`/${layer}/${weight}`));
    if (ends.length > 1) return refuseLayers(`two weights are called ${layer}/${weight}`);
    return ends[0]?.[1] ?? null;
  }

  private get(layer: LayerNode, weight: string): Values {
    return this.find(layer, weight) ?? refuseLayers(`weight ${layer.layer}/${weight} is missing`);
  }
}

function square(value: unknown, absent: number, name: string): number {
  if (value === undefined || value === null) return absent;
  const [first, second] = (Array.isArray(value) ? value : [value, value]) as unknown[];
  if (typeof first !== 'number' || first !== second)
    return refuseLayers(`layer ${name} has steps or windows that are not square`);
  return first;
}

function paddingOf(settings: Record<string, unknown>, name: string): 'same' | 'valid' {
  const { padding = 'valid' } = settings;
  return padding === 'same' || padding === 'valid' ? padding : refuseLayers(`layer ${name} has an unknown padding`);
}

/** n, [rows, columns] or [[top, bottom], [left, right]]. */
function zeroPadding(value: unknown, name: string): [number, number, number, number] {
  const list: unknown[] = Array.isArray(value) ? value : [value ?? 1, value ?? 1];
  const sides = list.flatMap((side): unknown[] => (Array.isArray(side) ? side : [side, side]));
  return sides.length === 4
    ? (sides as [number, number, number, number])
    : refuseLayers(`layer ${name} has an unknown padding`);
}
