/** What charts draw, as plain numbers: tested without a browser. */

/** A bin of a histogram: [from, to), the last one closed. */
export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Counts values 0..1 (or any range) in equal bins; values outside fall into the end bins; NaN is left out. */
export const histogram = (values: Iterable<number>, bins: number, range: readonly [number, number] = [0, 1]): Bin[] => {
  const [low, high] = range;
  const width = (high - low) / bins;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const index = Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({ from: low + index * width, to: low + (index + 1) * width, count }));
};

export interface ReliabilityBin {
  /** Edges of confidence. */
  from: number;
  to: number;
  count: number;
  /** Mean confidence, share correct. Null in an empty bin. */
  confidence: number | null;
  accuracy: number | null;
  /** 95% interval of the accuracy. */
  interval: readonly [number, number];
}

/**
 * Exponential smoothing without the pull to zero at the start (Adam's bias correction). Null stays null. `weight` 0..1;
 * 0 changes nothing.
 */
export const smooth = (values: readonly (number | null)[], weight: number): (number | null)[] => {
  let last = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    seen += 1;
    last = last * weight + (1 - weight) * value;
    return last / (1 - weight ** seen);
  });
};

/**
 * Keeps the shape of a long series in at most about `max` points: the smallest and largest of each bucket, in order.
 */
export const thin = (
  xs: readonly number[],
  ys: readonly (number | null)[],
  max: number,
): { xs: number[]; ys: (number | null)[] } => {
  if (xs.length <= max) return { xs: [...xs], ys: [...ys] };
  const buckets = Math.max(1, Math.floor(max / 2));
  const keep = new Set<number>([0, xs.length - 1]);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = Math.floor((bucket * xs.length) / buckets);
    const to = Math.floor(((bucket + 1) * xs.length) / buckets);
    let low = -1;
    let high = -1;
    for (let index = from; index < to; index += 1) {
      const value = ys[index];
      if (value === null || value === undefined) continue;
      if (low < 0 || value < (ys[low] ?? Infinity)) low = index;
      if (high < 0 || value > (ys[high] ?? -Infinity)) high = index;
    }
    if (low >= 0) keep.add(low);
    if (high >= 0) keep.add(high);
  }
  const indices = [...keep].sort((a, b) => a - b);
  return { xs: indices.map((index) => xs[index] ?? 0), ys: indices.map((index) => ys[index] ?? null) };
};

/** Row shares of confusion counts [truth][predicted]; an empty row is zeros. */
export const rowShares = (counts: readonly (readonly number[])[]): number[][] =>
  counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 0 : count / total));
  });

/** The answer of a confusion [truth][predicted] that is wrong most often; null where none is wrong. */
export function worstCell(
  counts: readonly (readonly number[])[],
): { truth: number; predicted: number; count: number } | null {
  let worst: { truth: number; predicted: number; count: number } | null = null;
  for (const [truth, row] of counts.entries())
    for (const [predicted, count] of row.entries())
      if (truth !== predicted && count > (worst?.count ?? 0)) worst = { truth, predicted, count };
  return worst;
}

interface TableLine {
  label: string;
  values: readonly (number | null)[];
  interval?: readonly (readonly [number, number] | null)[];
}

/** The numbers of lines over x as a table: each line a column, before the ends of its interval where it has one. */
export function lineTable(
  x: { label: string; values: readonly number[] },
  lines: readonly TableLine[],
  words: { low: string; high: string; format: (value: number) => string },
): { head: string[]; rows: (string | number)[][] } {
  const say = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : words.format(value);
  return {
    head: [
      x.label,
      ...lines.flatMap(({ label, interval }) =>
        interval === undefined ? [label] : [label, `${label}, ${words.low}`, `${label}, ${words.high}`],
      ),
    ],
    rows: x.values.map((at, index) => [
      at,
      ...lines.flatMap(({ values, interval }) =>
        interval === undefined
          ? [say(values[index])]
          : [say(values[index]), say(interval[index]?.[0]), say(interval[index]?.[1])],
      ),
    ]),
  };
}

/** "M x y L x y …" through the points; a null breaks the line. */
export const linePath = (points: readonly (readonly [number, number] | null)[]): string => {
  let path = '';
  let pen = false;
  for (const point of points) {
    if (point === null) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${round(point[0])} ${round(point[1])}`;
    pen = true;
  }
  return path;
};

const round = (value: number): number => Math.round(value * 100) / 100;

/** Bounds of points with a margin, never of zero size. */
export const bounds = (values: ArrayLike<number>, margin = 0.04): [number, number] => {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const pad = (high - low) * margin || 0.5;
  return [low - pad, high + pad];
};

/** Finds the nearest of many points quickly: points are sorted into square cells once, by counting. */
export const makePointIndex = (xs: ArrayLike<number>, ys: ArrayLike<number>, cell: number) => {
  const count = xs.length;
  const low = (values: ArrayLike<number>): number => Math.floor((count === 0 ? 0 : bounds(values, 0)[0]) / cell) - 1;
  const [left, top] = [low(xs), low(ys)];
  const columnOf = (x: number): number => Math.floor(x / cell) - left;
  const rowOf = (y: number): number => Math.floor(y / cell) - top;
  let [columns, rows] = [1, 1];
  for (let index = 0; index < count; index += 1) {
    columns = Math.max(columns, columnOf(xs[index] ?? 0) + 2);
    rows = Math.max(rows, rowOf(ys[index] ?? 0) + 2);
  }
  const keyOf = (index: number): number => rowOf(ys[index] ?? 0) * columns + columnOf(xs[index] ?? 0);
  const starts = new Uint32Array(columns * rows + 1);
  for (let index = 0; index < count; index += 1) starts[keyOf(index) + 1] = (starts[keyOf(index) + 1] ?? 0) + 1;
  for (let key = 1; key < starts.length; key += 1) starts[key] = (starts[key] ?? 0) + (starts[key - 1] ?? 0);
  const next = starts.slice();
  const sorted = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) {
    const key = keyOf(index);
    sorted[next[key] ?? 0] = index;
    next[key] = (next[key] ?? 0) + 1;
  }
  /** Index of the nearest point within `cell` of (x, y) that is accepted, or −1. */
  return (x: number, y: number, accepts: (index: number) => boolean = () => true): number => {
    const [column, row] = [columnOf(x), rowOf(y)];
    let best = -1;
    let bestSquare = cell * cell;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r += 1) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c += 1) {
        const key = r * columns + c;
        for (let place = starts[key] ?? 0; place < (starts[key + 1] ?? 0); place += 1) {
          const index = sorted[place] ?? 0;
          const square = ((xs[index] ?? 0) - x) ** 2 + ((ys[index] ?? 0) - y) ** 2;
          if (square <= bestSquare && accepts(index)) {
            bestSquare = square;
            best = index;
          }
        }
      }
    }
    return best;
  };
};
