import type { backend_util, TensorInfo } from '@tensorflow/tfjs';
import { SIMD, type Code, type KernelSource } from './assembler.ts';
import type { WasmMemory } from './wasm-memory.ts';

type Conv2DInfo = backend_util.Conv2DInfo;

/** Vectors that one pass over the pixels keeps in registers, for one tap. */
const VECTORS = 4;

/**
 * One tap of a depthwise gradient over one output row: run(a, b, c, pixels).
 * filter: c[ch] += Σ over pixels a[ch]·b[ch]; input: a[ch] += b[ch]·c[ch] for every pixel.
 * aStep and bStep are the floats between pixels of a and b.
 */
function tapKernel(kind: 'filter' | 'input', channels: number, aStep: number, bStep: number): KernelSource {
  return {
    name: `depthwise:${kind}:${channels}:${aStep}:${bStep}`,
    parameters: 4,
    build: (c) => {
      let left = channels / 4;
      while (left > 0) {
        const vectors = Math.min(VECTORS, left);
        const times = Math.floor(left / vectors);
        c.times(times, () => block(c, kind, vectors, aStep, bStep));
        left -= times * vectors;
      }
    },
  };
}

function block(c: Code, kind: 'filter' | 'input', vectors: number, aStep: number, bStep: number): void {
  const [a, b, w, pixels] = [0, 1, 2, 3];
  const [aPixel, bPixel, counter] = [c.i32(), c.i32(), c.i32()];
  const held = c.v128s(vectors);
  held.forEach((local, v) => c.load(w, v * 16).set(local));
  c.copy(a, aPixel).copy(b, bPixel).copy(pixels, counter);
  c.whileCounting(counter, () => {
    held.forEach((local, v) => {
      if (kind === 'filter') {
        c.get(local)
          .load(aPixel, v * 16)
          .load(bPixel, v * 16)
          .simd(SIMD.mul)
          .simd(SIMD.add)
          .set(local);
      } else {
        c.store(aPixel, v * 16, () => {
          c.load(aPixel, v * 16)
            .load(bPixel, v * 16)
            .get(local)
            .simd(SIMD.mul)
            .simd(SIMD.add);
        });
      }
    });
    c.advance(aPixel, aStep * 4).advance(bPixel, bStep * 4);
  });
  if (kind === 'filter') held.forEach((local, v) => c.store(w, v * 16, () => void c.get(local)));
  for (const pointer of [a, b, w]) c.advance(pointer, vectors * 16);
}

/** Output columns whose tap kw lies inside the image: [first, how many]. */
function columnsOf(info: Conv2DInfo, kw: number): [number, number] {
  const { strideWidth: stride, padInfo, inWidth, outWidth } = info;
  const first = Math.max(0, Math.ceil((padInfo.left - kw) / stride));
  const last = Math.min(outWidth - 1, Math.floor((inWidth - 1 + padInfo.left - kw) / stride));
  return [first, Math.max(0, last - first + 1)];
}

/** Calls `visit` for each row of pixels that one tap joins, with element offsets of x, dy and the tap. */
function forEachTapRow(info: Conv2DInfo, visit: (x: number, dy: number, tap: number, pixels: number) => void): void {
  const { inChannels: channels, strideHeight: stride, padInfo } = info;
  for (let n = 0; n < info.batchSize; n += 1) {
    for (let oh = 0; oh < info.outHeight; oh += 1) {
      for (let kh = 0; kh < info.filterHeight; kh += 1) {
        const h = oh * stride + kh - padInfo.top;
        if (h < 0 || h >= info.inHeight) continue;
        for (let kw = 0; kw < info.filterWidth; kw += 1) {
          const [first, pixels] = columnsOf(info, kw);
          if (pixels === 0) continue;
          const w = first * stride + kw - padInfo.left;
          const x = ((n * info.inHeight + h) * info.inWidth + w) * channels;
          const dy = ((n * info.outHeight + oh) * info.outWidth + first) * channels;
          visit(x, dy, (kh * info.filterWidth + kw) * channels, pixels);
        }
      }
    }
  }
}

const isVector = (info: Conv2DInfo): boolean => info.inChannels % 4 === 0 && info.outChannels === info.inChannels;

/** dfilter [kh,kw,c,m] from x [n,h,w,c], dy [n,h',w',c·m]. */
export function depthwiseFilterGradient(
  memory: WasmMemory,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const dw = memory.output(info.filterShape);
  const [xAt, dyAt, dwAt] = [memory.address(x), memory.address(dy), memory.address(dw)];
  memory.zero(dwAt, info.filterHeight * info.filterWidth * info.outChannels);
  const { inChannels: channels, strideWidth: stride } = info;
  if (isVector(info)) {
    const run = memory.kernel(tapKernel('filter', channels, stride * channels, channels));
    forEachTapRow(info, (xo, dyo, tap, pixels) => run(xAt + xo * 4, dyAt + dyo * 4, dwAt + tap * 4, pixels));
  } else {
    scalarTaps(memory.floats, info, (f, xi, dyi, wi) => {
      f[(dwAt >>> 2) + wi] =
        (f[(dwAt >>> 2) + wi] as number) + (f[(xAt >>> 2) + xi] as number) * (f[(dyAt >>> 2) + dyi] as number);
    });
  }
  return dw;
}

/** dx [n,h,w,c] from dy [n,h',w',c·m] and filter [kh,kw,c,m]. */
export function depthwiseInputGradient(
  memory: WasmMemory,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const dx = memory.output(info.inShape);
  const [dxAt, dyAt, wAt] = [memory.address(dx), memory.address(dy), memory.address(filter)];
  memory.zero(dxAt, info.batchSize * info.inHeight * info.inWidth * info.inChannels);
  const { inChannels: channels, strideWidth: stride } = info;
  if (isVector(info)) {
    const run = memory.kernel(tapKernel('input', channels, stride * channels, channels));
    forEachTapRow(info, (xo, dyo, tap, pixels) => run(dxAt + xo * 4, dyAt + dyo * 4, wAt + tap * 4, pixels));
  } else {
    scalarTaps(memory.floats, info, (f, xi, dyi, wi) => {
      f[(dxAt >>> 2) + xi] =
        (f[(dxAt >>> 2) + xi] as number) + (f[(dyAt >>> 2) + dyi] as number) * (f[(wAt >>> 2) + wi] as number);
    });
  }
  return dx;
}

/** Any channel count and multiplier, one element at a time. */
function scalarTaps(
  floats: Float32Array,
  info: Conv2DInfo,
  visit: (floats: Float32Array, x: number, dy: number, w: number) => void,
): void {
  const { inChannels, strideWidth: stride, outChannels } = info;
  const multiplier = outChannels / inChannels;
  forEachTapRow(info, (x, dy, tap, pixels) => {
    for (let p = 0; p < pixels; p += 1) {
      for (let o = 0; o < outChannels; o += 1) {
        const dyIndex = (dy / inChannels) * outChannels + p * outChannels + o;
        visit(floats, x + p * stride * inChannels + Math.floor(o / multiplier), dyIndex, tap * multiplier + o);
      }
    }
  });
}
