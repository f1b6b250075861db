/** What human labels have bought so far, and whether more are worth asking for. */

export interface CurvePoint {
  /** Human labels that the round trained on. */
  labels: number;
  /** Validation accuracy, 0..1, and the validation images it was measured on. */
  accuracy: number;
  count: number;
}

export interface Gain {
  labels: number;
  /** Accuracy gained for 100 labels, with its 95% interval. */
  perHundred: number;
  interval: [number, number];
}

const Z = 1.959964;

/**
 * Accuracy gained for 100 labels between two points: difference of two proportions with the normal interval
 * p2 - p1 ± z·√(p1(1-p1)/n1 + p2(1-p2)/n2). Both use the same validation images, so the true interval is narrower:
 * this one errs on the side of caution. Null when no labels lie between them or nothing was measured.
 */
export function gainBetween(first: CurvePoint, last: CurvePoint): Gain | null {
  const labels = last.labels - first.labels;
  if (labels <= 0 || first.count === 0 || last.count === 0) return null;
  const difference = last.accuracy - first.accuracy;
  const error = Z * Math.sqrt((first.accuracy * (1 - first.accuracy)) / first.count + (last.accuracy * (1 - last.accuracy)) / last.count);
  const scale = 100 / labels;
  return { labels, perHundred: difference * scale, interval: [(difference - error) * scale, (difference + error) * scale] };
}

/** One point for each number of labels, the most accurate of those that share it, fewest labels first. */
export function learningCurve(points: readonly CurvePoint[]): CurvePoint[] {
  const best = new Map<number, CurvePoint>();
  for (const point of points) {
    const held = best.get(point.labels);
    if (!held || point.accuracy > held.accuracy) best.set(point.labels, point);
  }
  return [...best.values()].sort((a, b) => a.labels - b.labels);
}

/** Gain since the first point, and on the last stretch. */
export function gains(curve: readonly CurvePoint[]): { total: Gain | null; last: Gain | null } {
  const first = curve[0];
  const last = curve.at(-1);
  const previous = curve.at(-2);
  return {
    total: first && last ? gainBetween(first, last) : null,
    last: previous && last ? gainBetween(previous, last) : null,
  };
}
