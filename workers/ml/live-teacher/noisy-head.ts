import { softmax } from '#core/math/probabilities.ts';
import { createRandom, type Random } from '#core/math/random.ts';
import type { Points } from '../selection/k-means.ts';
import { timesTransposed, transpose } from './products.ts';

/** A student on features: one hidden layer, noise on the way in. */
export interface NoisyHead {
  width: number;
  hidden: number;
  classes: number;
  /** [hidden, width] and [hidden] */
  inner: Float32Array;
  innerBias: Float32Array;
  /** [classes, hidden] and [classes] */
  outer: Float32Array;
  outerBias: Float32Array;
}

export interface NoisyHeadTask {
  /**
   * Transformed features of the same images, one set a view: the first of the image as it is, the others of its
   * RandAugmented versions, embedded once.
   */
  views: readonly Points[];
  labeled: { rows: readonly number[]; classes: readonly number[] };
  /** The teacher's probabilities for `rows`, [rows, classes]. */
  pseudo: { rows: readonly number[]; targets: Float32Array };
  classes: number;
  /** Units of the hidden layer; an iterated round keeps as many or takes more. */
  hidden: number;
  steps: number;
  seed: number;
  /** Share of hidden units dropped at each step. */
  dropout?: number;
}

const LABELED_ROWS = 32;
const PSEUDO_ROWS = 96;
/** Weight of the pseudo-label loss against the labeled loss, as in a round from scratch. */
const PSEUDO_WEIGHT = 3;
/** Adam's usual settings (Kingma & Ba 2015); the rate falls to zero along a cosine. */
const RATE = 2e-3;
const [FADE, FADE_SQUARES, TINY] = [0.9, 0.999, 1e-8];
const DECAY = 1e-4;

/** Rows of length 1 are stretched to it, so that units see numbers near 1. */
const STRETCH = 8;

/**
 * A noisy student on features (Xie et al. 2020, on a frozen backbone): labels and the teacher's soft pseudo-labels,
 * each image through a view drawn anew at every step, dropout inside. Deterministic for a seed.
 */
export function trainNoisyHead(task: NoisyHeadTask): NoisyHead {
  const { views, classes, hidden, steps, seed, dropout = 0.3 } = task;
  const width = views[0]?.width ?? 0;
  const random = createRandom(seed).fork('noisy-head');
  const head: NoisyHead = {
    width,
    hidden,
    classes,
    inner: drawn(hidden * width, Math.sqrt(2 / width), random),
    innerBias: new Float32Array(hidden),
    outer: new Float32Array(classes * hidden),
    outerBias: new Float32Array(classes),
  };
  const parts = [head.inner, head.innerBias, head.outer, head.outerBias];
  const memory = parts.map((part) => ({
    part,
    mean: new Float32Array(part.length),
    squares: new Float32Array(part.length),
  }));
  for (let step = 0; step < steps; step += 1) {
    const batch = drawBatch(task, width, random);
    const gradients = gradientsOf(head, batch, dropout, random);
    const rate = (RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2;
    memory.forEach(({ part, mean, squares }, i) => {
      const gradient = gradients[i] as Float32Array;
      const [unbias, unbiasSquares] = [1 - FADE ** (step + 1), 1 - FADE_SQUARES ** (step + 1)];
      for (let k = 0; k < part.length; k += 1) {
        const g = gradient[k] as number;
        mean[k] = FADE * (mean[k] as number) + (1 - FADE) * g;
        squares[k] = FADE_SQUARES * (squares[k] as number) + (1 - FADE_SQUARES) * g * g;
        const move = (mean[k] as number) / unbias / (Math.sqrt((squares[k] as number) / unbiasSquares) + TINY);
        part[k] = (part[k] as number) - rate * (move + DECAY * (part[k] as number));
      }
    });
  }
  return head;
}

interface Batch {
  /** [rows, width] */
  inputs: Float32Array;
  /** [rows, classes] */
  targets: Float32Array;
  /** What each row's loss counts, summing to 1. */
  shares: Float32Array;
}

function drawBatch(task: NoisyHeadTask, width: number, random: Random): Batch {
  const { views, labeled, pseudo, classes } = task;
  const pseudoRows = pseudo.rows.length > 0 ? PSEUDO_ROWS : 0;
  const count = LABELED_ROWS + pseudoRows;
  const batch = {
    inputs: new Float32Array(count * width),
    targets: new Float32Array(count * classes),
    shares: new Float32Array(count),
  };
  const whole = pseudoRows > 0 ? 1 + PSEUDO_WEIGHT : 1;
  for (let i = 0; i < count; i += 1) {
    const human = i < LABELED_ROWS;
    const at = random.below(human ? labeled.rows.length : pseudo.rows.length);
    const row = (human ? labeled.rows[at] : pseudo.rows[at]) ?? 0;
    const view = views[random.below(views.length)];
    for (let d = 0; d < width; d += 1) batch.inputs[i * width + d] = STRETCH * (view?.values[row * width + d] ?? 0);
    if (human) batch.targets[i * classes + (labeled.classes[at] ?? 0)] = 1;
    else batch.targets.set(pseudo.targets.subarray(at * classes, (at + 1) * classes), i * classes);
    batch.shares[i] = human ? 1 / LABELED_ROWS / whole : PSEUDO_WEIGHT / pseudoRows / whole;
  }
  return batch;
}

/** Gradients of inner, its bias, outer, its bias. */
function gradientsOf(head: NoisyHead, batch: Batch, dropout: number, random: Random): Float32Array[] {
  const { hidden, classes, width } = head;
  const count = batch.shares.length;
  const units = activate(head, batch.inputs);
  if (dropout > 0) {
    const kept = 1 / (1 - dropout);
    for (let k = 0; k < units.length; k += 1) {
      units[k] = (units[k] as number) > 0 && random.next() >= dropout ? (units[k] as number) * kept : 0;
    }
  }
  const errors = softmax(answer(head, units), classes);
  for (let i = 0; i < count; i += 1) {
    for (let c = 0; c < classes; c += 1) {
      const k = i * classes + c;
      errors[k] = (batch.shares[i] as number) * ((errors[k] as number) - (batch.targets[k] as number));
    }
  }
  const errorsByClass = transpose(errors, classes);
  const outer = timesTransposed(errorsByClass, transpose(units, hidden), count);
  const back = timesTransposed(errors, transpose(head.outer, hidden), classes);
  const scale = dropout > 0 ? 1 / (1 - dropout) : 1;
  for (let k = 0; k < back.length; k += 1) back[k] = (units[k] as number) > 0 ? (back[k] as number) * scale : 0;
  const backByUnit = transpose(back, hidden);
  const inner = timesTransposed(backByUnit, transpose(batch.inputs, width), count);
  return [inner, sumRows(backByUnit, count), outer, sumRows(errorsByClass, count)];
}

function activate(head: NoisyHead, inputs: Float32Array): Float32Array {
  const units = timesTransposed(inputs, head.inner, head.width);
  for (let k = 0; k < units.length; k += 1) {
    units[k] = Math.max(0, (units[k] as number) + (head.innerBias[k % head.hidden] as number));
  }
  return units;
}

function answer(head: NoisyHead, units: Float32Array): Float32Array {
  const logits = timesTransposed(units, head.outer, head.hidden);
  for (let k = 0; k < logits.length; k += 1)
    logits[k] = (logits[k] as number) + (head.outerBias[k % head.classes] as number);
  return logits;
}

function sumRows(values: Float32Array, columns: number): Float32Array {
  const sums = new Float32Array(values.length / columns);
  for (let k = 0; k < values.length; k += 1) {
    const row = Math.floor(k / columns);
    sums[row] = (sums[row] as number) + (values[k] as number);
  }
  return sums;
}

function drawn(count: number, deviation: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => deviation * random.normal());
}

/** Logits of transformed features, without noise, [points, classes]. */
export function noisyHeadLogits(head: NoisyHead, points: Points): Float32Array {
  const inputs = points.values.map((value) => STRETCH * value);
  return answer(head, activate(head, inputs));
}
