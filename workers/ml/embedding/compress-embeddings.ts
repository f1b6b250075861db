import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { fitAxes } from './pca.ts';

/** Makes embeddings compact: [n, width] → [n, EMBEDDING_BYTES]. */
export type Compress = (embeddings: Float32Array) => Int8Array;

const LARGEST = 127;

/** What makes embeddings compact, as it is stored. */
export interface Compression {
  width: number;
  /** Of embeddings of length 1, [width]. */
  mean: Float64Array;
  /** Directions, those of most variance first, each [width]. */
  axes: readonly Float64Array[];
  scale: number;
}

/**
 * Fits compact embeddings: each is brought to length 1, so that the distance of two is the angle between them, turned
 * to the directions in which they vary most, and rounded to bytes by one common scale. Narrower ones are kept whole;
 * what is measured stands in docs/decisions/0023-similar-images.md.
 * @param embeddings [n, width]; what it is fitted to
 */
export const fitCompress = (embeddings: Float32Array, width: number): Compress =>
  compressBy(fitCompression(embeddings, width));

/** As `fitCompress`, in a form that can be kept. */
export function fitCompression(embeddings: Float32Array, width: number): Compression {
  const unit = normaliseRows(embeddings, width);
  const fitted = { width, ...fitAxes(unit, width, Math.min(EMBEDDING_BYTES, width)) };
  const largest = project(fitted, unit).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { ...fitted, scale: largest === 0 ? 0 : LARGEST / largest };
}

/** Makes embeddings compact by what was fitted before: only bytes of one fit can be compared. */
export const compressBy =
  (compression: Compression): Compress =>
  (rows) =>
    Int8Array.from(project(compression, normaliseRows(rows, compression.width)), (value) =>
      Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * compression.scale))),
    );

/**
 * Where a map puts embeddings: their first two numbers before they are rounded, [n, 2], in the units of the bytes, so
 * that a place can be told from compact embeddings too.
 */
export const placeBy =
  ({ width, mean, axes, scale }: Compression): ((embeddings: Float32Array) => Float32Array) =>
  (rows) =>
    project({ width, mean, axes: axes.slice(0, 2) }, normaliseRows(rows, width), 2).map((value) => value * scale);

function project(
  { width, mean, axes }: Pick<Compression, 'width' | 'mean' | 'axes'>,
  rows: Float32Array,
  into = EMBEDDING_BYTES,
): Float32Array {
  const count = width === 0 ? 0 : rows.length / width;
  const result = new Float32Array(count * into);
  for (let row = 0; row < count; row += 1) {
    for (const [axis, direction] of axes.entries()) {
      let sum = 0;
      for (let d = 0; d < width; d += 1)
        sum += ((rows[row * width + d] as number) - (mean[d] as number)) * (direction[d] as number);
      result[row * into + axis] = sum;
    }
  }
  return result;
}

/** The bytes of a compression: width, scale, mean, axes, as float64. */
export function encodeCompression({ width, scale, mean, axes }: Compression): Uint8Array {
  const all = new Float64Array(2 + width * (1 + axes.length));
  all.set([width, scale]);
  all.set(mean, 2);
  for (const [axis, direction] of axes.entries()) all.set(direction, 2 + width * (1 + axis));
  return new Uint8Array(all.buffer);
}

export function decodeCompression(bytes: Uint8Array): Compression {
  const all = new Float64Array(Uint8Array.from(bytes).buffer);
  const [width = 0, scale = 0] = all;
  const part = (at: number): Float64Array => all.subarray(2 + width * at, 2 + width * (at + 1));
  const axes = width === 0 ? 0 : (all.length - 2) / width - 1;
  return { width, scale, mean: part(0), axes: Array.from({ length: axes }, (_, axis) => part(1 + axis)) };
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
