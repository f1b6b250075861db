import { createRandom } from '#core/math/random.ts';
import type { Points } from '../selection/k-means.ts';
import { buildGraph, findNeighbours, type Graph, type Neighbours } from './graph.ts';
import type { Places } from './cross-validate.ts';
import { timesTransposed } from './products.ts';
import { applyTransform, fitTransform, scaleRows, type Tap, type Transform } from './transform.ts';

/** Images up to which all stand on the graph; of more, so many drawn at random do, and a probe answers for the rest. */
export const GRAPH_ROWS = 20_000;
const NEIGHBOURS = 15;
/** Nodes on which an image that is not on the graph stands. */
const PLACES = 5;

/** A pool made ready: what does not change with the answers. */
export interface PreparedTeacher {
  /** Images of the pool. */
  count: number;
  width: number;
  /** Null for embeddings that come as they are. */
  transform: Transform | null;
  /** Transformed features of rows, of length 1, [rows, width]. */
  read(rows: ArrayLike<number>): Points;
  /** Images that stand on the graph, and their features in the same order. */
  nodeRows: Int32Array;
  nodes: Points;
  near: Neighbours;
  graph: Graph;
}

/**
 * Prepares a pool for the live teacher: transform and graph. Seconds for 10,000 images; keep the result while the pool
 * stays.
 * @param taps features of the pool's images from one or several layers of a backbone, each [n, its width]
 */
export function prepareTeacher(
  taps: readonly Tap[],
  options: { seed?: number; transform?: Transform; graphRows?: number } = {},
): PreparedTeacher {
  const transform = options.transform ?? fitTransform(taps, { seed: options.seed });
  const points = applyTransform(transform, taps);
  return prepare(points.count, points.width, transform, (rows) => pickRows(points, rows), options);
}

/**
 * The same for compact embeddings, width bytes an image, a million of them and more: they stay as they are, and only
 * rows that are read become numbers.
 */
export function prepareBytes(
  bytes: Int8Array,
  width: number,
  options: { seed?: number; graphRows?: number } = {},
): PreparedTeacher {
  const count = bytes.length / width;
  const seed = options.seed ?? 1;
  const mean = new Float32Array(width);
  const some = drawRows(count, GRAPH_ROWS, seed);
  for (const row of some) {
    for (let d = 0; d < width; d += 1) {
      mean[d] = (mean[d] as number) + (bytes[row * width + d] as number) / some.length;
    }
  }
  const read = (rows: ArrayLike<number>): Points => {
    const values = new Float32Array(rows.length * width);
    for (let i = 0; i < rows.length; i += 1) {
      const from = (rows[i] as number) * width;
      for (let d = 0; d < width; d += 1) values[i * width + d] = (bytes[from + d] as number) - (mean[d] as number);
    }
    scaleRows(values, width);
    return { values, count: rows.length, width };
  };
  return prepare(count, width, null, read, options);
}

function prepare(
  count: number,
  width: number,
  transform: Transform | null,
  read: PreparedTeacher['read'],
  options: { seed?: number; graphRows?: number },
): PreparedTeacher {
  const nodeRows = drawRows(count, options.graphRows ?? GRAPH_ROWS, options.seed ?? 1);
  const nodes = read(nodeRows);
  const near = findNeighbours(nodes, NEIGHBOURS);
  return { count, width, transform, read, nodeRows, nodes, near, graph: buildGraph(near) };
}

/** All rows in order, or so many of them drawn without replacement, in order. */
function drawRows(count: number, most: number, seed: number): Int32Array {
  if (count <= most) return Int32Array.from({ length: count }, (_, row) => row);
  const random = createRandom(seed).fork('nodes');
  const drawn = new Int32Array(most);
  let taken = 0;
  for (let row = 0; row < count && taken < most; row += 1) {
    if (random.next() * (count - row) < most - taken) {
      drawn[taken] = row;
      taken += 1;
    }
  }
  return drawn;
}

function pickRows(points: Points, rows: ArrayLike<number>): Points {
  const { width } = points;
  const values = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    values.set(points.values.subarray(row * width, (row + 1) * width), i * width);
  }
  return { values, count: rows.length, width };
}

/** Where rows stand on the graph: on themselves, or on their nearest nodes. */
export function placeRows(prepared: PreparedTeacher, rows: readonly number[]): Places {
  const nodeOf = new Map(Array.from(prepared.nodeRows, (row, node) => [row, node]));
  const strangers = rows.filter((row) => !nodeOf.has(row));
  const far = placePoints(prepared, prepared.read(strangers));
  let next = 0;
  return rows.map((row) => {
    const node = nodeOf.get(row);
    if (node !== undefined) return [{ node, share: 1 }];
    const places = far[next] ?? [];
    next += 1;
    return places;
  });
}

/** The nodes nearest to each point, with shares by similarity⁴. */
export function placePoints(prepared: PreparedTeacher, points: Points): Places {
  const { nodes, width } = prepared;
  const places: { node: number; share: number }[][] = [];
  const chunk = 64;
  for (let from = 0; from < points.count; from += chunk) {
    const some = points.values.subarray(from * width, Math.min(points.count, from + chunk) * width);
    const similarities = timesTransposed(some, nodes.values, width);
    for (let i = 0; i < some.length / width; i += 1) {
      const own = similarities.subarray(i * nodes.count, (i + 1) * nodes.count);
      places.push(nearest(own).map((node) => ({ node, share: Math.max(1e-6, own[node] as number) ** 4 })));
    }
  }
  for (const shares of places) {
    const sum = shares.reduce((total, { share }) => total + share, 0);
    for (const one of shares) one.share /= sum;
  }
  return places;
}

function nearest(similarities: Float32Array): number[] {
  const found: number[] = [];
  for (let node = 0; node < similarities.length; node += 1) {
    const last = found.at(-1);
    const full = found.length >= PLACES;
    if (full && last !== undefined && (similarities[node] as number) <= (similarities[last] as number)) continue;
    if (full) found.pop();
    let at = found.length;
    while (at > 0 && (similarities[found[at - 1] as number] as number) < (similarities[node] as number)) at -= 1;
    found.splice(at, 0, node);
  }
  return found;
}
