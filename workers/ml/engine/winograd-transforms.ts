import { SIMD, type Code } from './assembler.ts';

/**
 * Winograd's minimal filtering for 3×3 convolutions (Lavin & Gray 2015, "Fast Algorithms for Convolutional Neural
 * Networks", arXiv 1509.09308, section 4.3): what is evaluated and interpolated, for strides 1 and 2.
 *
 * In one dimension, 4 outputs of a 3-tap filter g over 6 inputs d are two polynomials multiplied. Evaluate both at the
 * six points 0, 1, −1, 2, −2, ∞, multiply value by value, and interpolate back: 6 multiplications for 12.
 *
 *     y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]      Bᵀ 6×6 evaluates the inputs, G 6×3 the filter, Aᵀ 4×6 interpolates
 *
 * In two dimensions a tile of 6×6 inputs gives 4×4 outputs, each transform is applied down the columns and then along
 * the rows, and 36 multiplications stand for 144. Summed over input channels, the products at each of the 36 positions
 * are a matrix product [tiles × C]·[C × O], which is where the time goes (winograd-products.ts). Neighbouring tiles
 * overlap by two pixels.
 *
 * The filter's gradient is the transpose of the same bilinear map: dg = Gᵀ[(Bᵀ·d·B) ⊙ (A·dy·Aᵀ)]G summed over tiles.
 * The input's gradient is a convolution of dy with the filter turned by 180°.
 *
 * With stride 2 the inputs fall into two phases: the even ones meet taps 0 and 2, a 2-tap filter (4 outputs at the five
 * points 0, 1, −1, 2, ∞), the odd ones meet tap 1 alone, 4 plain products. So 9 values stand for 4 outputs over 9
 * inputs, and 81 for 144 in two dimensions. Seen as one bilinear map it has the same form as above, with its own
 * matrices.
 *
 * Values meet factors up to 25 in Bᵀ·d·B and 64 in Aᵀ·m·A that cancel, so float32 results are off by about a digit more
 * than those of the direct sum: some 1e-6 of the largest output, far below the noise of one training batch.
 */
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
const evaluateInput: Transform = {
  name: 'input',
  inputs: 6,
  outputs: 6,
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
const interpolateOutput: Transform = {
  name: 'output',
  inputs: 6,
  outputs: 4,
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
const evaluateGradient: Transform = {
  name: 'gradient',
  inputs: 4,
  outputs: 6,
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

/** Any matrix, term by term; equal factors share a local, and ±1 needs none. */
const multiplyBy = (name: string, matrix: number[][]): Transform => ({
  name,
  inputs: matrix[0]?.length ?? 0,
  outputs: matrix.length,
  prepare: (c) => {
    const distinct = [...new Set(matrix.flat().filter((value) => Math.abs(value) !== 1 && value !== 0))];
    const factors = new Map(constants(c, distinct).map((local, i) => [distinct[i], local]));
    return (from, to) => {
      matrix.forEach((row, i) => {
        const sum = to[i] as number;
        // A plain 1 first: then the sum begins as a copy.
        const terms = row
          .map((value, j) => ({ value, input: from[j] as number }))
          .filter(({ value }) => value !== 0)
          .sort((a, b) => Number(b.value === 1) - Number(a.value === 1));
        terms.forEach(({ value, input }, n) => {
          const factor = factors.get(value);
          if (n === 0) {
            if (value === 1) c.copy(input, sum);
            else if (factor === undefined) c.zero().get(input).simd(SIMD.sub).set(sum);
            else c.get(input).get(factor).simd(SIMD.mul).set(sum);
          } else if (factor === undefined) (value === 1 ? c.sum(sum, input) : c.difference(sum, input)).set(sum);
          else c.multiplyAdd(sum, input, factor);
        });
      });
    };
  },
});

const transpose = (matrix: number[][]): number[][] =>
  (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j] as number));

/**
 * A bilinear map from tiles of inputs and a 3×3 filter to tiles of outputs, given by its transforms in one dimension.
 */
export interface Algorithm {
  /** Values multiplied along a side of a tile. */
  points: number;
  /** Inputs between the starts of neighbouring tiles, and outputs of one, along a side. */
  step: number;
  tile: number;
  input: Transform;
  /** From three taps to the points. */
  filter: Transform;
  output: Transform;
}

/** Of a convolution, also the transposes that its filter's gradient needs. */
export interface FilterGradient extends Algorithm {
  /** The transpose of `output`, for the gradients of outputs. */
  gradient: Transform;
  /** The transpose of `filter`. */
  collect: Transform;
}

/** 4×4 outputs from 6×6 inputs: a convolution of stride 1, and with the turned filter its input's gradient. */
export const STRIDE_1: FilterGradient = {
  points: 6,
  step: 4,
  tile: 4,
  input: evaluateInput,
  filter: multiplyBy('filter', FILTER_MATRIX),
  output: interpolateOutput,
  gradient: evaluateGradient,
  collect: multiplyBy('collect', transpose(FILTER_MATRIX)),
};

/** Four outputs of two taps over five inputs, at the points 0, 1, −1, 2, ∞: Bᵀ, G, Aᵀ. */
const EVEN_INPUT = [
  [2, -1, -2, 1, 0],
  [0, -2, -1, 1, 0],
  [0, 2, -3, 1, 0],
  [0, -1, 0, 1, 0],
  [0, 2, -1, -2, 1],
];
const EVEN_FILTER = [
  [1 / 2, 0],
  [-1 / 2, -1 / 2],
  [-1 / 6, 1 / 6],
  [1 / 6, 1 / 3],
  [0, 1],
] as const;
const EVEN_OUTPUT = [
  [1, 1, 1, 1, 0],
  [0, 1, -1, 2, 0],
  [0, 1, 1, 4, 0],
  [0, 1, -1, 8, 1],
];

const FOUR = [0, 1, 2, 3];
/** A row of `length` zeros but for these places. */
const sparse = (length: number, places: readonly (readonly [number, number])[]): number[] => {
  const row = Array.from({ length }, () => 0);
  for (const [at, value] of places) row[at] = value;
  return row;
};
const filter2 = [...EVEN_FILTER.map(([first, last]) => [first, 0, last]), ...FOUR.map(() => [0, 1, 0])];
const output2 = FOUR.map((r) => [...(EVEN_OUTPUT[r] as number[]), ...sparse(4, [[r, 1]])]);

/** 4×4 outputs from 9×9 inputs: a convolution of stride 2. */
export const STRIDE_2: FilterGradient = {
  points: 9,
  step: 8,
  tile: 4,
  input: multiplyBy('input2', [
    ...EVEN_INPUT.map((row) =>
      sparse(
        9,
        row.map((value, i) => [2 * i, value] as const),
      ),
    ),
    ...FOUR.map((r) => sparse(9, [[2 * r + 1, 1]])),
  ]),
  filter: multiplyBy('filter2', filter2),
  output: multiplyBy('output2', output2),
  gradient: multiplyBy('gradient2', transpose(output2)),
  collect: multiplyBy('collect2', transpose(filter2)),
};

/**
 * 8×8 gradients of inputs from 5×5 gradients of outputs, for stride 2 and an unpadded start: with the filter turned by
 * 180°, even inputs meet its taps 0 and 2 over neighbouring outputs, odd inputs tap 1 over the later of the two.
 */
export const STRIDE_2_INPUT_GRADIENT: Algorithm = {
  points: 9,
  step: 4,
  tile: 8,
  input: multiplyBy('inputGradient2', [...EVEN_INPUT, ...FOUR.map((r) => sparse(5, [[r + 1, 1]]))]),
  filter: multiplyBy('filter2', filter2),
  output: multiplyBy(
    'outputGradient2',
    FOUR.flatMap((r) => [[...(EVEN_OUTPUT[r] as number[]), 0, 0, 0, 0], sparse(9, [[5 + r, 1]])]),
  ),
};
