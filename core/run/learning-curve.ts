/** What human labels have bought so far, and whether more are worth asking for. */

export interface CurvePoint {
  /** Human labels that the round trained on. */
  labels: number;
  /** Validation accuracy, 0..1, and the validation images it was measured on. */
  accuracy: number;
  count: number;
}

/** A point of nets that differ in nothing but their labels: `kind` names what they share. */
export interface AlonePoint extends CurvePoint {
  kind: string;
}

export interface Gain {
  labels: number;
  /** Accuracy gained for 100 labels, with its 95% interval. */
  perHundred: number;
  interval: [number, number];
}

const Z = 1.959964;
/** Labels between two points below which a gain for 100 of them is noise, however it is written. */
const LABELS_LEAST = 20;

/**
 * Accuracy gained for 100 labels between two points: difference of two proportions with the normal interval
 * p2 - p1 ± z·√(p1(1-p1)/n1 + p2(1-p2)/n2). Both use the same validation images, so the true interval is narrower:
 * this one errs on the side of caution. Null when fewer than 20 labels lie between them or nothing was measured.
 */
export function gainBetween(first: CurvePoint, last: CurvePoint): Gain | null {
  const labels = last.labels - first.labels;
  if (labels < LABELS_LEAST || first.count === 0 || last.count === 0) return null;
  const difference = last.accuracy - first.accuracy;
  const error =
    Z *
    Math.sqrt(
      (first.accuracy * (1 - first.accuracy)) / first.count + (last.accuracy * (1 - last.accuracy)) / last.count,
    );
  const scale = 100 / labels;
  return {
    labels,
    perHundred: difference * scale,
    interval: [(difference - error) * scale, (difference + error) * scale],
  };
}

/**
 * What labels alone bring: points of one kind, fewest labels first. Kinds are never mixed, or a larger net's gain would
 * be credited to the labels; of several kinds the one with the most numbers of labels speaks, of equal ones that which
 * comes first. Points that share a number of labels count with their mean, for the best of several is lucky.
 */
export function learningCurve(points: readonly AlonePoint[]): AlonePoint[] {
  const curves = groups(points, ({ kind }) => kind).map((ofKind) =>
    groups(ofKind, ({ labels }) => labels)
      .map((same) => ({
        ...(same[0] as AlonePoint),
        accuracy: same.reduce((sum, { accuracy }) => sum + accuracy, 0) / same.length,
      }))
      .sort((a, b) => a.labels - b.labels),
  );
  return curves.sort((a, b) => b.length - a.length)[0] ?? [];
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string | number): T[][] {
  const found = new Map<string | number, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return [...found.values()];
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
