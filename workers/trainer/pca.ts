import { createRandom } from '#core/random.ts';

/** A flat map of embeddings: the two directions in which they vary most. */
export interface Plane {
  /** [n, width] → x and y of each row. */
  project(embeddings: Float32Array): { x: Float32Array; y: Float32Array };
}

const ITERATIONS = 30;

/**
 * Principal components 1 and 2 by power iteration with deflation, scaled to unit variance.
 * @param embeddings [n, width]; what the plane is fitted to
 */
export function fitPlane(embeddings: Float32Array, width: number): Plane {
  const count = width === 0 ? 0 : embeddings.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < embeddings.length; i += 1) mean[i % width] = (mean[i % width] ?? 0) + (embeddings[i] ?? 0) / count;
  const random = createRandom(1);
  const axes: Float64Array[] = [];
  for (let axis = 0; axis < 2; axis += 1) {
    let vector = normalise(Float64Array.from({ length: width }, () => random.normal()));
    let length = 1;
    for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
      const next = new Float64Array(width);
      for (let row = 0; row < count; row += 1) {
        const along = dot(embeddings, row * width, mean, vector);
        for (let d = 0; d < width; d += 1) next[d] = (next[d] ?? 0) + along * ((embeddings[row * width + d] ?? 0) - (mean[d] ?? 0));
      }
      for (const other of axes) {
        const shared = sumOf(width, (d) => (next[d] ?? 0) * (other[d] ?? 0)) / sumOf(width, (d) => (other[d] ?? 0) ** 2);
        for (let d = 0; d < width; d += 1) next[d] = (next[d] ?? 0) - shared * (other[d] ?? 0);
      }
      length = Math.sqrt(sumOf(width, (d) => (next[d] ?? 0) ** 2));
      if (length < 1e-12) break;
      vector = normalise(next);
    }
    const deviation = Math.sqrt(length / Math.max(1, count));
    axes.push(vector.map((value) => (deviation > 1e-6 ? value / deviation : 0)));
  }
  const [first = new Float64Array(width), second = new Float64Array(width)] = axes;
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
  for (let d = 0; d < axis.length; d += 1) sum += ((rows[start + d] ?? 0) - (mean[d] ?? 0)) * (axis[d] ?? 0);
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
