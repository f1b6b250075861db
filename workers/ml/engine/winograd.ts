import { SIMD, type Code, type KernelSource } from './assembler.ts';
import { activate, type Activation } from './wasm-rows.ts';

/**
 * Winograd's minimal filtering F(4×4, 3×3) for 3×3 convolutions of stride 1 (Lavin & Gray 2015, "Fast Algorithms for
 * Convolutional Neural Networks", arXiv 1509.09308, section 4.3).
 *
 * In one dimension, 4 outputs of a 3-tap filter g over 6 inputs d are two polynomials multiplied. Evaluate both at the six
 * points 0, 1, −1, 2, −2, ∞, multiply value by value, and interpolate back: 6 multiplications for 12.
 *
 *     y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]      Bᵀ 6×6 evaluates the inputs, G 6×3 the filter, Aᵀ 4×6 interpolates
 *
 * In two dimensions a tile of 6×6 inputs gives 4×4 outputs, each transform is applied down the columns and then along the rows,
 * and 36 multiplications stand for 144. Summed over input channels, the products at each of the 36 positions are a matrix
 * product [tiles × C]·[C × O], which is where the time goes (winograd-products.ts). Neighbouring tiles overlap by two pixels.
 *
 * The filter's gradient is the transpose of the same bilinear map: dg = Gᵀ[(Bᵀ·d·B) ⊙ (A·dy·Aᵀ)]G summed over tiles. The input's
 * gradient is a convolution of dy with the filter turned by 180°.
 *
 * Values meet factors up to 25 in Bᵀ·d·B and 64 in Aᵀ·m·A that cancel, so float32 results are off by about a digit more than those
 * of the direct sum: some 1e-6 of the largest output, far below the noise of one training batch.
 */
export const TILE = 4;
/** Inputs of one tile along a side, which is also the number of points. */
export const POINTS = 6;
export const POSITIONS = POINTS * POINTS;

/** A small matrix applied to `inputs` vectors in locals; `outputs` locals receive the result. */
export interface Transform {
  name: string;
  inputs: number;
  outputs: number;
  /** Emits what must stand before a loop and returns what to emit in it. */
  prepare(c: Code): (from: number[], to: number[]) => void;
}

const constants = (c: Code, values: number[]): number[] =>
  values.map((value) => {
    const local = c.v128();
    c.splat(value).set(local);
    return local;
  });

type Six = [number, number, number, number, number, number];
type Four = [number, number, number, number];

/** Bᵀ: [4 0 −5 0 1 0], [0 ∓4 −4 ±1 1 0], [0 ∓2 −1 ±2 1 0], [0 4 0 −5 0 1]. */
export const evaluateInput: Transform = {
  name: 'input',
  inputs: POINTS,
  outputs: POINTS,
  prepare: (c) => {
    const [two, minusTwo, four, minusFour] = constants(c, [2, -2, 4, -4]) as Four;
    const [even, odd] = [c.v128(), c.v128()];
    return (from, to) => {
      const [d0, d1, d2, d3, d4, d5] = from as Six;
      const [r0, r1, r2, r3, r4, r5] = to as Six;
      c.fusedSum(d2, minusFour, d4).set(even).fusedSum(d1, minusFour, d3).set(odd);
      c.sum(even, odd).set(r1).difference(even, odd).set(r2);
      c.difference(d4, d2).set(even).difference(d3, d1).set(odd);
      c.fusedSum(odd, two, even).set(r3).fusedSum(odd, minusTwo, even).set(r4);
      c.difference(d0, d2).set(r0).fusedSum(r0, four, even).set(r0);
      c.difference(d5, d3).set(r5).fusedSum(odd, minusFour, r5).set(r5);
    };
  },
};

/** Aᵀ: [1 1 1 1 1 0], [0 1 −1 2 −2 0], [0 1 1 4 4 0], [0 1 −1 8 −8 1]. */
export const interpolateOutput: Transform = {
  name: 'output',
  inputs: POINTS,
  outputs: TILE,
  prepare: (c) => {
    const [two, four, eight] = constants(c, [2, 4, 8]) as [number, number, number];
    const [sum1, difference1, sum2, difference2] = c.v128s(4) as Four;
    return (from, to) => {
      const [m0, m1, m2, m3, m4, m5] = from as Six;
      const [y0, y1, y2, y3] = to as Four;
      c.sum(m1, m2).set(sum1).difference(m1, m2).set(difference1);
      c.sum(m3, m4).set(sum2).difference(m3, m4).set(difference2);
      c.sum(sum1, sum2).get(m0).simd(SIMD.add).set(y0);
      c.fusedSum(difference2, two, difference1).set(y1).fusedSum(sum2, four, sum1).set(y2);
      c.sum(difference1, m5).set(y3).fusedSum(difference2, eight, y3).set(y3);
    };
  },
};

/** A: [1 0 0 0], [1 ±1 1 ±1], [1 ±2 4 ±8], [0 0 0 1]. */
export const evaluateGradient: Transform = {
  name: 'gradient',
  inputs: TILE,
  outputs: POINTS,
  prepare: (c) => {
    const [two, minusTwo, four] = constants(c, [2, -2, 4]) as [number, number, number];
    const [even, odd] = [c.v128(), c.v128()];
    return (from, to) => {
      const [d0, d1, d2, d3] = from as Four;
      const [r0, r1, r2, r3, r4, r5] = to as Six;
      c.sum(d0, d2).set(even).sum(d1, d3).set(odd);
      c.sum(even, odd).set(r1).difference(even, odd).set(r2);
      c.fusedSum(d2, four, d0).set(even).fusedSum(d3, four, d1).set(odd);
      c.fusedSum(odd, two, even).set(r3).fusedSum(odd, minusTwo, even).set(r4);
      c.copy(d0, r0).copy(d3, r5);
    };
  },
};

/** G, one row a point. */
const FILTER_MATRIX = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Any matrix, without shared terms: for filters, which are small beside images. */
const multiplyBy = (name: string, matrix: number[][]): Transform => ({
  name,
  inputs: matrix[0]?.length ?? 0,
  outputs: matrix.length,
  prepare: (c) => {
    const factors = matrix.map((row) => constants(c, row));
    return (from, to) => {
      matrix.forEach((row, i) => {
        c.zero().set(to[i] as number);
        row.forEach((value, j) => {
          if (value !== 0) c.multiplyAdd(to[i] as number, from[j] as number, factors[i]?.[j] as number);
        });
      });
    };
  },
});

const evaluateFilter = multiplyBy('filter', FILTER_MATRIX);
const collectFilter = multiplyBy('filterGradient', [0, 1, 2].map((j) => FILTER_MATRIX.map((row) => row[j] as number)));

/** One row of tiles of one image. */
export interface StripShape {
  transform: Transform;
  /** Floats of an image row, width·channels. */
  row: number;
  /** Floats of a row of the strip: (columns of all tiles)·channels. */
  stripRow: number;
  channels: number;
  tiles: number;
  /** Floats between the same tile at neighbouring positions. */
  plane: number;
}

/**
 * run(x, strip): the transform down the columns, six rows [stripRow] from rows first..last of a tile that lie inside the image (others are
 * zero); x is the first of those, strip the place of the image's first column.
 */
export const columnsKernel = ({ transform, row, stripRow }: StripShape, first: number, last: number): KernelSource => ({
  name: `winogradColumns:${transform.name}:${row}:${stripRow}:${first}:${last}`,
  parameters: 2,
  build: (c) => {
    const [x, strip] = [0, 1];
    // Locals that are never set hold zero.
    const from = c.v128s(transform.inputs);
    const to = c.v128s(transform.outputs);
    const apply = transform.prepare(c);
    c.times(row / 4, () => {
      for (let r = first; r < last; r += 1) c.load(x, (r - first) * row * 4).set(from[r] as number);
      apply(from, to);
      to.forEach((local, k) => c.store(strip, k * stripRow * 4, () => void c.get(local)));
      c.advance(x, 16).advance(strip, 16);
    });
  },
});

/** run(strip, v): the transform along the rows; v [36 planes][tile][channels]. */
export const rowsKernel = ({ transform, stripRow, channels, tiles, plane }: StripShape): KernelSource => ({
  name: `winogradRows:${transform.name}:${stripRow}:${channels}:${tiles}:${plane}`,
  parameters: 2,
  build: (c) => {
    const [strip, v] = [0, 1];
    const from = c.v128s(transform.inputs);
    const to = c.v128s(transform.outputs);
    const apply = transform.prepare(c);
    c.times(tiles, () => {
      c.times(channels / 4, () => {
        for (let r = 0; r < POINTS; r += 1) {
          from.forEach((local, j) => c.load(strip, (r * stripRow + j * channels) * 4).set(local));
          apply(from, to);
          to.forEach((local, k) => c.store(v, (r * POINTS + k) * plane * 4, () => void c.get(local)));
        }
        c.advance(strip, 16).advance(v, 16);
      });
      c.advance(strip, (TILE - 1) * channels * 4);
    });
  },
});

export interface OutputShape {
  channels: number;
  /** Pixels of an output row. */
  width: number;
  /** Output rows of this strip, 1..4. */
  rows: number;
  plane: number;
  bias: boolean;
  activation: Activation;
}

/** run(m, y, bias): products of one row of tiles, m [36 planes][tile][channels], to `rows` rows of y. */
export const outputKernel = (shape: OutputShape): KernelSource => ({
  name: `winogradOutput:${JSON.stringify(shape)}`,
  parameters: 3,
  build: (c) => {
    const { channels, width, rows, plane } = shape;
    const [m, y, bias] = [0, 1, 2];
    const biasAt = c.i32();
    const from = c.v128s(POINTS);
    const between = Array.from({ length: POINTS }, () => c.v128s(TILE));
    const to = c.v128s(TILE);
    const apply = interpolateOutput.prepare(c);
    const tile = (columns: number): void => {
      c.copy(bias, biasAt);
      c.times(channels / 4, () => {
        between.forEach((column, k) => {
          from.forEach((local, r) => c.load(m, (r * POINTS + k) * plane * 4).set(local));
          apply(from, column);
        });
        for (let r = 0; r < rows; r += 1) {
          apply(between.map((column) => column[r] as number), to);
          for (let j = 0; j < columns; j += 1) {
            c.store(y, (r * width + j) * channels * 4, () => {
              c.get(to[j] as number);
              if (shape.bias) c.load(biasAt, 0).simd(SIMD.add);
              activate(c, shape.activation);
            });
          }
        }
        c.advance(m, 16).advance(y, 16);
        if (shape.bias) c.advance(biasAt, 16);
      });
      c.advance(y, (columns - 1) * channels * 4);
    };
    c.times(Math.floor(width / TILE), () => tile(TILE));
    if (width % TILE !== 0) tile(width % TILE);
  },
});

/**
 * run(w, u): filter taps w [3·3][count] to positions u [36 planes][count]; or back, the filter's gradient from sums at the positions.
 * `plane` floats lie between positions.
 */
export const filterKernel = (count: number, plane: number, back: boolean): KernelSource => ({
  name: `winogradFilter:${count}:${plane}:${back}`,
  parameters: 2,
  build: (c) => {
    const [source, target] = [0, 1];
    const transform = back ? collectFilter : evaluateFilter;
    const { inputs, outputs } = transform;
    const [sourcePlane, targetPlane] = back ? [plane, count] : [count, plane];
    const from = c.v128s(inputs);
    const between = Array.from({ length: inputs }, () => c.v128s(outputs));
    const to = c.v128s(outputs);
    const apply = transform.prepare(c);
    c.times(count / 4, () => {
      between.forEach((column, k) => {
        from.forEach((local, r) => c.load(source, (r * inputs + k) * sourcePlane * 4).set(local));
        apply(from, column);
      });
      for (let r = 0; r < outputs; r += 1) {
        apply(between.map((column) => column[r] as number), to);
        to.forEach((local, k) => c.store(target, (r * outputs + k) * targetPlane * 4, () => void c.get(local)));
      }
      c.advance(source, 16).advance(target, 16);
    });
  },
});
