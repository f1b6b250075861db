/**
 * Probability vectors: softmax, divergences, calibration. Many vectors stand in one flat array, [n, classCount],
 * row after row; `truth` holds class positions.
 */

/** Smallest probability under a logarithm: keeps a certain, wrong answer finite. */
const TINY = 1e-12;

/** softmax(z / temperature), row by row. [n, classCount] → [n, classCount]. */
export function softmax(logits: ArrayLike<number>, classCount: number, temperature = 1): Float32Array {
  const result = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classCount) {
    let max = -Infinity;
    for (let c = 0; c < classCount; c += 1) max = Math.max(max, logits[start + c] ?? 0);
    let sum = 0;
    for (let c = 0; c < classCount; c += 1) {
      const e = Math.exp(((logits[start + c] ?? 0) - max) / temperature);
      result[start + c] = e;
      sum += e;
    }
    for (let c = 0; c < classCount; c += 1) result[start + c] = (result[start + c] ?? 0) / sum;
  }
  return result;
}

/** The position of the largest value in each row. [n, classCount] → [n]. The first wins a tie. */
export function argmaxRows(values: ArrayLike<number>, classCount: number): Int32Array {
  const rows = classCount === 0 ? 0 : Math.floor(values.length / classCount);
  const result = new Int32Array(rows);
  for (let r = 0; r < rows; r += 1) {
    let best = 0;
    for (let c = 1; c < classCount; c += 1) {
      if ((values[r * classCount + c] ?? 0) > (values[r * classCount + best] ?? 0)) best = c;
    }
    result[r] = best;
  }
  return result;
}

/** The largest value in each row. [n, classCount] → [n]. */
export function maxRows(values: ArrayLike<number>, classCount: number): Float32Array {
  const best = argmaxRows(values, classCount);
  return Float32Array.from(best, (c, r) => values[r * classCount + c] ?? 0);
}

/** Largest minus second largest probability of row `row`. */
export function marginOf(probabilities: ArrayLike<number>, classCount: number, row: number): number {
  let first = 0;
  let second = 0;
  for (let c = 0; c < classCount; c += 1) {
    const p = probabilities[row * classCount + c] ?? 0;
    if (p > first) {
      second = first;
      first = p;
    } else if (p > second) second = p;
  }
  return first - second;
}

/** KL(p ‖ q) = Σ p·ln(p/q), in nats, of two vectors. */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < p.length; c += 1) {
    const pc = p[c] ?? 0;
    if (pc > 0) sum += pc * Math.log(pc / Math.max(q[c] ?? 0, TINY));
  }
  return sum;
}

/** H(p, q) = −Σ p·ln q, in nats, of two vectors; p may be one-hot or soft. */
export function crossEntropy(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < p.length; c += 1) sum -= (p[c] ?? 0) * Math.log(Math.max(q[c] ?? 0, TINY));
  return sum;
}

/** Mean negative log-likelihood of the truth, in nats. 0 rows: NaN. */
export function negativeLogLikelihood(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
): number {
  let sum = 0;
  for (let r = 0; r < truth.length; r += 1)
    sum -= Math.log(Math.max(probabilities[r * classCount + (truth[r] ?? 0)] ?? 0, TINY));
  return sum / truth.length;
}

/** Mean Brier score over rows: Σ_c (p_c − [c is the truth])², 0..2. */
export function brierScore(probabilities: ArrayLike<number>, truth: ArrayLike<number>, classCount: number): number {
  let sum = 0;
  for (let r = 0; r < truth.length; r += 1) {
    for (let c = 0; c < classCount; c += 1) {
      const error = (probabilities[r * classCount + c] ?? 0) - (truth[r] === c ? 1 : 0);
      sum += error * error;
    }
  }
  return sum / truth.length;
}

/** One bar of the reliability diagram. `confidence` and `accuracy` are means over the bin, null when it is empty. */
export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  right: number;
  confidence: number | null;
  accuracy: number | null;
}

/**
 * Equal-width confidence bins of the top answer; a confidence on an edge belongs to the bin below (Guo et al. 2017).
 */
export function reliabilityBins(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
  bins = 15,
): ReliabilityBin[] {
  const counts = new Float64Array(bins);
  const rights = new Float64Array(bins);
  const sums = new Float64Array(bins);
  const answers = argmaxRows(probabilities, classCount);
  for (let r = 0; r < truth.length; r += 1) {
    const answer = answers[r] ?? 0;
    const confidence = probabilities[r * classCount + answer] ?? 0;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    counts[bin] = (counts[bin] ?? 0) + 1;
    sums[bin] = (sums[bin] ?? 0) + confidence;
    if (answer === truth[r]) rights[bin] = (rights[bin] ?? 0) + 1;
  }
  return Array.from(counts, (count, i) => {
    const right = rights[i] ?? 0;
    return {
      from: i / bins,
      to: (i + 1) / bins,
      count,
      right,
      confidence: count === 0 ? null : (sums[i] ?? 0) / count,
      accuracy: count === 0 ? null : right / count,
    };
  });
}

/** Expected calibration error: Σ bins (count/n)·|accuracy − confidence|. 0 for no rows. */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
  bins = 15,
): number {
  if (truth.length === 0) return 0;
  return reliabilityBins(probabilities, truth, classCount, bins).reduce(
    (sum, bin) => sum + (bin.count / truth.length) * Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0)),
    0,
  );
}
