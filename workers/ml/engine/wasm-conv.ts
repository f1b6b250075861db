import { SIMD, type KernelSource } from './assembler.ts';
import { activate, type Activation } from './wasm-rows.ts';

/**
 * Convolution kernels for one image, NHWC, generated for their shapes. A register tile of up to 6 pixels × 8
 * channels keeps 12 accumulators in the 16 vector registers of x86. In NHWC the taps of one kernel row are
 * contiguous (KW·Cin floats), so that the inner loop runs over plain memory without an im2col copy.
 */
export interface ConvShape {
  outHeight: number;
  outWidth: number;
  kernelHeight: number;
  kernelWidth: number;
  stride: number;
  inChannels: number;
  /** Multiple of 4. */
  outChannels: number;
  /** Floats between rows of the padded input. */
  xRow: number;
  /** Floats between neighbouring output pixels and rows. */
  yPixel: number;
  yRow: number;
  bias: boolean;
  activation: Activation;
}

/** Splits `total` into tiles of at most `largest` that differ by at most one: [size, how many]. */
export function evenTiles(total: number, largest: number): [number, number][] {
  const tiles = Math.ceil(total / largest);
  const small = Math.floor(total / tiles);
  const more = total - small * tiles;
  const split: [number, number][] = [
    [small + 1, more],
    [small, tiles - more],
  ];
  return split.filter(([, count]) => count > 0);
}

export const unrollOf = (count: number): number => [4, 3, 2].find((n) => count % n === 0) ?? 1;

/**
 * run(x, w, y, bias): y = conv(x, w) for one padded image. `w` is packed by packConvWeights: blocks of 8 output
 * channels (then one of 4), each [kernelHeight, kernelWidth·inChannels, 8].
 */
export function convKernel(shape: ConvShape): KernelSource {
  const { outHeight, outWidth, kernelHeight, kernelWidth, stride, inChannels, outChannels, xRow, yPixel, yRow } = shape;
  const taps = kernelWidth * inChannels;
  const unroll = unrollOf(taps);
  const pixelBytes = stride * inChannels * 4;
  return {
    name: `conv:${JSON.stringify(shape)}`,
    parameters: 4,
    build: (c) => {
      const [x, w, y, bias] = [0, 1, 2, 3];
      const row = c.i32();
      const outRow = c.i32();
      const xTile = c.i32();
      const yTile = c.i32();
      const xTap = c.i32();
      const wTap = c.i32();
      const accumulators = c.v128s(12);
      const weights = c.v128s(2);
      const value = c.v128();

      const tile = (pixels: number, vectors: number): void => {
        const at = (p: number, v: number): number => accumulators[p * vectors + v] as number;
        for (let p = 0; p < pixels; p += 1) {
          for (let v = 0; v < vectors; v += 1) {
            if (shape.bias) c.load(bias, v * 16);
            else c.zero();
            c.set(at(p, v));
          }
        }
        c.copy(xTile, xTap).copy(w, wTap);
        c.times(kernelHeight, () => {
          c.times(taps / unroll, () => {
            for (let u = 0; u < unroll; u += 1) {
              for (let v = 0; v < vectors; v += 1) c.load(wTap, (u * vectors + v) * 16).set(weights[v] as number);
              for (let p = 0; p < pixels; p += 1) {
                c.loadSplat(xTap, p * pixelBytes + u * 4).set(value);
                for (let v = 0; v < vectors; v += 1) c.multiplyAdd(at(p, v), value, weights[v] as number);
              }
            }
            c.advance(xTap, unroll * 4).advance(wTap, unroll * vectors * 16);
          });
          c.advance(xTap, (xRow - taps) * 4);
        });
        for (let p = 0; p < pixels; p += 1) {
          for (let v = 0; v < vectors; v += 1) {
            c.store(yTile, p * yPixel * 4 + v * 16, () => {
              c.get(at(p, v));
              activate(c, shape.activation);
            });
          }
        }
        c.advance(xTile, pixels * pixelBytes).advance(yTile, pixels * yPixel * 4);
      };

      const block = (vectors: number): void => {
        c.copy(x, row).copy(y, outRow);
        c.times(outHeight, () => {
          c.copy(row, xTile).copy(outRow, yTile);
          for (const [pixels, count] of evenTiles(outWidth, 6)) c.times(count, () => tile(pixels, vectors));
          c.advance(row, stride * xRow * 4).advance(outRow, yRow * 4);
        });
        c.advance(w, kernelHeight * taps * vectors * 16).advance(y, vectors * 16);
        if (shape.bias) c.advance(bias, vectors * 16);
      };

      c.times(outChannels >> 3, () => block(2));
      if (outChannels % 8 !== 0) block(1);
    },
  };
}

/**
 * Lays weights out for convKernel. `at(kh, kw, i, o)` gives the index in `source` of tap (kh, kw), input channel i,
 * output channel o, or -1 for a zero; flips and transpositions for gradients live in that function.
 */
export function packConvWeights(
  target: Float32Array,
  source: Float32Array,
  shape: Pick<ConvShape, 'kernelHeight' | 'kernelWidth' | 'inChannels' | 'outChannels'>,
  at: (kh: number, kw: number, i: number) => number,
  outStride: number,
): void {
  let t = 0;
  for (let start = 0; start < shape.outChannels; start += 8) {
    const width = Math.min(8, shape.outChannels - start);
    for (let kh = 0; kh < shape.kernelHeight; kh += 1) {
      for (let kw = 0; kw < shape.kernelWidth; kw += 1) {
        for (let i = 0; i < shape.inChannels; i += 1) {
          let s = at(kh, kw, i) + start * outStride;
          for (let o = 0; o < width; o += 1) {
            target[t] = source[s] as number;
            t += 1;
            s += outStride;
          }
        }
      }
    }
  }
}

/**
 * run(x, dy, dw, rows): dw[kh, kw, i, o] += Σ x·dy over `rows` output rows of one padded image; dw is HWIO.
 * Callers pass few rows at a time, so that both inputs stay in the first-level cache over all taps.
 */
export function convFilterGradientKernel(shape: ConvShape): KernelSource {
  const { outWidth, kernelHeight, kernelWidth, stride, inChannels, outChannels, xRow, yPixel, yRow } = shape;
  const unroll = unrollOf(outWidth);
  const pixelBytes = stride * inChannels * 4;
  return {
    name: `convFilter:${JSON.stringify({ ...shape, outHeight: 0 })}`,
    parameters: 4,
    build: (c) => {
      const [x, dy, dw, rows] = [0, 1, 2, 3];
      const xKernelRow = c.i32();
      const xChannel = c.i32();
      const xTap = c.i32();
      const dyBlock = c.i32();
      const dyTap = c.i32();
      const dwBlock = c.i32();
      const counter = c.i32();
      const accumulators = c.v128s(12);
      const gradients = c.v128s(2);
      const value = c.v128();

      const tile = (channels: number, vectors: number): void => {
        const at = (i: number, v: number): number => accumulators[i * vectors + v] as number;
        for (let a = 0; a < channels * vectors; a += 1) c.zero().set(accumulators[a] as number);
        c.copy(xChannel, xTap).copy(dyBlock, dyTap).copy(rows, counter);
        c.whileCounting(counter, () => {
          c.times(outWidth / unroll, () => {
            for (let u = 0; u < unroll; u += 1) {
              for (let v = 0; v < vectors; v += 1) c.load(dyTap, u * yPixel * 4 + v * 16).set(gradients[v] as number);
              for (let i = 0; i < channels; i += 1) {
                c.loadSplat(xTap, u * pixelBytes + i * 4).set(value);
                for (let v = 0; v < vectors; v += 1) c.multiplyAdd(at(i, v), value, gradients[v] as number);
              }
            }
            c.advance(xTap, unroll * pixelBytes).advance(dyTap, unroll * yPixel * 4);
          });
          c.advance(xTap, stride * xRow * 4 - outWidth * pixelBytes).advance(dyTap, (yRow - outWidth * yPixel) * 4);
        });
        for (let i = 0; i < channels; i += 1) {
          for (let v = 0; v < vectors; v += 1) {
            const offset = i * outChannels * 4 + v * 16;
            c.store(dwBlock, offset, () => void c.load(dwBlock, offset).get(at(i, v)).simd(SIMD.add));
          }
        }
      };

      const channelTile = (channels: number): void => {
        c.copy(dy, dyBlock).copy(dw, dwBlock);
        c.times(outChannels >> 3, () => {
          tile(channels, 2);
          c.advance(dyBlock, 32).advance(dwBlock, 32);
        });
        if (outChannels % 8 !== 0) tile(channels, 1);
        c.advance(xChannel, channels * 4).advance(dw, channels * outChannels * 4);
      };

      c.copy(x, xKernelRow);
      c.times(kernelHeight, () => {
        c.copy(xKernelRow, xChannel);
        // Neighbouring taps of a row are neighbouring channels: one loop over KW·Cin serves both.
        for (const [channels, count] of evenTiles(kernelWidth * inChannels, 6)) {
          c.times(count, () => channelTile(channels));
        }
        c.advance(xKernelRow, xRow * 4);
      });
    },
  };
}
