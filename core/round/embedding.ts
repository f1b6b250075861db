/**
 * Compact embeddings: where a model puts an image, as 64 signed bytes. Images that lie near look alike to it. The bytes
 * of one round are comparable with each other only.
 */
export const EMBEDDING_BYTES = 64;

/** Squared distance of two embeddings, in units of their bytes; `i` and `j` count embeddings. */
export function embeddingDistance(a: Int8Array, i: number, b: Int8Array, j: number): number {
  let sum = 0;
  for (let at = i * EMBEDDING_BYTES, to = j * EMBEDDING_BYTES, end = at + EMBEDDING_BYTES; at < end; at += 4, to += 4) {
    const d0 = (a[at] as number) - (b[to] as number);
    const d1 = (a[at + 1] as number) - (b[to + 1] as number);
    const d2 = (a[at + 2] as number) - (b[to + 2] as number);
    const d3 = (a[at + 3] as number) - (b[to + 3] as number);
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
  }
  return sum;
}

/** Room for a position beside a distance in one number: at most 64 · 254² distances by 2³⁰ positions stay below 2⁵³. */
const POSITIONS = 2 ** 30;

/** Positions of all embeddings, the nearest to `query` first; of equally near ones the first. */
export function rankNearest(query: Int8Array, embeddings: Int8Array): number[] {
  const keys = new Float64Array(embeddings.length / EMBEDDING_BYTES);
  for (let i = 0; i < keys.length; i += 1) keys[i] = embeddingDistance(query, 0, embeddings, i) * POSITIONS + i;
  return Array.from(keys.sort(), (key) => key % POSITIONS);
}
