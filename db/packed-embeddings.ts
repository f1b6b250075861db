import { EMBEDDING_BYTES } from '#core/round/embedding.ts';

/**
 * Images and their embeddings as they lie in a row: ids of 16 bytes, embeddings of EMBEDDING_BYTES, in the same order.
 */
export interface PackedEmbeddings {
  imageIds: Uint8Array;
  embeddings: Uint8Array;
}

const ID_BYTES = 16;

export const packIds = (ids: readonly string[]): Buffer =>
  Buffer.from(ids.map((id) => id.replaceAll('-', '')).join(''), 'hex');

/** The id at a position. */
export function idAt(imageIds: Uint8Array, at: number): string {
  const hex = Buffer.from(imageIds.buffer, imageIds.byteOffset + at * ID_BYTES, ID_BYTES).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const unpackIds = (imageIds: Uint8Array): string[] =>
  Array.from({ length: imageIds.length / ID_BYTES }, (_, at) => idAt(imageIds, at));

export const signed = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
export const unsigned = (bytes: Int8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Numbers as they lie in a row, and back. */
export const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);
export const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

/** The embedding of one image; null when it is not among them. */
export function findPacked({ imageIds, embeddings }: PackedEmbeddings, imageId: string): Int8Array | null {
  const at = unpackIds(imageIds).indexOf(imageId);
  return at < 0 ? null : signed(embeddings).subarray(at * EMBEDDING_BYTES, (at + 1) * EMBEDDING_BYTES);
}

/** Several rows as one. */
export const joinPacked = (rows: readonly PackedEmbeddings[]): PackedEmbeddings => ({
  imageIds: Buffer.concat(rows.map((row) => row.imageIds)),
  embeddings: Buffer.concat(rows.map((row) => row.embeddings)),
});
