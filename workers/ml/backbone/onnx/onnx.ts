import { Composer, type Backbone, type Place, type Values } from '../compose.ts';
import { kernelToLast } from '../kernels.ts';
import { boundedSize, LIMITS, refuseAs } from '../limits.ts';
import { readFloats, readInts, readOnnxFile, type OnnxAttribute, type OnnxFile, type OnnxNode } from './onnx-file.ts';
import { rescaled, SCALES, type PixelScaleName, type PixelStatistics } from '../scales.ts';
import { findFeatures, orderNeeded } from '../walk.ts';

export interface OnnxOptions {
  name: string;
  scale: PixelScaleName;
  /** Name of the map of features that is wanted; the last before the head unless told. */
  layer?: string;
}

const refuse = refuseAs('onnx');

/** Where a map of features becomes one row of numbers. */
const ENDS_MAP = new Set(['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean', 'Flatten', 'Reshape']);
const SAME = new Set(['Identity', 'Dropout', 'Cast']);
/** Side where a file leaves it open, px. */
const OPEN_SIDE = 224;
/** ONNX's default of BatchNormalization. */
const EPSILON = 1e-5;

/**
 * Reads an ONNX convolutional net into a graph of ours, so that it is frozen, tuned and exported like any other; its
 * own head is left out. Images may come channels first or last, and may be scaled by the file itself.
 * @throws AppError BAD_INPUT with the reason for everything else
 */
export function readOnnx(bytes: Uint8Array, options: OnnxOptions): Backbone {
  const file = readOnnxFile(bytes, refuse);
  const output = file.outputs[0] ?? refuse('it has no output');
  if (options.layer !== undefined && !file.nodes.some(({ outputs }) => outputs.includes(options.layer ?? ''))) {
    refuse(`it has no layer "${options.layer.slice(0, 100)}"`);
  }
  const features = options.layer ?? findFeatures(file.nodes, output, ({ kind }) => ENDS_MAP.has(kind), refuse);
  const order = orderNeeded(file.nodes, [features], refuse);
  checkTotal(file, order);
  const reader = new OnnxReader(file, SCALES[options.scale]);
  for (const node of order) reader.convert(node);
  return reader.finish(features, options.name);
}

/** Before any number is read: a file may name the same weight many times. */
function checkTotal({ constants }: OnnxFile, order: readonly OnnxNode[]): void {
  let total = 0;
  for (const { kind, reads } of order) {
    const kernel = kind === 'Conv' ? constants.get(reads[1] ?? '') : undefined;
    if (kernel !== undefined) total += boundedSize(kernel.shape, `weight ${kernel.name.slice(0, 100)}`, refuse);
  }
  if (total > LIMITS.weights) refuse(`its layers hold more than ${LIMITS.weights} numbers together`);
}

class OnnxReader {
  private readonly composer = new Composer(refuse);
  private readonly places = new Map<string, Place>();
  private readonly file: OnnxFile;
  private readonly side: number;
  private statistics: PixelStatistics;
  /** What the file itself does to pixels 0..255 before the first layer. */
  private pixels = { scale: 1, offset: 0 };
  /** Nodes whose numbers are never below zero: zeros beside them are as good as nothing. */
  private readonly positive = new Set<string>();

  constructor(file: OnnxFile, statistics: PixelStatistics) {
    this.file = file;
    this.statistics = statistics;
    const [image = refuse('it has no input'), ...more] = file.inputs;
    if (more.length > 0) refuse(`it has ${more.length + 1} inputs, and one image is needed`);
    const { shape } = image;
    if (shape.length !== 4) refuse(`its input has ${shape.length} dimensions, and an image has 4`);
    const last = shape[3] === 3 && shape[1] !== 3;
    const [height, width, channels] = last ? [shape[1], shape[2], shape[3]] : [shape[2], shape[3], shape[1]];
    if (height !== width) refuse(`its input is ${height ?? '?'}×${width ?? '?'}, not a square image`);
    this.side = height ?? OPEN_SIDE;
    this.places.set(image.name, this.composer.input(channels ?? 3));
  }

  finish(features: string, name: string): Backbone {
    return this.composer.finish([this.place(features)], { name, size: this.side, ...this.statistics });
  }

  convert(node: OnnxNode): void {
    const from = this.place(node.inputs[0] ?? '');
    const made = this.convertOne(node, from);
    for (const output of node.outputs.slice(0, 1)) this.places.set(output, made);
  }

  private place(name: string): Place {
    return (
      this.places.get(name) ?? refuse(`${name.slice(0, 100)} is read before it is made, or is not made of the image`)
    );
  }

  private convertOne(node: OnnxNode, from: Place): Place {
    const { kind, name } = node;
    if (SAME.has(kind)) return from;
    if (from.id === 'input' && ['Mul', 'Sub', 'Add', 'Div'].includes(kind)) return this.scalePixels(node, from);
    switch (kind) {
      case 'Transpose':
        // From channels last to first, or back: our graphs hold them last throughout.
        return from.id === 'input' ? from : refuse(`its Transpose (${name}) turns what is no image`);
      case 'Conv':
        return this.convolve(node, from);
      case 'BatchNormalization': {
        const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => this.floats(node, i).values);
        if (!gamma || !beta || !mean || !variance) return refuse(`node ${name} has no statistics`);
        const epsilon = node.attributes.get('epsilon')?.float ?? EPSILON;
        return this.composer.norm(name, from, { gamma, beta, mean, variance, epsilon });
      }
      case 'Relu':
        return this.rectified(this.composer.activate(name, from, 'relu'));
      case 'Clip': {
        const [least, most] = [this.limit(node, 1, 'min', -Infinity), this.limit(node, 2, 'max', Infinity)];
        if (least !== 0 || (most !== 6 && most < 3e38)) return refuse(`node ${name} cuts at ${least} and ${most}`);
        return this.rectified(this.composer.activate(name, from, most === 6 ? 'relu6' : 'relu'));
      }
      case 'Add':
        if (node.inputs.length === 2) return this.composer.add(name, from, this.place(node.inputs[1] ?? ''));
        return this.shift(node, from);
      case 'MaxPool':
      case 'AveragePool':
        return this.pool(node, from);
      case 'Pad':
        return this.composer.zeroPad(name, from, this.padOf(node));
      default:
        return refuse(`its ${kind.slice(0, 100)} (${name.slice(0, 100)}) is not supported`);
    }
  }

  private rectified(place: Place): Place {
    this.positive.add(place.id);
    return place;
  }

  /** What a file does to pixels 0..255 by itself takes the place of the scale that was chosen. */
  private scalePixels(node: OnnxNode, from: Place): Place {
    const constant = node.reads.findIndex((name) => this.file.constants.has(name));
    if (constant !== 1) return refuse(`node ${node.name} does not scale pixels by a constant`);
    const { values } = this.floats(node, 1);
    const [value = NaN] = values;
    if (values.length !== 1) return refuse(`node ${node.name} scales each channel by itself`);
    const { scale, offset } = this.pixels;
    const factor = node.kind === 'Div' ? 1 / value : value;
    const times = node.kind === 'Mul' || node.kind === 'Div';
    this.pixels = times
      ? { scale: scale * factor, offset: offset * factor }
      : { scale, offset: offset + (node.kind === 'Sub' ? -value : value) };
    this.statistics = rescaled(this.pixels.scale, this.pixels.offset, refuse);
    return from;
  }

  /** A constant that is added, a number a channel: a norm that changes nothing else. */
  private shift(node: OnnxNode, from: Place): Place {
    const at = node.reads.findIndex((name) => this.file.constants.has(name));
    const fill = (value: number): Float32Array => new Float32Array(from.channels).fill(value);
    const beta = this.floats(node, at).values;
    return this.composer.norm(node.name, from, { gamma: fill(1), beta, mean: fill(0), variance: fill(1), epsilon: 0 });
  }

  private convolve(node: OnnxNode, from: Place): Place {
    const { name, attributes } = node;
    const { shape, values } = this.floats(node, 1);
    const [filters = 0, channels = 0, rows = 0, columns = 0] = shape;
    if (shape.length !== 4) return refuse(`node ${name} convolves in ${shape.length - 2} dimensions`);
    const group = attributes.get('group')?.int ?? 1;
    if ((attributes.get('dilations')?.ints ?? []).some((n) => n !== 1)) refuse(`node ${name} uses dilation`);
    const bias = node.reads[2] ? this.floats(node, 2).values : null;
    const { place, padding } = this.padded(node, from);
    const shared = { stride: this.square(attributes.get('strides'), name, 1), padding, bias };
    if (group === 1) {
      const kernel = {
        shape: [rows, columns, channels, filters],
        values: kernelToLast(values, filters, rows * columns, channels, true),
      };
      return this.composer.conv(name, place, { kernel, ...shared });
    }
    if (group !== from.channels || channels !== 1) return refuse(`node ${name} works in ${group} groups`);
    const kernel = {
      shape: [rows, columns, from.channels, filters / from.channels],
      values: kernelToLast(values, filters, rows * columns, 1, true),
    };
    return this.composer.depthwise(name, place, { kernel, ...shared });
  }

  private pool(node: OnnxNode, from: Place): Place {
    const { name, kind, attributes } = node;
    if ((attributes.get('ceil_mode')?.int ?? 0) !== 0) refuse(`node ${name} rounds its size up`);
    if ((attributes.get('dilations')?.ints ?? []).some((n) => n !== 1)) refuse(`node ${name} uses dilation`);
    const { place, padding } = this.padded(node, from);
    const isPadded = place !== from;
    if (isPadded && kind === 'MaxPool' && !this.positive.has(from.id))
      refuse(`node ${name} pads what may be below zero`);
    if (isPadded && kind === 'AveragePool' && attributes.get('count_include_pad')?.int !== 1)
      refuse(`node ${name} averages beside its padding`);
    const size = this.square(attributes.get('kernel_shape'), name, 0);
    const window = { size, stride: this.square(attributes.get('strides'), name, 1), padding };
    const pooled = this.composer.pool(name, place, kind === 'MaxPool' ? 'maxPool' : 'avgPool', window);
    if (this.positive.has(from.id)) this.positive.add(pooled.id);
    return pooled;
  }

  /** Zeros that a window asks for, as a node of their own: exact at every side. */
  private padded(node: OnnxNode, from: Place): { place: Place; padding: 'same' | 'valid' } {
    const auto = node.attributes.get('auto_pad')?.text ?? 'NOTSET';
    if (auto === 'SAME_UPPER') return { place: from, padding: 'same' };
    if (auto !== 'NOTSET' && auto !== 'VALID') return refuse(`node ${node.name} has the padding ${auto}`);
    const [top = 0, left = 0, bottom = 0, right = 0] = node.attributes.get('pads')?.ints ?? [];
    return { place: this.composer.zeroPad(`${node.name}.pad`, from, [top, bottom, left, right]), padding: 'valid' };
  }

  private padOf(node: OnnxNode): [number, number, number, number] {
    const mode = node.attributes.get('mode')?.text ?? 'constant';
    if (mode !== 'constant') return refuse(`node ${node.name} pads by ${mode}`);
    const stored = this.file.constants.get(node.reads[1] ?? '');
    const pads = stored === undefined ? (node.attributes.get('pads')?.ints ?? []) : readInts(stored, refuse);
    const [, , top = 0, left = 0, , , bottom = 0, right = 0] = pads;
    if (pads.length !== 8 || [0, 1, 4, 5].some((i) => pads[i] !== 0))
      refuse(`node ${node.name} pads other sides than those of the image`);
    return [top, bottom, left, right];
  }

  private limit(node: OnnxNode, index: number, attribute: string, absent: number): number {
    const stored = this.file.constants.get(node.reads[index] ?? '');
    return stored === undefined
      ? (node.attributes.get(attribute)?.float ?? absent)
      : (readFloats(stored, refuse)[0] ?? absent);
  }

  private floats(node: OnnxNode, index: number): Values {
    const tensor = this.file.constants.get(node.reads[index] ?? '');
    if (tensor === undefined)
      return refuse(`node ${node.name.slice(0, 100)} (${node.kind}) has weights that are computed, not stored`);
    return { shape: tensor.shape, values: readFloats(tensor, refuse) };
  }

  private square(attribute: OnnxAttribute | undefined, name: string, absent: number): number {
    const [rows = absent, columns = rows] = attribute?.ints ?? [];
    return rows === columns ? rows : refuse(`node ${name} has steps or windows that are not square`);
  }
}
