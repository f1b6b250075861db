import type { Points } from '../selection/k-means.ts';

/** A linear head: logits = W·x + b. */
export interface Probe {
  /** [classes, width + 1]; the last column is the bias. */
  weights: Float64Array;
  classes: number;
  width: number;
}

/** What a probe learns from. */
export interface ProbeTask {
  points: Pick<Points, 'values' | 'width'> | { values: Int8Array; width: number };
  /** Positions in `points`. */
  rows: ArrayLike<number>;
  /** What each should be, [rows, classes], each row summing to 1: soft or one-hot. */
  targets: Float32Array;
  classes: number;
  /** How much each row counts; 1 when absent. */
  rowWeights?: ArrayLike<number>;
}

const MEMORY = 8;
/** How far a fit goes: steps at most, and the gradient's length, against that at the start, at which it has arrived. */
interface Effort {
  iterations: number;
  tolerance: number;
}
/** Probabilities no longer move. */
const THOROUGH: Effort = { iterations: 60, tolerance: 1e-3 };
/** For comparing: which answer comes first no longer moves, for a third of the time. */
export const QUICK: Effort = { iterations: 25, tolerance: 1e-2 };

/**
 * Multinomial logistic regression by L-BFGS (Nocedal & Wright 7.4): mean cross-entropy + decay/2·|W|², the bias free.
 * Deterministic: it starts from `start`, or from zeros.
 */
export function fitProbe(task: ProbeTask, decay: number, start: Probe | null = null, effort: Effort = THOROUGH): Probe {
  const { classes } = task;
  const { width } = task.points;
  const data = gather(task);
  const size = classes * (width + 1);
  const evaluate = (weights: Float64Array, gradient: Float64Array): number => loss(data, weights, decay, gradient);
  const weights = minimise(evaluate, start ? Float64Array.from(start.weights) : new Float64Array(size), effort);
  return { weights, classes, width };
}

interface Data {
  /** [n, width]; doubles, or each number would be turned into one at every use. */
  values: Float64Array;
  /** [n, classes] */
  targets: Float32Array;
  /** Summing to 1. */
  shares: Float64Array;
  count: number;
  width: number;
  classes: number;
}

/** The rows side by side: a fit reads them some hundred times. */
function gather({ points, rows, targets, classes, rowWeights }: ProbeTask): Data {
  const { width } = points;
  const count = rows.length;
  const values = new Float64Array(count * width);
  const shares = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i += 1) {
    const from = (rows[i] as number) * width;
    for (let d = 0; d < width; d += 1) values[i * width + d] = points.values[from + d] as number;
    shares[i] = rowWeights?.[i] ?? 1;
    total += shares[i] as number;
  }
  for (let i = 0; i < count; i += 1) shares[i] = (shares[i] as number) / Math.max(total, 1e-12);
  return { values, targets, shares, count, width, classes };
}

/** Loss at these weights; the gradient is written. */
function loss(data: Data, weights: Float64Array, decay: number, gradient: Float64Array): number {
  const { values, targets, shares, count, width, classes } = data;
  const stride = width + 1;
  const logits = new Float64Array(classes);
  let sum = 0;
  for (let c = 0; c < classes; c += 1) {
    for (let d = 0; d < width; d += 1) {
      const w = weights[c * stride + d] as number;
      gradient[c * stride + d] = decay * w;
      sum += 0.5 * decay * w * w;
    }
    gradient[c * stride + width] = 0;
  }
  for (let i = 0; i < count; i += 1) {
    const at = i * width;
    logitsInto(logits, values, at, weights, width);
    let top = -Infinity;
    for (let c = 0; c < classes; c += 1) top = Math.max(top, logits[c] as number);
    let mass = 0;
    for (let c = 0; c < classes; c += 1) mass += Math.exp((logits[c] as number) - top);
    const logMass = Math.log(mass) + top;
    const share = shares[i] as number;
    for (let c = 0; c < classes; c += 1) {
      const target = targets[i * classes + c] as number;
      const logP = (logits[c] as number) - logMass;
      if (target > 0) sum -= share * target * logP;
      const error = share * (Math.exp(logP) - target);
      const to = c * stride;
      for (let d = 0; d < width; d += 1) {
        gradient[to + d] = (gradient[to + d] as number) + error * (values[at + d] as number);
      }
      gradient[to + width] = (gradient[to + width] as number) + error;
    }
  }
  return sum;
}

function logitsInto(
  logits: Float64Array,
  values: ArrayLike<number>,
  at: number,
  weights: Float64Array,
  width: number,
): void {
  const stride = width + 1;
  for (let c = 0; c < logits.length; c += 1) {
    const w = c * stride;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let d = 0;
    for (; d + 4 <= width; d += 4) {
      s0 += (values[at + d] as number) * (weights[w + d] as number);
      s1 += (values[at + d + 1] as number) * (weights[w + d + 1] as number);
      s2 += (values[at + d + 2] as number) * (weights[w + d + 2] as number);
      s3 += (values[at + d + 3] as number) * (weights[w + d + 3] as number);
    }
    for (; d < width; d += 1) s0 += (values[at + d] as number) * (weights[w + d] as number);
    logits[c] = s0 + s1 + (s2 + s3) + (weights[w + width] as number);
  }
}

/** L-BFGS with backtracking to Armijo's condition. Returns the minimiser; `x` is overwritten. */
function minimise(
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  x: Float64Array,
  { iterations, tolerance }: Effort,
): Float64Array {
  let gradient = new Float64Array(x.length);
  let value = evaluate(x, gradient);
  const goal = tolerance * Math.max(1e-3, Math.sqrt(product(gradient, gradient)));
  const steps: Float64Array[] = [];
  const turns: Float64Array[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    if (Math.sqrt(product(gradient, gradient)) <= goal) break;
    const direction = descend(gradient, steps, turns);
    const slope = product(gradient, direction);
    let rate = steps.length === 0 ? 1 / Math.max(1e-12, Math.sqrt(product(gradient, gradient))) : 1;
    let next = x;
    let nextGradient = gradient;
    let nextValue = Infinity;
    for (let halving = 0; halving < 20; halving += 1, rate *= 0.5) {
      next = x.map((w, i) => w + rate * (direction[i] as number));
      nextGradient = new Float64Array(x.length);
      nextValue = evaluate(next, nextGradient);
      if (nextValue <= value + 1e-4 * rate * slope) break;
    }
    if (!(nextValue < value)) break;
    const step = next.map((w, i) => w - (x[i] as number));
    const turn = nextGradient.map((g, i) => g - (gradient[i] as number));
    if (product(step, turn) > 1e-12) {
      steps.push(step);
      turns.push(turn);
      if (steps.length > MEMORY) {
        steps.shift();
        turns.shift();
      }
    }
    [x, gradient, value] = [next, nextGradient, nextValue];
  }
  return x;
}

/** The two-loop recursion: −H·gradient. */
function descend(gradient: Float64Array, steps: readonly Float64Array[], turns: readonly Float64Array[]): Float64Array {
  const q = Float64Array.from(gradient);
  const alphas: number[] = [];
  for (let k = steps.length - 1; k >= 0; k -= 1) {
    const [s, y] = [steps[k] as Float64Array, turns[k] as Float64Array];
    const alpha = product(s, q) / product(s, y);
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i += 1) q[i] = (q[i] as number) - alpha * (y[i] as number);
  }
  const [s, y] = [steps.at(-1), turns.at(-1)];
  const scale = s && y ? product(s, y) / product(y, y) : 1;
  for (let i = 0; i < q.length; i += 1) q[i] = (q[i] as number) * scale;
  for (let k = 0; k < steps.length; k += 1) {
    const [step, turn] = [steps[k] as Float64Array, turns[k] as Float64Array];
    const beta = product(turn, q) / product(step, turn);
    const difference = (alphas[k] as number) - beta;
    for (let i = 0; i < q.length; i += 1) q[i] = (q[i] as number) + difference * (step[i] as number);
  }
  return q.map((value) => -value);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Logits of rows of points.
 * @param rows positions; all of them when absent
 * @returns [rows, classes]
 */
export function probeLogits(
  probe: Probe,
  points: { values: Float32Array | Int8Array; width: number },
  rows?: ArrayLike<number>,
): Float32Array {
  const { classes, width, weights } = probe;
  const count = rows?.length ?? points.values.length / width;
  const out = new Float32Array(count * classes);
  const logits = new Float64Array(classes);
  for (let i = 0; i < count; i += 1) {
    logitsInto(logits, points.values, (rows?.[i] ?? i) * width, weights, width);
    out.set(logits, i * classes);
  }
  return out;
}

/** One-hot targets [n, classes] of class indices. */
export function oneHot(classes: ArrayLike<number>, classCount: number): Float32Array {
  const targets = new Float32Array(classes.length * classCount);
  for (let i = 0; i < classes.length; i += 1) targets[i * classCount + (classes[i] as number)] = 1;
  return targets;
}
