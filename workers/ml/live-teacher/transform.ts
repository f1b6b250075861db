import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { createRandom } from '#core/math/random.ts';
import type { Points } from '../selection/k-means.ts';
import { timesTransposed, transpose } from './products.ts';

/** Numbers an image keeps; more brought nothing on any of three sets. */
export const TRANSFORMED_WIDTH = 128;

/** Rows that the directions are fitted to: beyond them they no longer turn, and the cost grows with each. */
const ROWS_MAX = 4096;
const PASSES = 8;

/** Features of images from one layer. A layer of less weight says less in what is near; 1 when absent. */
export type Tap = Points & { weight?: number };

/** From what a backbone gives to what the teacher learns on. Fitted once a pool; new images are only projected. */
export interface Transform {
  /** Taps' widths, in the order in which they were joined. */
  widths: number[];
  /** Of the joined, rooted features, [sum of widths]. */
  mean: Float32Array;
  /** Principal directions of length 1, those of most variance first, [width, sum of widths]. */
  axes: Float32Array;
  width: number;
}

/** sign(x)·√|x|: tames the few large activations of a rectified layer, which else decide every distance. */
const root = (value: number): number => (value < 0 ? -Math.sqrt(-value) : Math.sqrt(value));

/**
 * Square-rooted taps side by side, each scaled to the length of its weight, so that a wide one does not drown others.
 * @param taps features of the same images from several layers (or backbones), each [n, its width]
 * @returns [n, sum of widths]
 * @throws AppError BAD_INPUT when the taps tell of different numbers of images
 */
function joinTaps(taps: readonly Tap[]): Points {
  const count = taps[0]?.count ?? 0;
  if (taps.some((tap) => tap.count !== count)) {
    throw new AppError('BAD_INPUT', say('learning.layersDiffer'));
  }
  const width = taps.reduce((sum, tap) => sum + tap.width, 0);
  const values = new Float32Array(count * width);
  let left = 0;
  for (const tap of taps) {
    for (let row = 0; row < count; row += 1) {
      let length = 0;
      for (let d = 0; d < tap.width; d += 1) length += Math.abs(tap.values[row * tap.width + d] as number);
      // The squared length of roots is the sum of absolute values.
      const scale = length > 0 ? (tap.weight ?? 1) / Math.sqrt(length) : 0;
      for (let d = 0; d < tap.width; d += 1) {
        values[row * width + left + d] = root(tap.values[row * tap.width + d] as number) * scale;
      }
    }
    left += tap.width;
  }
  return { values, count, width };
}

/**
 * Fits the transform: square root, centring, principal components (subspace iteration on the covariance; Halko et al.
 * 2011). The same images give the same transform, whatever their order beyond {@link ROWS_MAX} of them.
 *
 *   const transform = fitTransform([{ values: features, count: 400, width: 320 }]);
 *   const points = applyTransform(transform, [{ values: features, count: 400, width: 320 }]);  // [400, 128], length 1
 */
export function fitTransform(taps: readonly Tap[], options: { width?: number; seed?: number } = {}): Transform {
  const joined = joinTaps(taps);
  const { count, width: from } = joined;
  const to = Math.min(options.width ?? TRANSFORMED_WIDTH, from, Math.max(1, count - 1));
  const rows = pickRows(count, options.seed ?? 1);
  const mean = new Float32Array(from);
  for (const row of rows) {
    for (let d = 0; d < from; d += 1) {
      mean[d] = (mean[d] as number) + (joined.values[row * from + d] as number) / rows.length;
    }
  }
  const centred = new Float32Array(from * rows.length);
  rows.forEach((row, i) => {
    for (let d = 0; d < from; d += 1) {
      centred[d * rows.length + i] = (joined.values[row * from + d] as number) - (mean[d] as number);
    }
  });
  const covariance = timesTransposed(centred, centred, rows.length);
  const axes = findAxes(covariance, from, to, options.seed ?? 1);
  return { widths: taps.map((tap) => tap.width), mean, axes, width: axes.length / Math.max(1, from) };
}

function pickRows(count: number, seed: number): number[] {
  const all = Array.from({ length: count }, (_, row) => row);
  return count <= ROWS_MAX ? all : createRandom(seed).fork('rows').shuffle(all).slice(0, ROWS_MAX);
}

/** The leading eigenvectors of a symmetric matrix [from, from] by subspace iteration, sorted by what they explain. */
function findAxes(covariance: Float32Array, from: number, to: number, seed: number): Float32Array {
  const random = createRandom(seed).fork('axes');
  // A few more than asked: the last ones of a block converge late.
  const block = Math.min(from, to + 16);
  let axes: Float32Array = Float32Array.from({ length: block * from }, () => random.normal());
  orthogonalise(axes, from);
  for (let pass = 0; pass < PASSES; pass += 1) {
    axes = timesTransposed(axes, covariance, from);
    orthogonalise(axes, from);
  }
  const moved = timesTransposed(axes, covariance, from);
  const small = timesTransposed(moved, axes, from);
  const { vectors, values } = eigenSymmetric(small, block);
  const rotated = timesTransposed(vectors, transpose(axes, from), block);
  const top = values[0] ?? 0;
  const kept = values.slice(0, to).filter((value) => value > 1e-6 * top && value > 0).length;
  return rotated.slice(0, kept * from);
}

/** Gram-Schmidt, twice for good measure, in place; rows without a direction of their own become zero. */
function orthogonalise(rows: Float32Array, width: number): void {
  const count = rows.length / width;
  for (let i = 0; i < count; i += 1) {
    const own = rows.subarray(i * width, (i + 1) * width);
    const before = Math.sqrt(dot(own, own));
    for (let turn = 0; turn < 2; turn += 1) {
      for (let j = 0; j < i; j += 1) {
        const other = rows.subarray(j * width, (j + 1) * width);
        const shared = dot(own, other);
        for (let d = 0; d < width; d += 1) own[d] = (own[d] as number) - shared * (other[d] as number);
      }
    }
    const length = Math.sqrt(dot(own, own));
    const scale = length > 1e-5 * before && length > 0 ? 1 / length : 0;
    for (let d = 0; d < width; d += 1) own[d] = (own[d] as number) * scale;
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let d = 0;
  for (; d + 4 <= a.length; d += 4) {
    s0 += (a[d] as number) * (b[d] as number);
    s1 += (a[d + 1] as number) * (b[d + 1] as number);
    s2 += (a[d + 2] as number) * (b[d + 2] as number);
    s3 += (a[d + 3] as number) * (b[d + 3] as number);
  }
  for (; d < a.length; d += 1) s0 += (a[d] as number) * (b[d] as number);
  return s0 + s1 + (s2 + s3);
}

/** Jacobi's rotations (Golub & Van Loan 8.5): eigenvectors as rows, the largest value first. For a small matrix. */
function eigenSymmetric(matrix: Float32Array, n: number): { vectors: Float32Array; values: number[] } {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) v[i * n + i] = 1;
  const at = (i: number, j: number): number => a[i * n + j] as number;
  let total = 0;
  for (const value of a) total += value * value;
  for (let sweep = 0; sweep < 20; sweep += 1) {
    let off = 0;
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) off += at(p, q) ** 2;
    if (off <= 1e-14 * total) break;
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        if (at(p, q) ** 2 > 1e-20 * total) rotate(a, v, n, p, q);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(j, j) - at(i, i));
  const vectors = new Float32Array(n * n);
  order.forEach((column, row) => {
    for (let k = 0; k < n; k += 1) vectors[row * n + k] = v[k * n + column] as number;
  });
  return { vectors, values: order.map((i) => at(i, i)) };
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * (a[p * n + q] as number));
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k += 1) turn(a, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k += 1) turn(a, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k += 1) turn(v, k * n + p, k * n + q, c, s);
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [values[i] as number, values[j] as number];
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}

/**
 * Transformed features of images, those that it was fitted to or others: rows of length 1, so that a dot product is a
 * similarity. Rows without any activation are zero.
 * @returns [n, transform.width]
 */
export function applyTransform(transform: Transform, taps: readonly Tap[]): Points {
  const joined = joinTaps(taps);
  const { count, width: from } = joined;
  if (from !== transform.mean.length) {
    throw new AppError('BAD_INPUT', say('learning.otherBackbone'));
  }
  for (let row = 0; row < count; row += 1) {
    for (let d = 0; d < from; d += 1) {
      joined.values[row * from + d] = (joined.values[row * from + d] as number) - (transform.mean[d] as number);
    }
  }
  const { width } = transform;
  const values = timesTransposed(joined.values, transform.axes, from);
  scaleRows(values, width);
  return { values, count, width };
}

/** Every row to length 1, in place; rows of zeros stay. */
export function scaleRows(values: Float32Array, width: number): void {
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const length = Math.sqrt(dot(row, row));
    for (let d = 0; d < width; d += 1) row[d] = length > 0 ? (row[d] as number) / length : 0;
  }
}
