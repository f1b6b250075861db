import { softmax } from '#core/math/probabilities.ts';
import type { Random } from '#core/math/random.ts';
import type { Points } from './k-means.ts';

const PASSES = 60;
/** Stable: standardised columns over √d keep the curvature below 1/2 (momentum 0.9 allows a rate up to 7). */
const RATE = 4;
const MOMENTUM = 0.9;
const DECAY = 1e-3;

/** The fold of each row: every class is dealt over the folds in random order, so that each fold holds some of each. */
export function dealFolds(classes: readonly number[], folds: number, random: Random): Int32Array {
  const fold = new Int32Array(classes.length);
  let at = 0;
  for (const classIndex of [...new Set(classes)].sort((a, b) => a - b)) {
    const rows = classes.flatMap((value, row) => (value === classIndex ? [row] : []));
    for (const row of random.shuffle(rows)) {
      fold[row] = at % folds;
      at += 1;
    }
  }
  return fold;
}

/**
 * Probabilities of each row from a linear head that never saw that row's label: softmax regression on standardised
 * embeddings, one head a fold. What confident learning asks for, at the price of a head instead of a model a fold.
 * @param points [n, d] embeddings of labeled images
 * @param classes class index of each row
 * @returns [n, classCount]
 */
export function crossFit(
  points: Points,
  classes: readonly number[],
  classCount: number,
  options: { folds: number; random: Random },
): Float32Array {
  const scaled = standardise(points);
  const fold = dealFolds(classes, options.folds, options.random);
  const probabilities = new Float32Array(points.count * classCount);
  for (let held = 0; held < options.folds; held += 1) {
    const weights = fitHead(scaled, classes, classCount, (row) => fold[row] !== held);
    for (let row = 0; row < points.count; row += 1) {
      if (fold[row] === held)
        probabilities.set(softmax(logitsOf(scaled, row, weights, classCount), classCount), row * classCount);
    }
  }
  return probabilities;
}

/**
 * Columns with mean 0 and variance 1, divided by √d so that one learning rate suits every width; the last column is 1,
 * for the bias.
 */
function standardise({ values, count, width }: Points): Points {
  const out = new Float32Array(count * (width + 1));
  for (let d = 0; d < width; d += 1) {
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < count; row += 1) {
      const value = values[row * width + d] ?? 0;
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    const scale = 1 / (Math.sqrt(Math.max(0, squares / count - mean * mean)) * Math.sqrt(width) + 1e-6);
    for (let row = 0; row < count; row += 1)
      out[row * (width + 1) + d] = ((values[row * width + d] ?? 0) - mean) * scale;
  }
  for (let row = 0; row < count; row += 1) out[row * (width + 1) + width] = 1;
  return { values: out, count, width: width + 1 };
}

/** Weights are [classCount, d]. */
function logitsOf({ values, width }: Points, row: number, weights: Float64Array, classCount: number): Float64Array {
  const logits = new Float64Array(classCount);
  const start = row * width;
  for (let c = 0; c < classCount; c += 1) {
    let sum = 0;
    for (let d = 0, w = c * width; d < width; d += 1, w += 1)
      sum += (values[start + d] as number) * (weights[w] as number);
    logits[c] = sum;
  }
  return logits;
}

/** Full-batch gradient descent with momentum on cross-entropy and a little weight decay. Returns [classCount, d]. */
function fitHead(
  points: Points,
  classes: readonly number[],
  classCount: number,
  uses: (row: number) => boolean,
): Float64Array {
  const { values, width } = points;
  const rows = classes.flatMap((_, row) => (uses(row) ? [row] : []));
  const weights = new Float64Array(width * classCount);
  const speed = new Float64Array(weights.length);
  for (let pass = 0; pass < PASSES && rows.length > 0; pass += 1) {
    const gradient = weights.map((weight) => weight * DECAY);
    for (const row of rows) {
      const error = softmax(logitsOf(points, row, weights, classCount), classCount);
      const truth = classes[row] ?? 0;
      error[truth] = (error[truth] ?? 0) - 1;
      const start = row * width;
      for (let c = 0; c < classCount; c += 1) {
        const share = (error[c] as number) / rows.length;
        for (let d = 0, w = c * width; d < width; d += 1, w += 1)
          gradient[w] = (gradient[w] as number) + (values[start + d] as number) * share;
      }
    }
    for (let i = 0; i < weights.length; i += 1) {
      speed[i] = MOMENTUM * (speed[i] ?? 0) - RATE * (gradient[i] ?? 0);
      weights[i] = (weights[i] ?? 0) + (speed[i] ?? 0);
    }
  }
  return weights;
}
