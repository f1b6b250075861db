import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { fitAxes } from './pca.ts';

/** Makes embeddings compact: [n, width] → [n, EMBEDDING_BYTES]. */
export type Compress = (embeddings: Float32Array) => Int8Array;

const LARGEST = 127;

/**
 * Fits compact embeddings: each is brought to length 1, so that the distance of two is the angle between them, turned
 * to the directions in which they vary most, and rounded to bytes by one common scale. Narrower ones are kept whole;
 * what is measured stands in docs/decisions/0023-similar-images.md.
 * @param embeddings [n, width]; what it is fitted to
 */
export function fitCompress(embeddings: Float32Array, width: number): Compress {
  const unit = normaliseRows(embeddings, width);
  const { mean, axes } = fitAxes(unit, width, Math.min(EMBEDDING_BYTES, width));
  const project = (rows: Float32Array): Float32Array => {
    const count = width === 0 ? 0 : rows.length / width;
    const result = new Float32Array(count * EMBEDDING_BYTES);
    for (let row = 0; row < count; row += 1) {
      for (const [axis, direction] of axes.entries()) {
        let sum = 0;
        for (let d = 0; d < width; d += 1)
          sum += ((rows[row * width + d] as number) - (mean[d] as number)) * (direction[d] as number);
        result[row * EMBEDDING_BYTES + axis] = sum;
      }
    }
    return result;
  };
  const largest = project(unit).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest === 0 ? 0 : LARGEST / largest;
  return (rows) =>
    Int8Array.from(project(normaliseRows(rows, width)), (value) =>
      Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * scale))),
    );
}

function normaliseRows(rows: Float32Array, width: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    let sum = 0;
    for (let d = 0; d < width; d += 1) sum += (rows[start + d] as number) ** 2;
    const length = Math.sqrt(sum) || 1;
    for (let d = 0; d < width; d += 1) result[start + d] = (rows[start + d] as number) / length;
  }
  return result;
}
