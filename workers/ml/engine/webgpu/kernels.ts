import * as tf from '@tensorflow/tfjs';
import { BATCH_NORM, BATCH_NORM_GRADIENT } from '../wasm-kernels.ts';
import type { Activation } from '../wasm-rows.ts';
import { programOf, typeOf, type Uniforms } from './program.ts';
import { webgpuBackend } from './device.ts';

type Inputs = Record<string, tf.TensorInfo>;
type Four = [number, number, number, number];

interface ConvAttributes {
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: Four;
}

interface NormAttributes {
  epsilon: number;
  activation: Activation;
  residual: boolean;
  fixed: boolean;
}

/** Work groups that a sum is split into: enough to fill a large processor. */
const GROUPS = 512;
/** Rows and columns of a filter gradient that one group computes, and pixels that it reads at a time. */
const TILE = 32;
/** Channels that one group of a norm reads side by side, and rows. */
const LANES = 16;

/**
 * Replaces kernels of the WebGPU backend that leave most of a processor idle in training, and adds our fused norm.
 * TensorFlow.js computes each number of a filter gradient in one thread, over all pixels of the batch (a few thousand
 * threads), and a norm in some twenty passes. Idempotent for one backend.
 */
export function installWebgpuKernels(): void {
  // The matrix product instead of one thread a number, for the gradient of a convolution's input.
  tf.env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
  replace('Conv2DBackpropFilter', (inputs, attributes) => {
    const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>;
    return filterGradient(x, dy, attributes as unknown as ConvAttributes);
  });
  replace(BATCH_NORM, (inputs, attributes) => norm(inputs, attributes as unknown as NormAttributes));
  replace(BATCH_NORM_GRADIENT, (inputs, attributes) => normGradient(inputs, attributes as unknown as NormAttributes));
}

function replace(name: string, body: (inputs: Inputs, attributes: object) => tf.TensorInfo | tf.TensorInfo[]): void {
  if (tf.getKernel(name, 'webgpu') as tf.KernelConfig | undefined) tf.unregisterKernel(name, 'webgpu');
  tf.registerKernel({
    kernelName: name,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs }) => body(inputs as Inputs, attrs as object),
  });
}

const sizeOf = ({ shape }: tf.TensorInfo): number => shape.reduce((product, n) => product * n, 1);

function runProgram(
  name: string,
  code: string,
  {
    inputs,
    shape,
    groups,
    uniforms,
    size = [LANES, LANES],
  }: {
    inputs: Inputs;
    shape: number[];
    groups: [number, number, number];
    uniforms: Uniforms;
    size?: [number, number];
  },
): tf.TensorInfo {
  return webgpuBackend().runWebGPUProgram(
    programOf(name, code, { inputs: Object.keys(inputs), shape, groups, uniforms, size }),
    Object.values(inputs),
    'float32',
    Object.entries(uniforms).map(([uniform, value]) => ({ type: typeOf(uniform), data: [value] })),
  );
}

const release = (...infos: tf.TensorInfo[]): void => {
  for (const { dataId } of infos) tf.backend().disposeData(dataId);
};

/** The same data under another handle. */
function shared(info: tf.TensorInfo): tf.TensorInfo {
  tf.backend().incRef(info.dataId);
  return { dataId: info.dataId, shape: info.shape, dtype: info.dtype };
}

/**
 * dW[kh, kw, ci, co] = Σ over n, h, w of x[n, h·stride + kh − pad, w·stride + kw − pad, ci]·dy[n, h, w, co]: a matrix
 * product over all pixels, in tiles kept in shared memory, its long sum split over groups.
 */
const FILTER_GRADIENT = `
var<workgroup> left: array<f32, ${TILE * TILE}>;
var<workgroup> right: array<f32, ${TILE * TILE}>;
fn main(index: i32) {
  let t = i32(localIndex);
  let rows = uniforms.filterWidth * uniforms.filterHeight * uniforms.xShape.w;
  let columns = uniforms.dyShape.w;
  let row0 = i32(workgroupId.x) * ${TILE};
  let column0 = i32(workgroupId.y) * ${TILE};
  let pixels = uniforms.dyShape.x * uniforms.dyShape.y * uniforms.dyShape.z;
  let start = i32(workgroupId.z) * uniforms.chunk;
  let end = min(pixels, start + uniforms.chunk);
  let lane = t % ${TILE};
  let depth = t / ${TILE};
  let row = row0 + lane;
  let ci = row % uniforms.xShape.w;
  let tap = row / uniforms.xShape.w;
  let dh = tap / uniforms.filterWidth - uniforms.top;
  let dw = tap % uniforms.filterWidth - uniforms.before;
  let m = (t / ${LANES}) * 2;
  let n = (t % ${LANES}) * 2;
  var sum = vec4<f32>(0.0);
  for (var turn = 0; turn < uniforms.chunk; turn += ${TILE}) {
    for (var k = depth; k < ${TILE}; k += ${(LANES * LANES) / TILE}) {
      let pixel = start + turn + k;
      var a = 0.0;
      var b = 0.0;
      if (pixel < end) {
        let w = pixel % uniforms.dyShape.z;
        let above = pixel / uniforms.dyShape.z;
        let h = above % uniforms.dyShape.y;
        let image = above / uniforms.dyShape.y;
        let y0 = h * uniforms.strideHeight + dh;
        let x0 = w * uniforms.strideWidth + dw;
        if (row < rows && y0 >= 0 && y0 < uniforms.xShape.y && x0 >= 0 && x0 < uniforms.xShape.z) {
          a = x[((image * uniforms.xShape.y + y0) * uniforms.xShape.z + x0) * uniforms.xShape.w + ci];
        }
        if (column0 + lane < columns) { b = dy[pixel * columns + column0 + lane]; }
      }
      left[k * ${TILE} + lane] = a;
      right[k * ${TILE} + lane] = b;
    }
    workgroupBarrier();
    for (var k = 0; k < ${TILE}; k += 1) {
      let a = vec2<f32>(left[k * ${TILE} + m], left[k * ${TILE} + m + 1]);
      let b = vec2<f32>(right[k * ${TILE} + n], right[k * ${TILE} + n + 1]);
      sum += vec4<f32>(a.x * b, a.y * b);
    }
    workgroupBarrier();
  }
  for (var i = 0; i < 4; i += 1) {
    let r = row0 + m + i / 2;
    let c = column0 + n + i % 2;
    if (r < rows && c < columns) { result[(i32(workgroupId.z) * rows + r) * columns + c] = sum[i]; }
  }
}`;

/** [parts, …] → […]: the sum of the parts. */
const TOTAL = `
fn main(index: i32) {
  if (index >= uniforms.count) { return; }
  var sum = 0.0;
  for (var part = 0; part < uniforms.parts; part += 1) { sum += parts[part * uniforms.count + index]; }
  result[index] = sum;
}`;

function filterGradient(x: tf.TensorInfo, dy: tf.TensorInfo, a: ConvAttributes): tf.TensorInfo {
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as Four,
    a.filterShape,
    a.strides,
    1,
    a.pad,
    a.dimRoundingMode,
  );
  const [rows, columns] = [info.filterHeight * info.filterWidth * info.inChannels, info.outChannels];
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const tiles = Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
  const chunk = Math.max(TILE, Math.ceil(pixels / Math.max(1, Math.floor(GROUPS / tiles)) / TILE) * TILE);
  const parts = Math.ceil(pixels / chunk);
  const sums = runProgram('filterGradient', FILTER_GRADIENT, {
    inputs: { x, dy },
    shape: parts === 1 ? a.filterShape : [parts, rows, columns],
    groups: [Math.ceil(rows / TILE), Math.ceil(columns / TILE), parts],
    uniforms: {
      filterHeight: info.filterHeight,
      filterWidth: info.filterWidth,
      strideHeight: info.strideHeight,
      strideWidth: info.strideWidth,
      top: info.padInfo.top,
      before: info.padInfo.left,
      chunk,
    },
  });
  if (parts === 1) return sums;
  const count = rows * columns;
  const total = runProgram('total', TOTAL, {
    inputs: { parts: sums },
    shape: a.filterShape,
    groups: [Math.ceil(count / 64), 1, 1],
    uniforms: { parts, count },
    size: [64, 1],
  });
  release(sums);
  return total;
}

/** Sums over rows of each channel, by groups: [parts, 2, c] from what `first` and `second` say of row r, channel c. */
const channelSums = (before: string, first: string, second: string): string => `
var<workgroup> held: array<vec2<f32>, ${LANES * LANES}>;
fn main(index: i32) {
  let c = i32(workgroupId.x) * ${LANES} + i32(localId.x);
  var sum = vec2<f32>(0.0);
  if (c < uniforms.channels) {
    ${before}
    let end = min(uniforms.rows, (i32(workgroupId.y) + 1) * uniforms.chunk);
    for (var r = i32(workgroupId.y) * uniforms.chunk + i32(localId.y); r < end; r += ${LANES}) {
      let i = r * uniforms.channels + c;
      let value = ${first};
      sum += vec2<f32>(value, ${second});
    }
  }
  held[localIndex] = sum;
  workgroupBarrier();
  for (var half = ${LANES / 2}; half > 0; half /= 2) {
    if (i32(localId.y) < half) { held[localIndex] += held[i32(localIndex) + half * ${LANES}]; }
    workgroupBarrier();
  }
  if (localId.y == 0u && c < uniforms.channels) {
    let at = i32(workgroupId.y) * 2 * uniforms.channels + c;
    result[at] = held[localIndex].x;
    result[at + uniforms.channels] = held[localIndex].y;
  }
}`;

/** Differences from the first row keep the variance exact where the mean is large. */
const MOMENT_SUMS = channelSums('let origin = x[c];', 'x[i] - origin', 'value * value');
const GRADIENT_SUMS = channelSums(
  'let unit = inverseSqrt(variance[c] + uniforms.epsilon); let middle = mean[c];',
  'g[i]',
  'value * (x[i] - middle) * unit',
);

/** One number a channel from the sums' parts; `finish` makes it of `sum`, the two totals. One group a channel. */
const ofParts = (finish: string): string => `
var<workgroup> held: array<vec2<f32>, 64>;
fn main(index: i32) {
  let c = i32(workgroupId.x);
  var sum = vec2<f32>(0.0);
  for (var part = i32(localIndex); part < uniforms.parts; part += 64) {
    let at = part * 2 * uniforms.channels + c;
    sum += vec2<f32>(parts[at], parts[at + uniforms.channels]);
  }
  held[localIndex] = sum;
  workgroupBarrier();
  for (var half = 32; half > 0; half /= 2) {
    if (i32(localIndex) < half) { held[localIndex] += held[i32(localIndex) + half]; }
    workgroupBarrier();
  }
  if (localIndex == 0u) { sum = held[0]; result[c] = ${finish}; }
}`;

const MEAN = ofParts('x[c] + sum.x / f32(uniforms.rows)');
const VARIANCE = ofParts('max(0.0, sum.y / f32(uniforms.rows) - pow(sum.x / f32(uniforms.rows), 2.0))');
const FIRST = ofParts('sum.x');
const SECOND = ofParts('sum.y');

const elementwise = (body: string): string => `
fn main(index: i32) {
  if (index >= uniforms.count) { return; }
  let i = index;
  ${body}
}`;

const activate: Record<Activation, string> = { linear: 'y', relu: 'max(y, 0.0)', relu6: 'clamp(y, 0.0, 6.0)' };

const apply = (residual: boolean, activation: Activation): string =>
  elementwise(`
  let c = i % uniforms.channels;
  let scale = gamma[c] * inverseSqrt(variance[c] + uniforms.epsilon);
  let y = (x[i] - mean[c]) * scale + beta[c]${residual ? ' + residual[i]' : ''};
  result[i] = ${activate[activation]};`);

const activated: Record<Activation, string> = { linear: 'true', relu: 'y[i] > 0.0', relu6: 'y[i] > 0.0 && y[i] < 6.0' };
const behind = (activation: Activation): string =>
  elementwise(`result[i] = select(0.0, dy[i], ${activated[activation]});`);

const inputGradient = (fixed: boolean): string =>
  elementwise(`
  let c = i % uniforms.channels;
  let inverse = inverseSqrt(variance[c] + uniforms.epsilon);
  let centred = g[i]${fixed ? '' : ' - (dbeta[c] + (x[i] - mean[c]) * inverse * dgamma[c]) / f32(uniforms.rows)'};
  result[i] = centred * gamma[c] * inverse;`);

interface Extent {
  rows: number;
  channels: number;
  parts: number;
  chunk: number;
}

function extentOf(x: tf.TensorInfo, channels: number): Extent {
  const rows = sizeOf(x) / channels;
  const wanted = Math.max(1, Math.min(256, Math.floor(GROUPS / Math.ceil(channels / LANES))));
  const chunk = Math.max(LANES, Math.ceil(rows / wanted));
  return { rows, channels, chunk, parts: Math.ceil(rows / chunk) };
}

const sumsOf = (name: string, code: string, inputs: Inputs, extent: Extent, more: Uniforms = {}): tf.TensorInfo =>
  runProgram(name, code, {
    inputs,
    shape: [extent.parts, 2, extent.channels],
    groups: [Math.ceil(extent.channels / LANES), extent.parts, 1],
    uniforms: { rows: extent.rows, channels: extent.channels, chunk: extent.chunk, ...more },
  });

const finished = (name: string, code: string, inputs: Inputs, { rows, channels, parts }: Extent): tf.TensorInfo =>
  runProgram(name, code, {
    inputs,
    shape: [channels],
    groups: [channels, 1, 1],
    uniforms: { rows, channels, parts },
    size: [64, 1],
  });

function overAll(name: string, code: string, inputs: Inputs, like: tf.TensorInfo, uniforms: Uniforms): tf.TensorInfo {
  const count = sizeOf(like);
  const groups = Math.ceil(count / 256);
  return runProgram(name, code, {
    inputs,
    shape: like.shape,
    groups: [Math.min(groups, 32_768), Math.ceil(groups / 32_768), 1],
    uniforms: { count, ...uniforms },
    size: [256, 1],
  });
}

function norm(inputs: Inputs, { epsilon, activation }: NormAttributes): tf.TensorInfo[] {
  const { x, gamma, beta, residual } = inputs as Inputs & Record<'x' | 'gamma' | 'beta', tf.TensorInfo>;
  const extent = extentOf(x, sizeOf(gamma));
  const { mean, variance } = momentsOf(inputs, x, extent);
  const name = `normApply_${residual !== undefined}_${activation}`;
  const all = { x, gamma, beta, mean, variance, ...(residual === undefined ? {} : { residual }) };
  const code = apply(residual !== undefined, activation);
  const y = overAll(name, code, all, x, { channels: extent.channels, epsilon });
  return [y, mean, variance];
}

function momentsOf(inputs: Inputs, x: tf.TensorInfo, extent: Extent): { mean: tf.TensorInfo; variance: tf.TensorInfo } {
  const { mean, variance } = inputs;
  if (mean !== undefined && variance !== undefined) return { mean: shared(mean), variance: shared(variance) };
  const parts = sumsOf('momentSums', MOMENT_SUMS, { x }, extent);
  const made = {
    mean: finished('mean', MEAN, { parts, x }, extent),
    variance: finished('variance', VARIANCE, { parts }, extent),
  };
  release(parts);
  return made;
}

function normGradient(inputs: Inputs, { epsilon, activation, residual, fixed }: NormAttributes): tf.TensorInfo[] {
  const { x, y, gamma, mean, variance, dy } = inputs as Record<
    'x' | 'y' | 'gamma' | 'mean' | 'variance' | 'dy',
    tf.TensorInfo
  >;
  const extent = extentOf(x, sizeOf(gamma));
  const { channels, rows } = extent;
  const g =
    activation === 'linear' ? shared(dy) : overAll(`behind_${activation}`, behind(activation), { y, dy }, x, {});
  const parts = sumsOf('gradientSums', GRADIENT_SUMS, { x, g, mean, variance }, extent, { epsilon });
  const dbeta = finished('first', FIRST, { parts }, extent);
  const dgamma = finished('second', SECOND, { parts }, extent);
  release(parts);
  const all = { g, gamma, variance, ...(fixed ? {} : { x, mean, dbeta, dgamma }) };
  const dx = overAll(`normGradient_${fixed}`, inputGradient(fixed), all, x, { channels, rows, epsilon });
  if (residual && activation !== 'linear') return [dx, dgamma, dbeta, g];
  release(g);
  return [dx, dgamma, dbeta];
}
