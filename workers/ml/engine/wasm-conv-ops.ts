import type { backend_util, TensorInfo } from '@tensorflow/tfjs';
import type { Activation } from './wasm-rows.ts';
import type { WasmMemory } from './wasm-memory.ts';
import { suitsWinograd, winogradConv2d, winogradFilterGradient, winogradInputGradient } from './winograd-ops.ts';
import { convFilterGradientKernel, convKernel, packConvWeights, type ConvShape } from './wasm-conv.ts';

type Conv2DInfo = backend_util.Conv2DInfo;

/** What our kernels cover; anything else goes to the kernel that TensorFlow.js ships. */
export const isCovered = (info: Conv2DInfo): boolean =>
  info.dataFormat === 'channelsLast' &&
  info.dilationHeight === 1 &&
  info.dilationWidth === 1 &&
  info.strideHeight === info.strideWidth;

const four = (n: number): number => Math.ceil(n / 4) * 4;

interface Frame {
  height: number;
  width: number;
  channels: number;
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** One image with its zero border, in scratch memory; without a border the image itself is used. */
class PaddedImages {
  private readonly memory: WasmMemory;
  private readonly frame: Frame;
  private readonly source: number;
  private readonly pointer: number;
  readonly row: number;

  constructor(memory: WasmMemory, name: string, source: number, frame: Frame) {
    this.memory = memory;
    this.frame = frame;
    this.source = source;
    const { height, width, channels, top, left, bottom, right } = frame;
    this.row = (width + left + right) * channels;
    if (top + left + bottom + right === 0) {
      this.pointer = -1;
      return;
    }
    const count = (height + top + bottom) * this.row;
    this.pointer = memory.scratch(name, count);
    memory.zero(this.pointer, count);
  }

  /** Address of image n, padded. Valid until the next call. */
  at(n: number): number {
    const { height, width, channels, top, left } = this.frame;
    const rowBytes = width * channels * 4;
    const image = this.source + n * height * rowBytes;
    if (this.pointer === -1) return image;
    const bytes = this.memory.bytes;
    let target = this.pointer + (top * this.row + left * channels) * 4;
    for (let from = image; from < image + height * rowBytes; from += rowBytes) {
      bytes.copyWithin(target, from, from + rowBytes);
      target += this.row * 4;
    }
    return this.pointer;
  }
}

/** Padding that is never read (a stride that skips the last rows) may be negative in effect; keep it at zero. */
const inputFrame = (info: Conv2DInfo): Frame => ({
  height: info.inHeight,
  width: info.inWidth,
  channels: info.inChannels,
  top: info.padInfo.top,
  left: info.padInfo.left,
  bottom: info.padInfo.bottom,
  right: info.padInfo.right,
});

/** Copies rows of `from` floats into rows of `to` floats; the rest is zero or cut off. */
function recolumn(memory: WasmMemory, source: number, from: number, target: number, to: number, rows: number): void {
  const floats = memory.floats;
  const common = Math.min(from, to);
  let s = source >>> 2;
  let t = target >>> 2;
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < common; i += 1) floats[t + i] = floats[s + i] as number;
    for (let i = common; i < to; i += 1) floats[t + i] = 0;
    s += from;
    t += to;
  }
}

/**
 * y = conv(x, filter) (+ bias, activation). Needs outChannels % 4 === 0. Shapes: x [n,h,w,i], filter [kh,kw,i,o], y
 * [n,h',w',o].
 */
export function conv2d(
  memory: WasmMemory,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias: TensorInfo | null,
  activation: Activation,
): TensorInfo {
  if (suitsWinograd(info)) return winogradConv2d(memory, x, filter, info, bias, activation);
  const { inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth, batchSize } = info;
  const y = memory.output(info.outShape);
  const packed = memory.scratch('weights', filterHeight * filterWidth * inChannels * outChannels);
  const padded = new PaddedImages(memory, 'padded', memory.address(x), inputFrame(info));
  const shape: ConvShape = {
    outHeight,
    outWidth,
    inChannels,
    outChannels,
    activation,
    bias: bias !== null,
    kernelHeight: filterHeight,
    kernelWidth: filterWidth,
    stride: info.strideHeight,
    xRow: padded.row,
    yPixel: outChannels,
    yRow: outWidth * outChannels,
  };
  const size = filterHeight * filterWidth * inChannels * outChannels;
  const at = (kh: number, kw: number, i: number): number => ((kh * filterWidth + kw) * inChannels + i) * outChannels;
  packConvWeights(memory.view(packed, size), memory.view(memory.address(filter), size), shape, at, 1);
  const run = memory.kernel(convKernel(shape));
  const biasAddress = bias === null ? 0 : memory.address(bias);
  const yAddress = memory.address(y);
  for (let n = 0; n < batchSize; n += 1) {
    run(padded.at(n), packed, yAddress + n * outHeight * outWidth * outChannels * 4, biasAddress);
  }
  return y;
}

/** Rows of one chunk: both inputs of a chunk should stay in a first-level cache of 32 KiB. */
const chunkRows = (info: Conv2DInfo, outChannels: number): number =>
  Math.max(1, Math.floor(6000 / (info.outWidth * (outChannels + info.inChannels * info.strideHeight ** 2))));

/** dfilter [kh,kw,i,o] from x [n,h,w,i] and dy [n,h',w',o]. */
export function conv2dFilterGradient(memory: WasmMemory, x: TensorInfo, dy: TensorInfo, info: Conv2DInfo): TensorInfo {
  if (suitsWinograd(info)) return winogradFilterGradient(memory, x, dy, info);
  const { inChannels, filterHeight, filterWidth, outHeight, outWidth, batchSize } = info;
  const dw = memory.output(info.filterShape);
  const outChannels = four(info.outChannels);
  const exact = outChannels === info.outChannels;
  const pixels = batchSize * outHeight * outWidth;
  const taps = filterHeight * filterWidth * inChannels;
  const dwAddress = exact ? memory.address(dw) : memory.scratch('filterGradient', taps * outChannels);
  const dyAddress = exact ? memory.address(dy) : memory.scratch('wideGradient', pixels * outChannels);
  const padded = new PaddedImages(memory, 'padded', memory.address(x), inputFrame(info));
  if (!exact) recolumn(memory, memory.address(dy), info.outChannels, dyAddress, outChannels, pixels);
  memory.zero(dwAddress, taps * outChannels);
  const run = memory.kernel(
    convFilterGradientKernel({
      outHeight,
      outWidth,
      inChannels,
      outChannels,
      bias: false,
      activation: 'linear',
      kernelHeight: filterHeight,
      kernelWidth: filterWidth,
      stride: info.strideHeight,
      xRow: padded.row,
      yPixel: outChannels,
      yRow: outWidth * outChannels,
    }),
  );
  const rows = chunkRows(info, outChannels);
  for (let n = 0; n < batchSize; n += 1) {
    const image = padded.at(n);
    for (let row = 0; row < outHeight; row += rows) {
      const dyRow = dyAddress + (n * outHeight + row) * outWidth * outChannels * 4;
      run(image + row * info.strideHeight * padded.row * 4, dyRow, dwAddress, Math.min(rows, outHeight - row));
    }
  }
  if (!exact) recolumn(memory, dwAddress, outChannels, memory.address(dw), info.outChannels, taps);
  return dw;
}

/** Along one side: which taps reach the pixels i ≡ phase (mod stride), and where in dy they start. */
function phaseTaps(
  phase: number,
  stride: number,
  before: number,
  kernel: number,
): { first: number; taps: number; start: number } {
  const first = (phase + before) % stride;
  const taps = Math.max(0, Math.ceil((kernel - first) / stride));
  return { first, taps, start: (phase + before - first) / stride - (taps - 1) };
}

/**
 * dx [n,h,w,i] from dy [n,h',w',o] and the filter. A gradient of stride s is s×s convolutions of stride 1, one for each
 * phase of the input pixels, with the taps that reach this phase, flipped: no zeros are multiplied.
 */
export function conv2dInputGradient(
  memory: WasmMemory,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  if (suitsWinograd(info)) return winogradInputGradient(memory, dy, filter, info);
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, batchSize, strideHeight: stride } = info;
  const dx = memory.output(info.inShape);
  const width = four(info.inChannels);
  const exact = width === info.inChannels;
  const dxCount = batchSize * inHeight * inWidth * width;
  const phases = Array.from({ length: stride * stride }, (_, i) => {
    const [row, column] = [Math.floor(i / stride), i % stride];
    return {
      row,
      column,
      height: Math.ceil((inHeight - row) / stride),
      width: Math.ceil((inWidth - column) / stride),
      vertical: phaseTaps(row, stride, info.padInfo.top, filterHeight),
      horizontal: phaseTaps(column, stride, info.padInfo.left, filterWidth),
    };
  }).filter((phase) => phase.height > 0 && phase.width > 0);
  const live = phases.filter(({ vertical, horizontal }) => vertical.taps > 0 && horizontal.taps > 0);
  const most = (values: number[]): number => Math.max(0, ...values);
  const frame: Frame = {
    height: outHeight,
    width: outWidth,
    channels: info.outChannels,
    top: most(live.map((p) => -p.vertical.start)),
    left: most(live.map((p) => -p.horizontal.start)),
    bottom: most(live.map((p) => p.height - 1 + p.vertical.start + p.vertical.taps - outHeight)),
    right: most(live.map((p) => p.width - 1 + p.horizontal.start + p.horizontal.taps - outWidth)),
  };
  const weightCount = filterHeight * filterWidth * info.outChannels * width;
  const packed = memory.scratch('weights', weightCount);
  const dxAddress = exact ? memory.address(dx) : memory.scratch('wideGradient', dxCount);
  const wide = exact ? memory.address(filter) : memory.scratch('wideFilter', weightCount);
  const padded = new PaddedImages(memory, 'padded', memory.address(dy), frame);
  if (live.length < phases.length) memory.zero(dxAddress, dxCount);
  const source = exact ? memory.view(wide, weightCount) : widenFilter(memory, filter, wide, info, width);
  let weights = packed;
  const runs = live.map((phase) => {
    const { vertical, horizontal } = phase;
    const shape: ConvShape = {
      outHeight: phase.height,
      outWidth: phase.width,
      kernelHeight: vertical.taps,
      kernelWidth: horizontal.taps,
      stride: 1,
      inChannels: info.outChannels,
      outChannels: width,
      xRow: padded.row,
      yPixel: stride * width,
      yRow: stride * inWidth * width,
      bias: false,
      activation: 'linear',
    };
    const size = vertical.taps * horizontal.taps * info.outChannels * width;
    packConvWeights(
      memory.view(weights, size),
      source,
      shape,
      (kh, kw, o) => {
        const h = vertical.first + stride * (vertical.taps - 1 - kh);
        const w = horizontal.first + stride * (horizontal.taps - 1 - kw);
        return (h * filterWidth + w) * width * info.outChannels + o;
      },
      info.outChannels,
    );
    const run = memory.kernel(convKernel(shape));
    const from = ((vertical.start + frame.top) * padded.row + (horizontal.start + frame.left) * info.outChannels) * 4;
    const to = dxAddress + (phase.row * inWidth + phase.column) * width * 4;
    const held = weights;
    weights += size * 4;
    return (image: number, n: number): void => run(image + from, held, to + n * inHeight * inWidth * width * 4, 0);
  });
  for (let n = 0; n < batchSize; n += 1) {
    const image = padded.at(n);
    for (const run of runs) run(image, n);
  }
  if (!exact) recolumn(memory, dxAddress, width, memory.address(dx), info.inChannels, batchSize * inHeight * inWidth);
  return dx;
}

/** [kh,kw,i,o] → [kh,kw,four(i),o] with zeros, in scratch memory. */
function widenFilter(
  memory: WasmMemory,
  filter: TensorInfo,
  target: number,
  info: Conv2DInfo,
  width: number,
): Float32Array {
  const taps = info.filterHeight * info.filterWidth;
  recolumn(memory, memory.address(filter), info.inChannels * info.outChannels, target, width * info.outChannels, taps);
  return memory.view(target, taps * width * info.outChannels);
}
