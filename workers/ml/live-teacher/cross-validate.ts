import { negativeLogLikelihood, softmax } from '#core/math/probabilities.ts';
import type { Random } from '#core/math/random.ts';
import { dealFolds } from '../selection/cross-fit.ts';
import type { Points } from '../selection/k-means.ts';
import type { Graph } from './graph.ts';
import { fitProbe, oneHot, probeLogits, QUICK, type Probe } from './probe.ts';
import { propagate, reachedProbabilities } from './propagate.ts';

/** Human answers as the teacher takes them: positions in the points, and the class index of each. */
export interface Answers {
  rows: readonly number[];
  classes: readonly number[];
  classCount: number;
}

/** Where labels go on the graph: each answer's nodes and their shares, summing to 1; on a whole graph one, itself. */
export type Places = readonly { node: number; share: number }[][];

/**
 * Answers dealt over folds, and what of each fold's labels reaches every node. Propagation is linear: what any union
 * of folds brings is a sum, so that cross-validation and the learning curve cost one solve in all.
 */
export interface Folds {
  count: number;
  /** The fold of each answer. */
  of: Int32Array;
  /** By fold, [nodes, classes]; null without a graph. */
  reached: Float32Array[] | null;
}

const FOLDS = 5;

/** Deals answers over folds, every class in turn, and lets each fold's labels travel. */
export function deal(graph: Graph | null, places: Places, answers: Answers, random: Random): Folds {
  const { classes, classCount } = answers;
  const count = Math.max(1, Math.min(FOLDS, classes.length));
  const of = dealFolds(classes, count, random);
  if (!graph) return { count, of, reached: null };
  // Only columns that hold a label are solved for.
  const columnOf = new Map<number, number>();
  classes.forEach((classIndex, i) => {
    const key = (of[i] as number) * classCount + classIndex;
    if (!columnOf.has(key)) columnOf.set(key, columnOf.size);
  });
  const columns = columnOf.size;
  const labels = new Float32Array(graph.count * columns);
  classes.forEach((classIndex, i) => {
    const column = columnOf.get((of[i] as number) * classCount + classIndex) ?? 0;
    for (const { node, share } of places[i] ?? []) {
      labels[node * columns + column] = (labels[node * columns + column] as number) + share;
    }
  });
  const solved = propagate(graph, labels, columns);
  const reached = Array.from({ length: count }, () => new Float32Array(graph.count * classCount));
  for (const [key, column] of columnOf) {
    const target = reached[Math.floor(key / classCount)] as Float32Array;
    const classIndex = key % classCount;
    for (let i = 0; i < graph.count; i += 1) {
      target[i * classCount + classIndex] = solved[i * columns + column] as number;
    }
  }
  return { count, of, reached };
}

/** What these folds' labels together bring to every node, [nodes, classes]; null without a graph. */
export function sumReached(folds: Folds, uses: (fold: number) => boolean): Float32Array | null {
  if (!folds.reached) return null;
  const sum = new Float32Array(folds.reached[0]?.length ?? 0);
  folds.reached.forEach((reached, fold) => {
    if (!uses(fold)) return;
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] as number) + (reached[i] as number);
  });
  return sum;
}

/** Share of each class among answers, two of each added, so that a class drawn seldom is not taken for rare. */
export function classPrior({ classes, classCount }: Pick<Answers, 'classes' | 'classCount'>): number[] {
  const counts = Array.from({ length: classCount }, () => 2);
  for (const classIndex of classes) counts[classIndex] = (counts[classIndex] ?? 0) + 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

/** What the teachers say of answers that they did not see. */
export interface OutOfFold {
  /** Positions in the answers. */
  held: number[];
  /** [held, classes] */
  probe: Float32Array;
  /** Probabilities, [held, classes]; null without a graph. */
  propagated: Float32Array | null;
}

/** Both teachers trained on some folds, asked about the answers of the others. */
export function holdOut(
  input: { points: Pick<Points, 'values' | 'width'>; places: Places; answers: Answers; folds: Folds },
  uses: (fold: number) => boolean,
  decay: number,
  start: Probe | null = null,
): OutOfFold & { fitted: Probe } {
  const { points, places, answers, folds } = input;
  const positions = answers.rows.map((_, i) => i);
  const kept = positions.filter((i) => uses(folds.of[i] as number));
  const held = positions.filter((i) => !uses(folds.of[i] as number));
  const classes = kept.map((i) => answers.classes[i] as number);
  const rows = kept.map((i) => answers.rows[i] as number);
  const targets = oneHot(classes, answers.classCount);
  const fitted = fitProbe({ points, rows, targets, classes: answers.classCount }, decay, start, QUICK);
  const asked = held.map((i) => answers.rows[i] as number);
  const reached = sumReached(folds, uses);
  const prior = classPrior({ classes, classCount: answers.classCount });
  return {
    held,
    fitted,
    probe: probeLogits(fitted, points, asked),
    propagated:
      reached &&
      placedProbabilities(
        reached,
        prior,
        held.map((i) => places[i] ?? []),
      ),
  };
}

/** Propagated probabilities of images that stand on the graph at places: themselves, or their nearest nodes. */
export function placedProbabilities(reached: Float32Array, prior: readonly number[], places: Places): Float32Array {
  const classes = prior.length;
  const nodes = places.flatMap((shares) => shares.map(({ node }) => node));
  const each = reachedProbabilities(reached, prior, nodes);
  const out = new Float32Array(places.length * classes);
  let at = 0;
  places.forEach((shares, i) => {
    for (const { share } of shares) {
      for (let c = 0; c < classes; c += 1) {
        out[i * classes + c] = (out[i * classes + c] as number) + share * (each[at * classes + c] as number);
      }
      at += 1;
    }
  });
  return out;
}

/** Penalties that are tried, by the number of labels: few labels want a flat head. */
const DECAYS = [0.01, 2e-3, 4e-4, 1e-4];
/** Labels above which the penalty is chosen on a part of them: its best value hardly moves, its cost does. */
const CHOOSE_ON = 300;

/** The penalty for want of evidence: about 0.05 over the labels of a class. */
export const usualDecay = (labelsPerClass: number): number =>
  Math.min(0.1, Math.max(1e-4, 0.05 / Math.max(1, labelsPerClass)));

/** The penalty whose probes find the labels of folds that they did not see likeliest. */
export function chooseDecay(
  points: Pick<Points, 'values' | 'width'>,
  answers: Answers,
  folds: Pick<Folds, 'of' | 'count'>,
): number {
  const { classCount } = answers;
  const some = spread(answers.rows.length, CHOOSE_ON);
  const losses = new Float64Array(DECAYS.length);
  for (let fold = 0; fold < Math.min(folds.count, 2); fold += 1) {
    const kept = some.filter((i) => folds.of[i] !== fold);
    const held = some.filter((i) => folds.of[i] === fold);
    const targets = oneHot(
      kept.map((i) => answers.classes[i] as number),
      classCount,
    );
    const rows = kept.map((i) => answers.rows[i] as number);
    const truth = held.map((i) => answers.classes[i] as number);
    const asked = held.map((i) => answers.rows[i] as number);
    let probe: Probe | null = null;
    for (const [d, decay] of DECAYS.entries()) {
      // The flatter one is a good start for the next.
      probe = fitProbe({ points, rows, targets, classes: classCount }, decay, probe, QUICK);
      const answered = softmax(probeLogits(probe, points, asked), classCount);
      losses[d] = (losses[d] ?? 0) + negativeLogLikelihood(answered, truth, classCount) * held.length;
    }
  }
  let best = 0;
  for (let d = 1; d < losses.length; d += 1) if ((losses[d] as number) < (losses[best] as number)) best = d;
  return DECAYS[best] as number;
}

/** So many positions at even distances: answers are sorted by image, so the first ones may be of one import. */
function spread(count: number, most: number): number[] {
  const size = Math.min(count, most);
  return Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
}
