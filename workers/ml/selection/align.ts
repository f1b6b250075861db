/**
 * Distribution alignment (Berthelot et al. 2020): scales each class by prior/mean prediction and normalises the rows
 * anew.
 * @param probabilities [n, classes]; not changed
 * @param prior share of each class, from the seed
 */
export function alignDistribution(
  probabilities: Float32Array,
  classCount: number,
  prior: readonly number[],
): Float32Array {
  const count = probabilities.length / classCount;
  const mean = new Float64Array(classCount);
  for (let i = 0; i < probabilities.length; i += 1)
    mean[i % classCount] = (mean[i % classCount] ?? 0) + (probabilities[i] ?? 0) / count;
  const aligned = new Float32Array(probabilities.length);
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let c = 0; c < classCount; c += 1) {
      const value = (probabilities[row * classCount + c] ?? 0) * ((prior[c] ?? 0) / Math.max(1e-6, mean[c] ?? 0));
      aligned[row * classCount + c] = value;
      sum += value;
    }
    for (let c = 0; c < classCount; c += 1)
      aligned[row * classCount + c] = (aligned[row * classCount + c] ?? 0) / Math.max(1e-12, sum);
  }
  return aligned;
}

/** Shares of the classes among labels, with one label added to each (Laplace). */
export function classPrior(classes: ArrayLike<number>, classCount: number): number[] {
  const counts = Array.from({ length: classCount }, () => 1);
  for (let i = 0; i < classes.length; i += 1) counts[classes[i] ?? 0] = (counts[classes[i] ?? 0] ?? 0) + 1;
  return counts.map((count) => count / (classes.length + classCount));
}
