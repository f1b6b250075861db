import { Composer, type Activation, type Backbone, type Place, type Values } from '../compose.ts';
import { LIMITS, refuseAs } from '../limits.ts';
import { rescaled, SCALES, type PixelScaleName, type PixelStatistics } from '../scales.ts';
import { isRecord, readTfjsWeights } from './tfjs-weights.ts';
import { findFeatures, orderNeeded, type FileNode } from '../walk.ts';

export interface GraphModelOptions {
  name: string;
  scale: PixelScaleName;
  /** Node whose map of features is wanted; the last before the head unless told. */
  layer?: string;
}

const refuse = refuseAs('graph');

/** Where a map of features becomes one row of numbers. */
const ENDS_MAP = new Set(['Mean', 'Max', 'Reshape', 'Squeeze']);
const SAME = new Set(['Identity', 'StopGradient', 'Dropout']);
/** Side where a file leaves it open, px. */
const OPEN_SIDE = 224;

interface Node extends FileNode {
  /** Names of the constants that it reads, in their order among all inputs. */
  constants: readonly string[];
  attributes: Record<string, unknown>;
}

/**
 * Reads a TensorFlow.js graph model, as converters make it of SavedModels, into a graph of ours; its own head is left
 * out.
 * @throws AppError BAD_INPUT with the reason for what is no plain convolutional net
 */
export function readGraphModel(
  model: Record<string, unknown>,
  bytes: Uint8Array,
  options: GraphModelOptions,
): Backbone {
  const weights = readTfjsWeights(model, bytes, refuse);
  const { nodes, image } = readNodes(model['modelTopology'], weights);
  const output = options.layer ?? outputOf(nodes);
  if (options.layer !== undefined && !nodes.some(({ name }) => name === output))
    refuse(`it has no layer "${output.slice(0, 100)}"`);
  const features = options.layer ?? findFeatures(nodes, output, ({ kind }) => ENDS_MAP.has(kind), refuse);
  const reader = new GraphReader(weights, SCALES[options.scale], image);
  for (const node of orderNeeded(nodes, [features], refuse)) reader.convert(node);
  return reader.finish(features, options.name);
}

interface Image {
  name: string;
  shape: number[];
}

function readNodes(topology: unknown, weights: ReadonlyMap<string, Values>): { nodes: Node[]; image: Image } {
  const list = isRecord(topology) ? topology['node'] : null;
  if (!Array.isArray(list) || list.length === 0) return refuse('model.json lists no nodes');
  if (list.length > LIMITS.entries) return refuse(`it has ${list.length} nodes`);
  const nodes: Node[] = [];
  let image: Image | null = null;
  for (const node of list as unknown[]) {
    if (!isRecord(node) || typeof node['name'] !== 'string' || typeof node['op'] !== 'string')
      return refuse('a node has no name or kind');
    const { name, op } = node;
    const attributes = isRecord(node['attr']) ? node['attr'] : {};
    if (op === 'Const' || op === 'NoOp') continue;
    if (op === 'Placeholder') {
      if (image !== null) return refuse('it has more than one input');
      image = { name, shape: shapeOf(attributes['shape']) };
      continue;
    }
    const all = (Array.isArray(node['input']) ? (node['input'] as unknown[]) : [])
      .map((input) =>
        typeof input === 'string' ? input.replace(/:0$/, '') : refuse(`node ${name} reads what has no name`),
      )
      .filter((input) => !input.startsWith('^'));
    const inputs = all.filter((input) => !weights.has(input));
    nodes.push({
      name,
      kind: op,
      inputs,
      outputs: [name],
      constants: all.filter((input) => weights.has(input)),
      attributes,
    });
  }
  return image === null ? refuse('it has no input') : { nodes, image };
}

/** The node that no other reads; the first, where there are several. */
function outputOf(nodes: readonly Node[]): string {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return nodes.find(({ name }) => !read.has(name))?.name ?? refuse('its layers go round in a circle');
}

const shapeOf = (attribute: unknown): number[] => {
  const shape = isRecord(attribute) && isRecord(attribute['shape']) ? attribute['shape']['dim'] : null;
  return Array.isArray(shape) ? shape.map((dim: unknown) => (isRecord(dim) ? Number(dim['size']) : -1)) : [];
};

class GraphReader {
  private readonly composer = new Composer(refuse);
  private readonly places = new Map<string, Place>();
  private readonly weights: ReadonlyMap<string, Values>;
  private readonly image: Image;
  private statistics: PixelStatistics;
  /** What the file itself does to pixels before the first layer. */
  private pixels = { scale: 1, offset: 0 };

  constructor(weights: ReadonlyMap<string, Values>, statistics: PixelStatistics, image: Image) {
    this.weights = weights;
    this.statistics = statistics;
    this.image = image;
    const [, height = -1, width = -1, channels = -1] = image.shape;
    if (image.shape.length !== 4 || height !== width)
      refuse(`its input is ${image.shape.slice(1).join('×')}, not a square image`);
    this.places.set(image.name, this.composer.input(channels === -1 ? 3 : channels));
  }

  finish(features: string, name: string): Backbone {
    const side = this.image.shape[1] ?? -1;
    return this.composer.finish([this.place(features)], {
      name,
      size: side === -1 ? OPEN_SIDE : side,
      ...this.statistics,
    });
  }

  convert(node: Node): void {
    const from = this.place(node.inputs[0] ?? '');
    this.places.set(node.name, this.convertOne(node, from));
  }

  private place(name: string): Place {
    return (
      this.places.get(name) ?? refuse(`node ${name.slice(0, 100)} is read before it is made, or has several outputs`)
    );
  }

  private convertOne(node: Node, from: Place): Place {
    const { kind, name, attributes } = node;
    if (SAME.has(kind)) return from;
    if (from.id === 'input' && ['Mul', 'Sub', 'Add', 'AddV2', 'RealDiv'].includes(kind))
      return this.scalePixels(node, from);
    switch (kind) {
      case 'Conv2D':
      case '_FusedConv2D':
      case 'DepthwiseConv2dNative':
      case 'FusedDepthwiseConv2dNative':
        return this.convolve(node, from);
      case 'BiasAdd':
      case 'Add':
      case 'AddV2':
        if (node.inputs.length === 2) return this.composer.add(name, from, this.place(node.inputs[1] ?? ''));
        return this.shift(name, from, this.constant(node, 0).values);
      case 'FusedBatchNorm':
      case 'FusedBatchNormV2':
      case 'FusedBatchNormV3': {
        const [gamma, beta, mean, variance] = [0, 1, 2, 3].map((i) => this.constant(node, i).values);
        if (!gamma || !beta || !mean || !variance) return refuse(`node ${name} has no statistics`);
        const epsilon = number(attributes['epsilon'], 'f', 1e-4);
        return this.composer.norm(name, from, { gamma, beta, mean, variance, epsilon });
      }
      case 'Relu':
      case 'Relu6':
        return this.composer.activate(name, from, kind === 'Relu' ? 'relu' : 'relu6');
      case 'MaxPool':
      case 'AvgPool': {
        const window = {
          size: this.square(node, 'ksize'),
          stride: this.square(node, 'strides'),
          padding: this.padding(node),
        };
        return this.composer.pool(name, from, kind === 'MaxPool' ? 'maxPool' : 'avgPool', window);
      }
      case 'Pad': {
        const sides = [...this.constant(node, 0).values];
        const [, , top = 0, bottom = 0, left = 0, right = 0] = sides;
        if (sides.length !== 8 || [0, 1, 6, 7].some((i) => sides[i] !== 0))
          refuse(`node ${name} pads other sides than those of the image`);
        return this.composer.zeroPad(name, from, [top, bottom, left, right]);
      }
      default:
        return refuse(`its ${kind.slice(0, 100)} (${name.slice(0, 100)}) is not supported`);
    }
  }

  /** What a file does to pixels 0..255 by itself takes the place of the scale that was chosen. */
  private scalePixels(node: Node, from: Place): Place {
    const { values } = this.constant(node, 0);
    const [value = NaN] = values;
    if (values.length !== 1) return refuse(`node ${node.name} scales each channel by itself`);
    const { scale, offset } = this.pixels;
    const add = node.kind === 'Sub' ? -value : value;
    const factor = node.kind === 'RealDiv' ? 1 / value : value;
    this.pixels =
      node.kind === 'Mul' || node.kind === 'RealDiv'
        ? { scale: scale * factor, offset: offset * factor }
        : { scale, offset: offset + add };
    this.statistics = rescaled(this.pixels.scale, this.pixels.offset, refuse);
    return from;
  }

  /** A constant that is added, a number a channel: a norm that changes nothing else. */
  private shift(name: string, from: Place, beta: Float32Array): Place {
    const fill = (value: number): Float32Array => new Float32Array(from.channels).fill(value);
    return this.composer.norm(name, from, { gamma: fill(1), beta, mean: fill(0), variance: fill(1), epsilon: 0 });
  }

  private convolve(node: Node, from: Place): Place {
    const { name, kind, attributes } = node;
    const dilations = list(attributes['dilations']);
    if (dilations.some((n) => n !== 1)) refuse(`node ${name} uses dilation`);
    if (text(attributes['data_format']) === 'NCHW') refuse(`node ${name} puts channels first`);
    const fused = texts(attributes['fused_ops']);
    if (fused.length > 0 && fused[0] !== 'BiasAdd') refuse(`node ${name} has ${fused[0]} fused into it`);
    const shared = {
      stride: this.square(node, 'strides'),
      padding: this.padding(node),
      kernel: this.constant(node, 0),
      bias: fused.includes('BiasAdd') ? this.constant(node, 1).values : null,
      activation: activationOf(fused[1], name),
    };
    return kind.includes('epthwise')
      ? this.composer.depthwise(name, from, shared)
      : this.composer.conv(name, from, shared);
  }

  private constant(node: Node, index: number): Values {
    return this.weights.get(node.constants[index] ?? '') ?? refuse(`node ${node.name.slice(0, 100)} lacks a constant`);
  }

  private square({ name, attributes }: Node, key: string): number {
    const [, rows = 1, columns = 1] = list(attributes[key]);
    return rows === columns ? rows : refuse(`node ${name} has steps or windows that are not square`);
  }

  private padding({ name, attributes }: Node): 'same' | 'valid' {
    const padding = text(attributes['padding']);
    return padding === 'SAME'
      ? 'same'
      : padding === 'VALID'
        ? 'valid'
        : refuse(`node ${name} has the padding ${padding}`);
  }
}

function activationOf(fused: string | undefined, name: string): Activation {
  if (fused === undefined) return null;
  return fused === 'Relu' ? 'relu' : fused === 'Relu6' ? 'relu6' : refuse(`node ${name} has ${fused} fused into it`);
}

/** Texts are base64 and 64-bit numbers are texts in this JSON. */
const decode = (value: unknown): string =>
  typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8').slice(0, 100) : '';
const text = (attribute: unknown): string => (isRecord(attribute) ? decode(attribute['s']) : '');
const listed = (attribute: unknown, key: 'i' | 's'): unknown[] => {
  const found = isRecord(attribute) && isRecord(attribute['list']) ? attribute['list'][key] : null;
  return Array.isArray(found) ? (found as unknown[]) : [];
};
const texts = (attribute: unknown): string[] => listed(attribute, 's').map(decode);
const list = (attribute: unknown): number[] => listed(attribute, 'i').map(Number);
const number = (attribute: unknown, key: 'f', absent: number): number => {
  const value = isRecord(attribute) ? attribute[key] : undefined;
  return typeof value === 'number' ? value : absent;
};
