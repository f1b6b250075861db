import type { Graph } from './graph.ts';

/** Share of its answer that an image takes from its neighbours; the rest is its own label (Zhou et al. 2004). */
const ALPHA = 0.99;
const ITERATIONS_MAX = 120;
/** Residual, against the labels' length, at which a class has arrived. */
const TOLERANCE = 2e-3;

/**
 * Solves (I − α·S)·F = Y for every column by conjugate gradients: how much of each label reaches each image.
 * @param labels Y, [count, columns]
 * @returns F, [count, columns], never negative
 */
export function propagate(graph: Graph, labels: Float32Array, columns: number, tolerance = TOLERANCE): Float32Array {
  const solution = new Float32Array(labels.length);
  const residual = Float32Array.from(labels);
  const direction = Float32Array.from(labels);
  const product = new Float32Array(labels.length);
  const lengths = columnProducts(residual, residual, columns);
  const goals = lengths.map((length) => tolerance * tolerance * length);
  let now = lengths;
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration += 1) {
    if (now.every((length, c) => length <= (goals[c] as number))) break;
    applySystem(graph, direction, columns, product);
    const curvature = columnProducts(direction, product, columns);
    const rates = now.map((length, c) => ((curvature[c] as number) > 0 ? length / (curvature[c] as number) : 0));
    for (let i = 0; i < solution.length; i += columns) {
      for (let c = 0; c < columns; c += 1) {
        const rate = rates[c] as number;
        solution[i + c] = (solution[i + c] as number) + rate * (direction[i + c] as number);
        residual[i + c] = (residual[i + c] as number) - rate * (product[i + c] as number);
      }
    }
    const next = columnProducts(residual, residual, columns);
    const turns = next.map((length, c) => ((now[c] as number) > 0 ? length / (now[c] as number) : 0));
    for (let i = 0; i < solution.length; i += columns) {
      for (let c = 0; c < columns; c += 1) {
        direction[i + c] = (residual[i + c] as number) + (turns[c] as number) * (direction[i + c] as number);
      }
    }
    now = next;
  }
  for (let i = 0; i < solution.length; i += 1) if ((solution[i] as number) < 0) solution[i] = 0;
  return solution;
}

/** (I − α·S)·x, written to `out`. */
function applySystem(graph: Graph, x: Float32Array, columns: number, out: Float32Array): void {
  const { count, starts, neighbours, weights } = graph;
  const sums = new Float64Array(columns);
  for (let i = 0; i < count; i += 1) {
    sums.fill(0);
    for (let e = starts[i] as number; e < (starts[i + 1] as number); e += 1) {
      const weight = weights[e] as number;
      const from = (neighbours[e] as number) * columns;
      for (let c = 0; c < columns; c += 1) sums[c] = (sums[c] as number) + weight * (x[from + c] as number);
    }
    for (let c = 0; c < columns; c += 1) {
      out[i * columns + c] = (x[i * columns + c] as number) - ALPHA * (sums[c] as number);
    }
  }
}

/** Σ over rows of a·b, by column. */
function columnProducts(a: Float32Array, b: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < a.length; i += columns) {
    for (let c = 0; c < columns; c += 1) {
      sums[c] = (sums[c] as number) + (a[i + c] as number) * (b[i + c] as number);
    }
  }
  return sums;
}

/**
 * Probabilities of propagated labels: each class's mass over all images is brought to its prior (class mass
 * normalisation, Zhu et al. 2003), then each image sums to 1. Where no label arrives the answer is the prior.
 * @param reached F, [count, classes]
 * @param prior share of each class, summing to 1
 * @param rows those asked for; all of them when absent. The mass is always that of all.
 */
export function reachedProbabilities(
  reached: Float32Array,
  prior: readonly number[],
  rows?: ArrayLike<number>,
): Float32Array {
  const classes = prior.length;
  const mass = new Float64Array(classes);
  for (let i = 0; i < reached.length; i += classes) {
    for (let c = 0; c < classes; c += 1) mass[c] = (mass[c] as number) + (reached[i + c] as number);
  }
  const scale = Array.from(mass, (sum, c) => (sum > 0 ? (prior[c] as number) / sum : 0));
  const count = rows?.length ?? reached.length / classes;
  const out = new Float32Array(count * classes);
  for (let i = 0; i < count; i += 1) {
    const at = (rows?.[i] ?? i) * classes;
    let sum = 0;
    for (let c = 0; c < classes; c += 1) sum += (reached[at + c] as number) * (scale[c] as number);
    for (let c = 0; c < classes; c += 1) {
      out[i * classes + c] =
        sum > 1e-30 ? ((reached[at + c] as number) * (scale[c] as number)) / sum : (prior[c] as number);
    }
  }
  return out;
}
