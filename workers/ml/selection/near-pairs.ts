import { EMBEDDING_BYTES, embeddingDistance } from '#core/round/embedding.ts';

/**
 * Two images are nearly the same when they are nearer than this share of what an image mostly is from the one most like
 * it: what is measured stands in docs/decisions/0041-the-first-minute.md.
 */
export const NEARLY_SAME = 0.5;
/** Nearest ones that are kept of each image: of many that are the same each is found by some. */
const KEPT = 3;
/** Images without which nothing is usual. */
const LEAST = 12;

export interface NearPair {
  /** Rows, `a` < `b`. */
  a: number;
  b: number;
  /** 1 is how far an image mostly is from the one most like it. */
  distance: number;
}

/**
 * Pairs of compact embeddings that are nearly the same, the closest first. Compared are rows of one group; groups hold
 * what may be alike.
 * @param embeddings [n, EMBEDDING_BYTES]
 */
export function findNearPairs(embeddings: Int8Array, groups: readonly (readonly number[])[], most: number): NearPair[] {
  const count = embeddings.length / EMBEDDING_BYTES;
  if (count < LEAST) return [];
  const near = new Int32Array(count * KEPT).fill(-1);
  const squares = new Float64Array(count * KEPT).fill(Infinity);
  const keep = (row: number, other: number, square: number): void => {
    let at = row * KEPT + KEPT - 1;
    if (square >= (squares[at] as number)) return;
    for (; at > row * KEPT && square < (squares[at - 1] as number); at -= 1) {
      squares[at] = squares[at - 1] as number;
      near[at] = near[at - 1] as number;
    }
    squares[at] = square;
    near[at] = other;
  };
  for (const group of groups)
    for (let i = 0; i < group.length; i += 1)
      for (let j = i + 1; j < group.length; j += 1) {
        const [a, b] = [group[i] as number, group[j] as number];
        const square = embeddingDistance(embeddings, a, embeddings, b);
        keep(a, b, square);
        keep(b, a, square);
      }
  const usual = usualDistance(squares);
  if (usual === 0) return [];
  const pairs = new Map<number, NearPair>();
  for (let at = 0; at < near.length; at += 1) {
    const distance = Math.sqrt(squares[at] as number) / usual;
    if (!(distance <= NEARLY_SAME)) continue;
    const [row, other] = [Math.floor(at / KEPT), near[at] as number];
    const [a, b] = [Math.min(row, other), Math.max(row, other)];
    pairs.set(a * count + b, { a, b, distance });
  }
  return [...pairs.values()].sort((x, y) => x.distance - y.distance || x.a - y.a || x.b - y.b).slice(0, most);
}

/** The median distance to the nearest one: copies of less than half of all images hardly move it. */
function usualDistance(squares: Float64Array): number {
  const nearest = Float64Array.from({ length: squares.length / KEPT }, (_, row) => squares[row * KEPT] as number)
    .filter(Number.isFinite)
    .sort();
  return Math.sqrt(nearest[Math.floor(nearest.length / 2)] ?? 0);
}
