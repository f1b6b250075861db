import type { Points } from '../selection/k-means.ts';
import { timesTransposed } from './products.ts';

/** A symmetric, degree-normalised graph of near neighbours: S = D^(−1/2)·W·D^(−1/2), compressed by rows. */
export interface Graph {
  count: number;
  /** Where each row's neighbours begin, [count + 1]. */
  starts: Int32Array;
  neighbours: Int32Array;
  /** S of each edge. */
  weights: Float32Array;
}

/** Near neighbours of each row: similarities, the nearest first. */
export interface Neighbours {
  /** How many each row has at most. */
  width: number;
  /** [count, width]; −1 where there are fewer. */
  rows: Int32Array;
  /** Cosines, [count, width]. */
  similarities: Float32Array;
}

/** Rows that are compared with each other at once: their leading numbers stay in the first cache. */
const TILE = 64;
/** Leading numbers (those of most variance, after the principal components) that a pair is judged by first. */
const LEAD = 32;

/**
 * The nearest neighbours of every row, exactly. Rows have length 1, so a cosine is a dot product, and the rest of a
 * row bounds what its part of the product can still add (Cauchy-Schwarz): most pairs end after {@link LEAD} numbers.
 * @param points [n, width], rows of length 1
 */
export function findNeighbours(points: Points, wanted: number): Neighbours {
  const { count, width, values } = points;
  const k = Math.max(1, Math.min(wanted, count - 1));
  const lead = Math.min(LEAD, width);
  const rows = new Int32Array(count * k).fill(-1);
  const similarities = new Float32Array(count * k).fill(-2);
  const rest = new Float32Array(count);
  // Doubles: the engine would turn each number into one at every use.
  const leading = new Float64Array(count * lead);
  for (let i = 0; i < count; i += 1) {
    leading.set(values.subarray(i * width, i * width + lead), i * lead);
    let sum = 0;
    for (let d = lead; d < width; d += 1) sum += (values[i * width + d] as number) ** 2;
    rest[i] = Math.sqrt(sum);
  }
  const worst = new Float32Array(count).fill(-2);
  const offer = (i: number, j: number, similarity: number): void => {
    if (similarity <= (worst[i] as number)) return;
    const start = i * k;
    let at = start + k - 1;
    while (at > start && similarity > (similarities[at - 1] as number)) {
      similarities[at] = similarities[at - 1] as number;
      rows[at] = rows[at - 1] as number;
      at -= 1;
    }
    similarities[at] = similarity;
    rows[at] = j;
    worst[i] = similarities[start + k - 1] as number;
  };
  for (let top = 0; top < count; top += TILE) {
    const upper = leading.subarray(top * lead, Math.min(count, top + TILE) * lead);
    for (let left = top; left < count; left += TILE) {
      const wide = Math.min(count, left + TILE) - left;
      const parts = timesTransposed(upper, leading.subarray(left * lead, (left + wide) * lead), lead);
      for (let i = top; i < Math.min(count, top + TILE); i += 1) {
        const own = (i - top) * wide - left;
        const restOfI = rest[i] as number;
        for (let j = Math.max(left, i + 1); j < left + wide; j += 1) {
          const part = parts[own + j] as number;
          const most = part + restOfI * (rest[j] as number);
          if (most <= (worst[i] as number) && most <= (worst[j] as number)) continue;
          const similarity = part + dotRange(values, i * width, j * width, lead, width);
          offer(i, j, similarity);
          offer(j, i, similarity);
        }
      }
    }
  }
  return { width: k, rows, similarities };
}

/** Σ values[a + d]·values[b + d] for d in from..to. */
function dotRange(values: Float32Array, a: number, b: number, from: number, to: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let d = from;
  for (; d + 4 <= to; d += 4) {
    s0 += (values[a + d] as number) * (values[b + d] as number);
    s1 += (values[a + d + 1] as number) * (values[b + d + 1] as number);
    s2 += (values[a + d + 2] as number) * (values[b + d + 2] as number);
    s3 += (values[a + d + 3] as number) * (values[b + d + 3] as number);
  }
  for (; d < to; d += 1) s0 += (values[a + d] as number) * (values[b + d] as number);
  return s0 + s1 + (s2 + s3);
}

/** Near neighbours count far more than far ones. */
const POWER = 4;
/** So that no image is cut off from the rest. */
const WEIGHT_LEAST = 1e-6;

/** The graph that labels travel on: edge weights max(0, cosine)⁴, made symmetric by their sum, normalised by degree. */
export function buildGraph(near: Neighbours): Graph {
  const { width, rows, similarities } = near;
  const count = rows.length / width;
  const sizes = new Int32Array(count + 1);
  for (let i = 0; i < count; i += 1) {
    for (let e = i * width; e < (i + 1) * width; e += 1) {
      const j = rows[e] as number;
      if (j < 0) continue;
      sizes[i + 1] = (sizes[i + 1] as number) + 1;
      if (!knows(near, j, i)) sizes[j + 1] = (sizes[j + 1] as number) + 1;
    }
  }
  for (let i = 0; i < count; i += 1) sizes[i + 1] = (sizes[i + 1] as number) + (sizes[i] as number);
  const starts = Int32Array.from(sizes);
  const fill = starts.slice(0, count);
  const neighbours = new Int32Array(starts[count] as number);
  const weights = new Float32Array(neighbours.length);
  const put = (i: number, j: number, weight: number): void => {
    const at = fill[i] as number;
    fill[i] = at + 1;
    neighbours[at] = j;
    weights[at] = weight;
  };
  const degree = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    for (let e = i * width; e < (i + 1) * width; e += 1) {
      const j = rows[e] as number;
      if (j < 0) continue;
      const mutual = knows(near, j, i);
      const weight = (mutual ? 2 : 1) * Math.max(WEIGHT_LEAST, Math.max(0, similarities[e] as number) ** POWER);
      put(i, j, weight);
      degree[i] = (degree[i] as number) + weight;
      if (mutual) continue;
      put(j, i, weight);
      degree[j] = (degree[j] as number) + weight;
    }
  }
  for (let i = 0; i < count; i += 1) {
    for (let e = starts[i] as number; e < (starts[i + 1] as number); e += 1) {
      const both = (degree[i] as number) * (degree[neighbours[e] as number] as number);
      weights[e] = (weights[e] as number) / Math.sqrt(both);
    }
  }
  return { count, starts, neighbours, weights };
}

function knows({ rows, width }: Neighbours, i: number, j: number): boolean {
  for (let e = i * width; e < (i + 1) * width; e += 1) if (rows[e] === j) return true;
  return false;
}
