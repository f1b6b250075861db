import { GraphBuilder } from './builder.ts';
import type { ModelGraph, Padding, WeightRole, WeightStart } from './graph.ts';

/** One layer of a Keras-style topology; settings come from a file and are checked before use. */
export interface LayerConfig {
  kind: string;
  name: string;
  settings: Record<string, unknown>;
  inputs: string[];
}

export type LayerReader = (layer: string, weight: string) => { shape: number[]; values: Float32Array } | null;

interface ConvertOptions {
  name: string;
  classes: number;
  dropout?: number;
  mean: number[];
  std: number[];
  refuse: (why: string) => never;
}

/** Layers at which a classifier's own head begins; all from here on are left out. */
const HEAD = new Set(['GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'Flatten', 'Dense', 'Softmax', 'Reshape']);
/** Keras's default of BatchNormalization. */
const EPSILON = 1e-3;

/**
 * Translates layers to graph nodes up to the model's head and puts a global average, dropout and a linear head on top.
 */
export function convertLayers(
  layers: LayerConfig[],
  read: LayerReader,
  options: ConvertOptions,
): { graph: ModelGraph; values: Map<string, Float32Array> } {
  const { refuse } = options;
  const g = new GraphBuilder();
  const values = new Map<string, Float32Array>();
  /** Layer name → node id and channels of its output. */
  const outputs = new Map<string, { id: string; channels: number }>();
  let size = 0;
  let last: { id: string; channels: number } | null = null;

  const weight = (layer: string, name: string, role: WeightRole, start: WeightStart, shape?: number[]): string => {
    const found = read(layer, name);
    if (found === null && shape === undefined) return refuse(`weight ${layer}/${name} is missing`);
    if (found !== null) values.set(`${layer}.${role}`, found.values);
    return g.weight(`${layer}.${role}`, found?.shape ?? shape ?? [], role, start);
  };

  const convolve = (layer: LayerConfig, from: { id: string; channels: number }): { id: string; channels: number } => {
    const { name, settings } = layer;
    const depthwise = layer.kind === 'DepthwiseConv2D';
    const stride = square(settings.strides, 1, name, refuse);
    if (square(settings.dilation_rate, 1, name, refuse) !== 1) refuse(`layer ${name} uses dilation`);
    if (settings.data_format === 'channels_first') refuse(`layer ${name} puts channels first`);
    const kernel = weight(name, depthwise ? 'depthwise_kernel' : 'kernel', 'kernel', 'he');
    const shape = read(name, depthwise ? 'depthwise_kernel' : 'kernel')?.shape ?? [];
    if (shape.length !== 4 || shape[2] !== from.channels)
      refuse(`layer ${name} expects ${shape[2]} channels and gets ${from.channels}`);
    const channels = depthwise ? from.channels * (shape[3] ?? 1) : (shape[3] ?? 0);
    const bias = settings.use_bias === false ? null : weight(name, 'bias', 'bias', 'zeros');
    const id = g.add(name, {
      op: depthwise ? 'depthwiseConv2d' : 'conv2d',
      inputs: [from.id],
      kernel,
      bias,
      stride,
      padding: paddingOf(settings, name, refuse),
    });
    return { id: activate(g, id, settings.activation, name, refuse), channels };
  };

  for (const layer of layers) {
    const { kind, name, settings } = layer;
    if (HEAD.has(kind)) break;
    if (kind === 'InputLayer' || (outputs.size === 0 && layer.inputs.length === 0)) {
      const shape = settings.batch_input_shape ?? settings.batch_shape;
      if (!Array.isArray(shape) || shape.length !== 4 || !Number.isInteger(shape[1]) || shape[1] !== shape[2])
        refuse('its input is not a square image of fixed size');
      const channels = (shape as number[])[3];
      size = (shape as number[])[1] as number;
      if (channels !== 3 || size < 16 || size > 512)
        refuse(`its input is ${size} px with ${channels} channels; 16 to 512 px RGB can be used`);
      last = { id: g.input(), channels: 3 };
      if (kind === 'InputLayer') {
        outputs.set(name, last);
        continue;
      }
    }
    const sources = layer.inputs.map(
      (input) => outputs.get(input) ?? refuse(`layer ${name} reads ${input}, which comes later or is unknown`),
    );
    const from = sources[0] ?? last ?? refuse(`layer ${name} has no input`);
    const converted = convertOne(layer, from, sources);
    outputs.set(name, converted);
    last = converted;
  }
  if (last === null || size === 0) return refuse('it has no input layer');
  const embedding = g.add('embedding', { op: 'globalAveragePool', inputs: [last.id] });
  const logits = g.dense('head', g.dropout('dropout', embedding, options.dropout ?? 0), last.channels, options.classes);
  const { name, classes, mean, std } = options;
  return { graph: g.finish({ name, classes, input: { size, channels: 3, mean, std }, logits, embedding }), values };

  function convertOne(
    layer: LayerConfig,
    from: { id: string; channels: number },
    sources: { id: string; channels: number }[],
  ): { id: string; channels: number } {
    const { kind, name, settings } = layer;
    const { channels } = from;
    switch (kind) {
      case 'Conv2D':
      case 'DepthwiseConv2D':
        return convolve(layer, from);
      case 'BatchNormalization': {
        const id = g.add(name, {
          op: 'batchNorm',
          inputs: [from.id],
          gamma: weight(name, 'gamma', 'gamma', 'ones', [channels]),
          beta: weight(name, 'beta', 'beta', 'zeros', [channels]),
          mean: weight(name, 'moving_mean', 'mean', 'zeros'),
          variance: weight(name, 'moving_variance', 'variance', 'ones'),
          epsilon: typeof settings.epsilon === 'number' ? settings.epsilon : EPSILON,
        });
        return { id, channels };
      }
      case 'Activation':
        return { id: activate(g, from.id, settings.activation, name, refuse), channels };
      case 'ReLU':
        if (settings.max_value !== undefined && settings.max_value !== null && settings.max_value !== 6)
          refuse(`layer ${name} cuts at ${String(settings.max_value)}`);
        return { id: g.add(name, { op: settings.max_value === 6 ? 'relu6' : 'relu', inputs: [from.id] }), channels };
      case 'ZeroPadding2D':
        return {
          id: g.add(name, { op: 'zeroPad', inputs: [from.id], padding: zeroPadding(settings.padding, name, refuse) }),
          channels,
        };
      case 'Add':
        if (sources.length !== 2) refuse(`layer ${name} adds ${sources.length} inputs`);
        return { id: g.add(name, { op: 'add', inputs: [from.id, sources[1]?.id ?? from.id], drop: 0 }), channels };
      case 'MaxPooling2D':
      case 'AveragePooling2D': {
        const window = square(settings.pool_size, 2, name, refuse);
        const stride = square(settings.strides, window, name, refuse);
        const op = kind === 'MaxPooling2D' ? 'maxPool' : 'avgPool';
        return {
          id: g.add(name, { op, inputs: [from.id], size: window, stride, padding: paddingOf(settings, name, refuse) }),
          channels,
        };
      }
      case 'Dropout':
      case 'SpatialDropout2D':
        return from;
      default:
        return refuse(`layer ${name} is a ${kind}, which is not supported`);
    }
  }
}

function activate(
  g: GraphBuilder,
  id: string,
  activation: unknown,
  name: string,
  refuse: (why: string) => never,
): string {
  if (activation === undefined || activation === null || activation === 'linear') return id;
  if (activation !== 'relu' && activation !== 'relu6')
    return refuse(`layer ${name} uses the activation ${String(activation)}`);
  return g.add(`${name}.${activation}`, { op: activation, inputs: [id] });
}

function square(value: unknown, absent: number, name: string, refuse: (why: string) => never): number {
  if (value === undefined || value === null) return absent;
  const [first, second] = (Array.isArray(value) ? value : [value, value]) as unknown[];
  if (typeof first !== 'number' || !Number.isInteger(first) || first < 1 || first !== second)
    return refuse(`layer ${name} has steps or windows that are not square`);
  return first;
}

function paddingOf(settings: Record<string, unknown>, name: string, refuse: (why: string) => never): Padding {
  const { padding } = settings;
  return padding === 'same' || padding === 'valid'
    ? padding
    : padding === undefined
      ? 'valid'
      : refuse(`layer ${name} has the padding ${String(padding)}`);
}

/** n, [rows, columns] or [[top, bottom], [left, right]]. */
function zeroPadding(value: unknown, name: string, refuse: (why: string) => never): [number, number, number, number] {
  const list: unknown[] = Array.isArray(value) ? value : [value ?? 1, value ?? 1];
  const pairs = list.map((side): unknown[] => (Array.isArray(side) ? side : [side, side])).flat();
  if (pairs.length !== 4 || !pairs.every((n) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= 64))
    return refuse(`layer ${name} has an unknown padding`);
  return pairs as [number, number, number, number];
}
