/**
 * What each class is scaled by so that the mean answer meets the prior (distribution alignment, Berthelot et al. 2020).
 * @param rows [n][classes] probabilities
 * @param prior [classes] share of each class, from the seed
 */
export function alignmentOf(rows: readonly (readonly number[])[], prior: readonly number[]): number[] {
  return prior.map((share, classIndex) => {
    const mean = rows.reduce((sum, row) => sum + (row[classIndex] ?? 0), 0) / Math.max(1, rows.length);
    return share / Math.max(1e-6, mean);
  });
}

/** A probability vector with each class scaled, made to sum 1 again; as it is without a scale. */
export function alignRow(probabilities: readonly number[], scale: readonly number[] | null): number[] {
  if (!scale) return [...probabilities];
  const scaled = probabilities.map((value, classIndex) => value * (scale[classIndex] ?? 1));
  const sum = scaled.reduce((total, value) => total + value, 0);
  return scaled.map((value) => value / Math.max(1e-12, sum));
}

/** Shares of the classes among labels, with one label added to each (Laplace). */
export function classPrior(classes: ArrayLike<number>, classCount: number): number[] {
  const counts = Array.from({ length: classCount }, () => 1);
  for (let i = 0; i < classes.length; i += 1) counts[classes[i] ?? 0] = (counts[classes[i] ?? 0] ?? 0) + 1;
  return counts.map((count) => count / (classes.length + classCount));
}
