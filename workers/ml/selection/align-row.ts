/** A probability vector with each class scaled, made to sum 1 again; as it is without a scale. */
export function alignRow(probabilities: readonly number[], scale: readonly number[] | null): number[] {
  if (!scale) return [...probabilities];
  const scaled = probabilities.map((value, classIndex) => value * (scale[classIndex] ?? 1));
  const sum = scaled.reduce((total, value) => total + value, 0);
  return scaled.map((value) => value / Math.max(1e-12, sum));
}
