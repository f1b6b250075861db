import { embeddingDistance, EMBEDDING_BYTES } from './embedding.ts';

/**
 * Positions of up to `count` embeddings that weigh much and lie far apart: the weightiest first, then each time the one
 * whose weight times distance to the nearest chosen one is largest (farthest first, Gonzalez 1985). Of equal ones the
 * first.
 * @param embeddings compact, [n, EMBEDDING_BYTES]
 * @param weights [n], of any unit, above 0
 */
export function pickApart(embeddings: Int8Array, weights: ArrayLike<number>, count: number): number[] {
  const n = embeddings.length / EMBEDDING_BYTES;
  const nearest = new Float64Array(n).fill(Infinity);
  const used = new Uint8Array(n);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, n)) {
    let [best, most] = [-1, -1];
    for (let i = 0; i < n; i += 1) {
      if (used[i] === 1) continue;
      const weight = weights[i] ?? 0;
      const score = chosen.length === 0 ? weight : weight * Math.sqrt(nearest[i] as number);
      if (score > most) [best, most] = [i, score];
    }
    if (best < 0) break;
    used[best] = 1;
    chosen.push(best);
    for (let i = 0; i < n; i += 1)
      if (used[i] === 0)
        nearest[i] = Math.min(nearest[i] as number, embeddingDistance(embeddings, i, embeddings, best));
  }
  return chosen;
}
