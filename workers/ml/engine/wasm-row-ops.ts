import type { backend_util, TensorInfo } from '@tensorflow/tfjs';
import type { WasmMemory } from './wasm-memory.ts';
import {
  affineKernel,
  averagePoolGradientKernel,
  maxPoolGradientKernel,
  maxPoolKernel,
  momentsKernel,
  normGradientKernel,
  normGradientSumsKernel,
  type Activation,
  type PoolShape,
} from './wasm-rows.ts';

type Conv2DInfo = backend_util.Conv2DInfo;

/** Rows summed in float32 before the sum goes on in float64: keeps 65,536 rows as exact as 1,024. */
const ROWS_AT_ONCE = 1024;

const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Sums that `add` accumulates over parts of the rows, in float64. */
function sumParts(
  memory: WasmMemory,
  rows: number,
  size: number,
  add: (from: number, rows: number, sums: number) => void,
): Float64Array {
  const sums = memory.scratch('sums', size);
  const total = new Float64Array(size);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    memory.zero(sums, size);
    add(from, Math.min(ROWS_AT_ONCE, rows - from), sums);
    const part = memory.view(sums, size);
    for (let i = 0; i < size; i += 1) total[i] = (total[i] as number) + (part[i] as number);
  }
  return total;
}

/**
 * Batch norm (batch statistics, or those given as mean and variance) with the residual sum and activation in the same
 * pass: y = act(gamma·(x − mean)/√(var + ε) + beta + residual). Returns [y, mean [c], variance [c]] (biased variance,
 * as in normalisation). Needs c % 4 === 0.
 */
export function batchNorm(
  memory: WasmMemory,
  inputs: {
    x: TensorInfo;
    gamma: TensorInfo;
    beta: TensorInfo;
    residual?: TensorInfo;
    mean?: TensorInfo;
    variance?: TensorInfo;
  },
  epsilon: number,
  activation: Activation,
): TensorInfo[] {
  const { x, gamma, beta, residual, mean: fixedMean, variance: fixedVariance } = inputs;
  const channels = x.shape[x.shape.length - 1] as number;
  const rows = count(x.shape) / channels;
  const y = memory.output(x.shape);
  const mean = memory.output([channels]);
  const variance = memory.output([channels]);
  const coefficients = memory.scratch('coefficients', 3 * channels);
  const xAddress = memory.address(x);
  const fixed = fixedMean !== undefined && fixedVariance !== undefined;
  const moments = memory.kernel(momentsKernel(channels));
  const totals = sumParts(memory, fixed ? 0 : rows, 2 * channels, (from, part, sums) =>
    moments(xAddress + from * channels * 4, part, xAddress, sums),
  );
  const shift = memory.view(xAddress, channels);
  const [means, variances] = [
    memory.view(memory.address(mean), channels),
    memory.view(memory.address(variance), channels),
  ];
  const [gammas, betas] = [memory.view(memory.address(gamma), channels), memory.view(memory.address(beta), channels)];
  const ab = memory.view(coefficients, 2 * channels);
  if (fixed) {
    means.set(memory.view(memory.address(fixedMean), channels));
    variances.set(memory.view(memory.address(fixedVariance), channels));
  }
  for (let i = 0; i < channels; i += 1) {
    if (!fixed) {
      const offset = (totals[i] as number) / rows;
      means[i] = (shift[i] as number) + offset;
      variances[i] = Math.max(0, (totals[channels + i] as number) / rows - offset * offset);
    }
    const a = (gammas[i] as number) / Math.sqrt((variances[i] as number) + epsilon);
    ab[i] = a;
    ab[channels + i] = (betas[i] as number) - a * (means[i] as number);
  }
  const run = memory.kernel(affineKernel(channels, residual !== undefined, activation));
  run(xAddress, residual === undefined ? 0 : memory.address(residual), memory.address(y), rows, coefficients);
  return [y, mean, variance];
}

/**
 * Gradients [dx, dgamma, dbeta] (and dresidual last when asked) of batchNorm; source: Ioffe & Szegedy 2015, section 3.
 */
export function batchNormGradient(
  memory: WasmMemory,
  inputs: { x: TensorInfo; y: TensorInfo; dy: TensorInfo; gamma: TensorInfo; mean: TensorInfo; variance: TensorInfo },
  options: { epsilon: number; activation: Activation; residual: boolean; fixed: boolean },
): TensorInfo[] {
  const { x, y, dy, gamma, mean, variance } = inputs;
  const channels = x.shape[x.shape.length - 1] as number;
  const rows = count(x.shape) / channels;
  const dx = memory.output(x.shape);
  const dgamma = memory.output([channels]);
  const dbeta = memory.output([channels]);
  const dresidual = options.residual && options.activation !== 'linear' ? memory.output(x.shape) : null;
  const coefficients = memory.scratch('coefficients', 3 * channels);
  const [xAt, yAt, dyAt] = [memory.address(x), memory.address(y), memory.address(dy)];
  const sumsKernel = memory.kernel(normGradientSumsKernel(channels, options.activation));
  const totals = sumParts(memory, rows, 2 * channels, (from, part, sums) => {
    const offset = from * channels * 4;
    sumsKernel(xAt + offset, yAt + offset, dyAt + offset, part, memory.address(mean), sums);
  });
  const view = (tensor: TensorInfo): Float32Array => memory.view(memory.address(tensor), channels);
  const [means, variances, gammas, dgammas, dbetas] = [
    view(mean),
    view(variance),
    view(gamma),
    view(dgamma),
    view(dbeta),
  ];
  const abc = memory.view(coefficients, 3 * channels);
  for (let i = 0; i < channels; i += 1) {
    const inverse = 1 / Math.sqrt((variances[i] as number) + options.epsilon);
    const scale = (gammas[i] as number) * inverse;
    const sum = totals[i] as number;
    const product = (totals[channels + i] as number) * inverse;
    dgammas[i] = product;
    dbetas[i] = sum;
    // Fixed statistics do not depend on x: the norm is a plain scale.
    const slope = options.fixed ? 0 : (-scale * inverse * product) / rows;
    abc[i] = scale;
    abc[channels + i] = slope;
    abc[2 * channels + i] = options.fixed ? 0 : (-scale * sum) / rows - slope * (means[i] as number);
  }
  const run = memory.kernel(normGradientKernel(channels, options.activation, dresidual !== null));
  run(xAt, yAt, dyAt, memory.address(dx), dresidual === null ? 0 : memory.address(dresidual), rows, coefficients);
  return dresidual === null ? [dx, dgamma, dbeta] : [dx, dgamma, dbeta, dresidual];
}

const poolShape = (info: Conv2DInfo): PoolShape => ({
  outHeight: info.outHeight,
  outWidth: info.outWidth,
  channels: info.inChannels,
  xRow: info.inWidth * info.inChannels,
  size: info.filterHeight,
});

/** Windows that tile the image, which the generated kernels cover: square, step = side, no padding. */
export const isTiling = (info: Conv2DInfo): boolean =>
  info.filterHeight === info.filterWidth &&
  info.strideHeight === info.filterHeight &&
  info.strideWidth === info.filterWidth &&
  info.padInfo.top + info.padInfo.left === 0 &&
  info.outHeight * info.filterHeight <= info.inHeight &&
  info.outWidth * info.filterWidth <= info.inWidth &&
  info.inChannels % 4 === 0;

/** y [n,h',w',c] = maxima of tiling windows of x [n,h,w,c]. */
export function maxPool(memory: WasmMemory, x: TensorInfo, info: Conv2DInfo): TensorInfo {
  const y = memory.output(info.outShape);
  const run = memory.kernel(maxPoolKernel(poolShape(info)));
  const [xImage, yImage] = [
    info.inHeight * info.inWidth * info.inChannels * 4,
    info.outHeight * info.outWidth * info.inChannels * 4,
  ];
  for (let n = 0; n < info.batchSize; n += 1) run(memory.address(x) + n * xImage, memory.address(y) + n * yImage);
  return y;
}

const coversImage = (info: Conv2DInfo): boolean =>
  info.outHeight * info.filterHeight === info.inHeight && info.outWidth * info.filterWidth === info.inWidth;

/** dx [n,h,w,c]: each dy [n,h',w',c] spread over its window; for tiling windows. */
export function averagePoolGradient(memory: WasmMemory, dy: TensorInfo, info: Conv2DInfo): TensorInfo {
  const dx = memory.output(info.inShape);
  if (!coversImage(info)) memory.zero(memory.address(dx), count(info.inShape));
  const run = memory.kernel(averagePoolGradientKernel(poolShape(info)));
  const [xImage, yImage] = [
    info.inHeight * info.inWidth * info.inChannels * 4,
    info.outHeight * info.outWidth * info.inChannels * 4,
  ];
  for (let n = 0; n < info.batchSize; n += 1) run(memory.address(dy) + n * yImage, memory.address(dx) + n * xImage);
  return dx;
}

/** dx [n,h,w,c]: each dy goes to the first maximum of its window. Any window, step and padding. */
export function maxPoolGradient(
  memory: WasmMemory,
  x: TensorInfo,
  y: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const dx = memory.output(info.inShape);
  const [xAt, yAt, dyAt, dxAt] = [memory.address(x), memory.address(y), memory.address(dy), memory.address(dx)];
  if (!isTiling(info) || !coversImage(info)) memory.zero(dxAt, count(info.inShape));
  if (!isTiling(info)) {
    overlappingGradient(memory.floats, xAt >>> 2, yAt >>> 2, dyAt >>> 2, dxAt >>> 2, info);
    return dx;
  }
  const run = memory.kernel(maxPoolGradientKernel(poolShape(info)));
  const [xImage, yImage] = [
    info.inHeight * info.inWidth * info.inChannels * 4,
    info.outHeight * info.outWidth * info.inChannels * 4,
  ];
  for (let n = 0; n < info.batchSize; n += 1) {
    run(xAt + n * xImage, yAt + n * yImage, dyAt + n * yImage, dxAt + n * xImage);
  }
  return dx;
}

function overlappingGradient(
  floats: Float32Array,
  x: number,
  y: number,
  dy: number,
  dx: number,
  info: Conv2DInfo,
): void {
  const {
    inHeight,
    inWidth,
    inChannels: channels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    padInfo,
  } = info;
  let out = 0;
  for (let n = 0; n < info.batchSize; n += 1) {
    for (let oh = 0; oh < info.outHeight; oh += 1) {
      for (let ow = 0; ow < info.outWidth; ow += 1) {
        for (let c = 0; c < channels; c += 1, out += 1) {
          const largest = floats[y + out] as number;
          const at = firstMaximum(n, oh, ow, c, largest);
          if (at !== -1) floats[dx + at] = (floats[dx + at] as number) + (floats[dy + out] as number);
        }
      }
    }
  }

  function firstMaximum(n: number, oh: number, ow: number, c: number, largest: number): number {
    for (let kh = 0; kh < filterHeight; kh += 1) {
      const h = oh * strideHeight + kh - padInfo.top;
      if (h < 0 || h >= inHeight) continue;
      for (let kw = 0; kw < filterWidth; kw += 1) {
        const w = ow * strideWidth + kw - padInfo.left;
        if (w < 0 || w >= inWidth) continue;
        const at = ((n * inHeight + h) * inWidth + w) * channels + c;
        if (floats[x + at] === largest) return at;
      }
    }
    return -1;
  }
}
