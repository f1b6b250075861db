export interface Suspect {
  /** Row of the labeled image. */
  row: number;
  given: number;
  /** Class that the model holds more likely. */
  suggested: number;
  /** Probability of the suggested class minus that of the given one. */
  margin: number;
}

/**
 * Confident learning (Northcutt et al. 2021): a label is suspect when another class reaches that class's own mean
 * self-confidence and is the likeliest. Ask people to look again; never change a label by machine.
 * @param probabilities out-of-fold, [n, classes]
 * @param given class index of each row
 * @returns suspects, the clearest first
 */
export function findSuspects(
  probabilities: ArrayLike<number>,
  given: readonly number[],
  classCount: number,
): Suspect[] {
  const sums = new Float64Array(classCount);
  const counts = new Float64Array(classCount);
  for (const [row, classIndex] of given.entries()) {
    sums[classIndex] = (sums[classIndex] ?? 0) + (probabilities[row * classCount + classIndex] ?? 0);
    counts[classIndex] = (counts[classIndex] ?? 0) + 1;
  }
  const threshold = (c: number): number => ((counts[c] ?? 0) === 0 ? 1 : (sums[c] ?? 0) / (counts[c] ?? 1));
  const suspects: Suspect[] = [];
  for (const [row, classIndex] of given.entries()) {
    let suggested = -1;
    let best = 0;
    for (let c = 0; c < classCount; c += 1) {
      const p = probabilities[row * classCount + c] ?? 0;
      if (p >= threshold(c) && p > best) [best, suggested] = [p, c];
    }
    if (suggested >= 0 && suggested !== classIndex) {
      suspects.push({
        row,
        given: classIndex,
        suggested,
        margin: best - (probabilities[row * classCount + classIndex] ?? 0),
      });
    }
  }
  return suspects.sort((a, b) => b.margin - a.margin || a.row - b.row);
}
