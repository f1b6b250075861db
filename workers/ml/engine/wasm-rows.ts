import { SIMD, type Code, type KernelSource } from './assembler.ts';

/**
 * Kernels over rows of `channels` floats (channels a multiple of 4): batch norm and max pooling. They are bound by
 * memory, so each makes one pass and fuses what would else be passes of its own (mask of the activation, residual).
 */

/** What follows the affine map in the same pass; relu6 cuts at 6. */
export type Activation = 'linear' | 'relu' | 'relu6';

/** Applies the activation to the vector on the stack. */
export function activate(c: Code, activation: Activation): void {
  if (activation !== 'linear') c.zero().simd(SIMD.pmax);
  if (activation === 'relu6') c.splat(6).simd(SIMD.pmin);
}

/** Runs `body(vectors)` for each block of up to `largest` vectors, moving all pointers on after each. */
function channelBlocks(
  c: Code,
  channels: number,
  largest: number,
  pointers: number[],
  body: (vectors: number) => void,
): void {
  let left = channels / 4;
  while (left > 0) {
    const vectors = Math.min(largest, left);
    const count = Math.floor(left / vectors);
    c.times(count, () => {
      body(vectors);
      for (const pointer of pointers) c.advance(pointer, vectors * 16);
    });
    left -= count * vectors;
  }
}

/** run(x, rows, shift, sums): sums[0..C) += Σ(x − shift), sums[C..2C) += Σ(x − shift)². */
export const momentsKernel = (channels: number): KernelSource => ({
  name: `moments:${channels}`,
  parameters: 4,
  build: (c) => {
    const [x, rows, shift, sums] = [0, 1, 2, 3];
    const [row, counter] = [c.i32(), c.i32()];
    const [total, squares, shifts] = [c.v128s(4), c.v128s(4), c.v128s(4)];
    const value = c.v128();
    channelBlocks(c, channels, 4, [x, shift, sums], (vectors) => {
      for (let v = 0; v < vectors; v += 1) {
        c.load(shift, v * 16).set(shifts[v] as number);
        c.load(sums, v * 16).set(total[v] as number);
        c.load(sums, (channels + v * 4) * 4).set(squares[v] as number);
      }
      c.copy(x, row).copy(rows, counter);
      c.whileCounting(counter, () => {
        for (let v = 0; v < vectors; v += 1) {
          c.load(row, v * 16)
            .get(shifts[v] as number)
            .simd(SIMD.sub)
            .set(value);
          c.get(total[v] as number)
            .get(value)
            .simd(SIMD.add)
            .set(total[v] as number);
          c.multiplyAdd(squares[v] as number, value, value);
        }
        c.advance(row, channels * 4);
      });
      for (let v = 0; v < vectors; v += 1) {
        c.store(sums, v * 16, () => void c.get(total[v] as number));
        c.store(sums, (channels + v * 4) * 4, () => void c.get(squares[v] as number));
      }
    });
  },
});

/**
 * run(x, residual, y, rows, coefficients): y = a·x + b (+ residual), then the activation; coefficients = a[C], b[C].
 */
export const affineKernel = (channels: number, residual: boolean, activation: Activation): KernelSource => ({
  name: `affine:${channels}:${residual}:${activation}`,
  parameters: 5,
  build: (c) => {
    const [x, other, y, rows, coefficients] = [0, 1, 2, 3, 4];
    const [xRow, otherRow, yRow, counter] = [c.i32(), c.i32(), c.i32(), c.i32()];
    const [a, b] = [c.v128s(4), c.v128s(4)];
    const value = c.v128();
    channelBlocks(c, channels, 4, [x, other, y, coefficients], (vectors) => {
      for (let v = 0; v < vectors; v += 1) {
        c.load(coefficients, v * 16).set(a[v] as number);
        c.load(coefficients, (channels + v * 4) * 4).set(b[v] as number);
      }
      c.copy(x, xRow).copy(other, otherRow).copy(y, yRow).copy(rows, counter);
      c.whileCounting(counter, () => {
        for (let v = 0; v < vectors; v += 1) {
          c.load(xRow, v * 16)
            .get(a[v] as number)
            .simd(SIMD.mul)
            .get(b[v] as number)
            .simd(SIMD.add);
          if (residual) c.load(otherRow, v * 16).simd(SIMD.add);
          c.set(value).store(yRow, v * 16, () => {
            c.get(value);
            activate(c, activation);
          });
        }
        c.advance(xRow, channels * 4).advance(yRow, channels * 4);
        if (residual) c.advance(otherRow, channels * 4);
      });
    });
  },
});

/** dy where the activation passes it: 0 < y (< 6) → stack. */
function maskedGradient(c: Code, activation: Activation, dyRow: number, yRow: number, offset: number): void {
  c.load(dyRow, offset);
  if (activation !== 'linear') c.load(yRow, offset).zero().simd(SIMD.gt).simd(SIMD.and);
  if (activation === 'relu6') c.load(yRow, offset).splat(6).simd(SIMD.lt).simd(SIMD.and);
}

/** run(x, y, dy, rows, mean, sums): g = dy masked by the activation; sums[0..C) += Σg, sums[C..2C) += Σg·(x − mean). */
export const normGradientSumsKernel = (channels: number, activation: Activation): KernelSource => ({
  name: `normGradientSums:${channels}:${activation}`,
  parameters: 6,
  build: (c) => {
    const [x, y, dy, rows, mean, sums] = [0, 1, 2, 3, 4, 5];
    const [xRow, yRow, dyRow, counter] = [c.i32(), c.i32(), c.i32(), c.i32()];
    const [total, products, means] = [c.v128s(4), c.v128s(4), c.v128s(4)];
    const [gradient, value] = [c.v128(), c.v128()];
    channelBlocks(c, channels, 4, [x, y, dy, mean, sums], (vectors) => {
      for (let v = 0; v < vectors; v += 1) {
        c.load(mean, v * 16).set(means[v] as number);
        c.load(sums, v * 16).set(total[v] as number);
        c.load(sums, (channels + v * 4) * 4).set(products[v] as number);
      }
      c.copy(x, xRow).copy(y, yRow).copy(dy, dyRow).copy(rows, counter);
      c.whileCounting(counter, () => {
        for (let v = 0; v < vectors; v += 1) {
          maskedGradient(c, activation, dyRow, yRow, v * 16);
          c.set(gradient);
          c.load(xRow, v * 16)
            .get(means[v] as number)
            .simd(SIMD.sub)
            .set(value);
          c.get(total[v] as number)
            .get(gradient)
            .simd(SIMD.add)
            .set(total[v] as number);
          c.multiplyAdd(products[v] as number, gradient, value);
        }
        c.advance(xRow, channels * 4)
          .advance(yRow, channels * 4)
          .advance(dyRow, channels * 4);
      });
      for (let v = 0; v < vectors; v += 1) {
        c.store(sums, v * 16, () => void c.get(total[v] as number));
        c.store(sums, (channels + v * 4) * 4, () => void c.get(products[v] as number));
      }
    });
  },
});

/**
 * run(x, y, dy, dx, dr, rows, coefficients): dx = a·g + b·x + c, and dr = g with a residual; coefficients = a, b, c.
 */
export const normGradientKernel = (channels: number, activation: Activation, residual: boolean): KernelSource => ({
  name: `normGradient:${channels}:${activation}:${residual}`,
  parameters: 7,
  build: (c) => {
    const [x, y, dy, dx, dr, rows, coefficients] = [0, 1, 2, 3, 4, 5, 6];
    const moving = [c.i32(), c.i32(), c.i32(), c.i32(), c.i32()] as const;
    const [xRow, yRow, dyRow, dxRow, drRow] = moving;
    const counter = c.i32();
    const [a, b, constant] = [c.v128s(4), c.v128s(4), c.v128s(4)];
    const gradient = c.v128();
    channelBlocks(c, channels, 4, [x, y, dy, dx, dr, coefficients], (vectors) => {
      for (let v = 0; v < vectors; v += 1) {
        c.load(coefficients, v * 16).set(a[v] as number);
        c.load(coefficients, (channels + v * 4) * 4).set(b[v] as number);
        c.load(coefficients, (2 * channels + v * 4) * 4).set(constant[v] as number);
      }
      c.copy(x, xRow).copy(y, yRow).copy(dy, dyRow).copy(dx, dxRow).copy(dr, drRow).copy(rows, counter);
      c.whileCounting(counter, () => {
        for (let v = 0; v < vectors; v += 1) {
          maskedGradient(c, activation, dyRow, yRow, v * 16);
          c.set(gradient);
          if (residual) c.store(drRow, v * 16, () => void c.get(gradient));
          c.store(dxRow, v * 16, () => {
            c.get(gradient)
              .get(a[v] as number)
              .simd(SIMD.mul)
              .get(constant[v] as number)
              .simd(SIMD.add);
            c.load(xRow, v * 16)
              .get(b[v] as number)
              .simd(SIMD.mul)
              .simd(SIMD.add);
          });
        }
        for (const pointer of moving) c.advance(pointer, channels * 4);
      });
    });
  },
});

export interface PoolShape {
  outHeight: number;
  outWidth: number;
  channels: number;
  /** Floats between rows of x. */
  xRow: number;
  /** Side of the window, which is also its step. */
  size: number;
}

function poolLoops(c: Code, shape: PoolShape, x: number[], y: number[], body: () => void): void {
  const { size, channels } = shape;
  c.times(shape.outHeight, () => {
    c.times(shape.outWidth, () => {
      c.times(channels / 4, () => {
        body();
        for (const pointer of [...x, ...y]) c.advance(pointer, 16);
      });
      for (const pointer of x) c.advance(pointer, (size - 1) * channels * 4);
    });
    for (const pointer of x) c.advance(pointer, (size * shape.xRow - shape.outWidth * size * channels) * 4);
  });
}

const windowOffsets = ({ size, channels, xRow }: PoolShape): number[] =>
  Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) * xRow + (i % size) * channels) * 4);

/** run(x, y): maximum over windows that do not overlap, one image. */
export const maxPoolKernel = (shape: PoolShape): KernelSource => ({
  name: `maxPool:${JSON.stringify(shape)}`,
  parameters: 2,
  build: (c) => {
    const [x, y] = [0, 1];
    const largest = c.v128();
    poolLoops(c, shape, [x], [y], () => {
      windowOffsets(shape).forEach((offset, i) => {
        c.load(x, offset);
        if (i > 0) c.get(largest).simd(SIMD.pmax);
        c.set(largest);
      });
      c.store(y, 0, () => void c.get(largest));
    });
  },
});

/** run(x, y, dy, dx): dy goes to the first element of the window that equals the maximum, one image. */
export const maxPoolGradientKernel = (shape: PoolShape): KernelSource => ({
  name: `maxPoolGradient:${JSON.stringify(shape)}`,
  parameters: 4,
  build: (c) => {
    const [x, y, dy, dx] = [0, 1, 2, 3];
    const [largest, gradient, mask] = [c.v128(), c.v128(), c.v128()];
    poolLoops(c, shape, [x, dx], [y, dy], () => {
      c.load(y, 0).set(largest).load(dy, 0).set(gradient);
      for (const offset of windowOffsets(shape)) {
        c.load(x, offset).get(largest).simd(SIMD.eq).set(mask);
        c.store(dx, offset, () => void c.get(gradient).get(mask).simd(SIMD.and));
        c.get(gradient).get(mask).simd(SIMD.andnot).set(gradient);
      }
    });
  },
});

/** run(dy, dx): each dy, divided by the window's size, to every element of its window, one image. */
export const averagePoolGradientKernel = (shape: PoolShape): KernelSource => ({
  name: `averagePoolGradient:${JSON.stringify(shape)}`,
  parameters: 2,
  build: (c) => {
    const { size, channels, xRow } = shape;
    const [dy, dx] = [0, 1];
    const [from, to] = [c.i32(), c.i32()];
    const share = c.v128();
    c.splat(1 / size ** 2).set(share);
    c.times(shape.outHeight, () => {
      c.times(shape.outWidth, () => {
        c.copy(dx, to);
        c.times(size, () => {
          c.times(size, () => {
            c.copy(dy, from);
            c.times(channels / 4, () => {
              c.store(to, 0, () => void c.load(from, 0).get(share).simd(SIMD.mul));
              c.advance(from, 16).advance(to, 16);
            });
          });
          c.advance(to, (xRow - size * channels) * 4);
        });
        c.advance(dy, channels * 4).advance(dx, size * channels * 4);
      });
      c.advance(dx, (size * xRow - shape.outWidth * size * channels) * 4);
    });
  },
});

/** run(source, target): [rows][columns] to [columns][rows], both multiples of 4, in blocks of 4×4. */
export const transposeKernel = (rows: number, columns: number): KernelSource => ({
  name: `transpose:${rows}:${columns}`,
  parameters: 2,
  build: (c) => {
    const [source, target] = [0, 1];
    const to = c.i32();
    const [lines, pairs] = [c.v128s(4), c.v128s(4)];
    c.times(rows / 4, () => {
      c.copy(target, to);
      c.times(columns / 4, () => {
        lines.forEach((line, r) => c.load(source, r * columns * 4).set(line));
        // a0 b0 a1 b1, a2 b2 a3 b3 of rows a, b = 0, 1 and of rows 2, 3.
        pairs.forEach((pair, i) => {
          const [a, b] = i < 2 ? [lines[0], lines[1]] : [lines[2], lines[3]];
          c.shuffle(a as number, b as number, i % 2 === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]).set(pair);
        });
        for (let r = 0; r < 4; r += 1) {
          const [low, high] = r < 2 ? [pairs[0], pairs[2]] : [pairs[1], pairs[3]];
          c.store(
            to,
            r * rows * 4,
            () => void c.shuffle(low as number, high as number, r % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]),
          );
        }
        c.advance(source, 16).advance(to, rows * 16);
      });
      c.advance(source, 3 * columns * 4).advance(target, 16);
    });
  },
});
