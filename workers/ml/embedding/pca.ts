import { createRandom } from '#core/math/random.ts';

/** A flat map of embeddings: the two directions in which they vary most. */
export interface Plane {
  /** [n, width] → x and y of each row. */
  project(embeddings: Float32Array): { x: Float32Array; y: Float32Array };
}

const ITERATIONS = 30;

/** Where embeddings lie, and directions of length 1 at right angles, those of most variance first. */
interface Axes {
  mean: Float64Array;
  axes: Float64Array[];
  /** Standard deviation along each. */
  deviations: number[];
}

/**
 * Principal components by power iteration with deflation. Fewer than asked when there is no variance left.
 * @param embeddings [n, width]; what they are fitted to
 */
export function fitAxes(embeddings: Float32Array, width: number, wanted: number): Axes {
  const count = width === 0 ? 0 : embeddings.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < embeddings.length; i += 1)
    mean[i % width] = (mean[i % width] ?? 0) + (embeddings[i] ?? 0) / count;
  const random = createRandom(1);
  const axes: Float64Array[] = [];
  const deviations: number[] = [];
  while (axes.length < wanted) {
    let vector = normalise(Float64Array.from({ length: width }, () => random.normal()));
    let length = 0;
    for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
      const next = new Float64Array(width);
      for (let row = 0; row < count; row += 1) {
        const along = dot(embeddings, row * width, mean, vector);
        for (let d = 0; d < width; d += 1)
          next[d] = (next[d] as number) + along * ((embeddings[row * width + d] as number) - (mean[d] as number));
      }
      for (const other of axes) {
        const shared = sumOf(width, (d) => (next[d] ?? 0) * (other[d] ?? 0));
        for (let d = 0; d < width; d += 1) next[d] = (next[d] ?? 0) - shared * (other[d] ?? 0);
      }
      length = Math.sqrt(sumOf(width, (d) => (next[d] ?? 0) ** 2));
      if (length < 1e-12) return { mean, axes, deviations };
      vector = normalise(next);
    }
    axes.push(vector);
    deviations.push(Math.sqrt(length / Math.max(1, count)));
  }
  return { mean, axes, deviations };
}

/**
 * The plane of principal components 1 and 2, each scaled to unit variance.
 * @param embeddings [n, width]; what the plane is fitted to
 */
export function fitPlane(embeddings: Float32Array, width: number): Plane {
  const { mean, axes, deviations } = fitAxes(embeddings, width, 2);
  const [first, second] = [0, 1].map((axis) => {
    const deviation = deviations[axis] ?? 0;
    return deviation > 1e-6
      ? (axes[axis] ?? new Float64Array(width)).map((value) => value / deviation)
      : new Float64Array(width);
  }) as [Float64Array, Float64Array];
  return {
    project: (rows) => {
      const n = width === 0 ? 0 : rows.length / width;
      const x = new Float32Array(n);
      const y = new Float32Array(n);
      for (let row = 0; row < n; row += 1) {
        x[row] = dot(rows, row * width, mean, first);
        y[row] = dot(rows, row * width, mean, second);
      }
      return { x, y };
    },
  };
}

function dot(rows: Float32Array, start: number, mean: Float64Array, axis: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < axis.length; d += 1)
    sum += ((rows[start + d] as number) - (mean[d] as number)) * (axis[d] as number);
  return sum;
}

function sumOf(count: number, value: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += value(i);
  return sum;
}

function normalise(vector: Float64Array): Float64Array {
  const length = Math.sqrt(sumOf(vector.length, (d) => (vector[d] ?? 0) ** 2));
  return length === 0 ? vector : vector.map((value) => value / length);
}
