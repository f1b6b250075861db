import { marginOf } from '#core/math/probabilities.ts';
import { createRandom, type Random } from '#core/math/random.ts';
import { kMeans, spreadOut } from '../selection/k-means.ts';
import type { Neighbours } from './graph.ts';
import type { PreparedTeacher } from './prepare.ts';

/** Of so many times the batch, the most uncertain first, a batch is spread out. */
const POOL_FACTOR = 5;
/** Clusters are found on at most so many images: more cost seconds and move no centre. */
const CLUSTER_ROWS = 5000;
/** Answers a class below which typical images teach more than doubtful ones: the doubts are not worth much yet. */
const TYPICAL_LABELS = 3;

export interface OrderOptions {
  /** Rows that people may be asked about: unlabeled ones of the pool. */
  open: readonly number[];
  /** Rows with an answer. */
  labeled: readonly number[];
  count: number;
  seed?: number;
}

/**
 * The images to label next: typical ones until classes have a few answers each, then doubtful ones, far apart. A random
 * share for honest figures is the caller's to mix in.
 * @param known the teacher's answers about the pool, calibrated, [count, classes]; null before the first labels
 * @returns up to `count` rows of `open`, in the order in which to ask
 */
export function orderNext(
  prepared: PreparedTeacher,
  known: { probabilities: Float32Array; classes: number } | null,
  options: OrderOptions,
): number[] {
  const { open, labeled, count } = options;
  const random = createRandom(options.seed ?? 1).fork(`order:${labeled.length}`);
  if (open.length === 0 || count <= 0) return [];
  const early = !known || labeled.length < TYPICAL_LABELS * known.classes;
  return early ? orderTypical(prepared, options, random) : orderUncertain(prepared, known, options, random);
}

/** The most uncertain by margin, then far apart among those (k-means++), so that a batch is not one doubt again. */
function orderUncertain(
  prepared: PreparedTeacher,
  known: { probabilities: Float32Array; classes: number },
  { open, count }: OrderOptions,
  random: Random,
): number[] {
  const doubts = open.map((row) => ({ row, doubt: 1 - marginOf(known.probabilities, known.classes, row) }));
  doubts.sort((a, b) => b.doubt - a.doubt || a.row - b.row);
  const top = doubts.slice(0, POOL_FACTOR * count);
  const points = prepared.read(top.map(({ row }) => row));
  const weights = top.map(({ doubt }) => doubt);
  return spreadOut(points, count, random, weights).flatMap((i) => top[i]?.row ?? []);
}

interface Cluster {
  /** Open rows, the densest first. */
  open: number[];
  size: number;
  /** How many of it are labeled or chosen. */
  covered: number;
}

/**
 * The densest image of each of the largest clusters that hold no label yet (TypiClust, Hacohen et al. 2022). Density is
 * the mean similarity to an image's neighbours on the graph.
 */
function orderTypical(prepared: PreparedTeacher, { open, labeled, count }: OrderOptions, random: Random): number[] {
  const nodeOf = new Map(Array.from(prepared.nodeRows, (row, node) => [row, node]));
  const sorted = open.filter((row) => nodeOf.has(row)).sort((a, b) => a - b);
  const room = Math.max(CLUSTER_ROWS - labeled.length, count);
  const candidates = sorted.length <= room ? sorted : random.shuffle(sorted).slice(0, room);
  const rows = [...candidates, ...[...labeled].sort((a, b) => a - b)];
  const cluster = kMeans(prepared.read(rows), Math.min(rows.length, labeled.length + count), random);
  const clusters = new Map<number, Cluster>();
  rows.forEach((row, i) => {
    const one = clusters.get(cluster[i] ?? 0) ?? { open: [], size: 0, covered: 0 };
    one.size += 1;
    if (i < candidates.length) one.open.push(row);
    else one.covered += 1;
    clusters.set(cluster[i] ?? 0, one);
  });
  const density = densities(prepared.near);
  const densityOf = (row: number): number => density[nodeOf.get(row) ?? -1] ?? 0;
  for (const one of clusters.values()) one.open.sort((a, b) => densityOf(b) - densityOf(a) || a - b);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const next = leastCovered(clusters.values());
    const row = next?.open.shift();
    if (!next || row === undefined) break;
    next.covered += 1;
    chosen.push(row);
  }
  return chosen;
}

/** Of clusters with an open row the one with the fewest labels, of equal ones the largest. */
function leastCovered(clusters: Iterable<Cluster>): Cluster | null {
  let best: Cluster | null = null;
  for (const one of clusters) {
    if (one.open.length === 0) continue;
    const better = !best || one.covered < best.covered || (one.covered === best.covered && one.size > best.size);
    if (better) best = one;
  }
  return best;
}

/** Mean similarity of each node to its neighbours. */
function densities({ width, rows, similarities }: Neighbours): Float32Array {
  const out = new Float32Array(rows.length / Math.max(1, width));
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0;
    for (let e = i * width; e < (i + 1) * width; e += 1) if ((rows[e] ?? -1) >= 0) sum += similarities[e] ?? 0;
    out[i] = sum / width;
  }
  return out;
}
