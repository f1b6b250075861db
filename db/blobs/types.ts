import type { Readable } from 'node:stream';

/**
 * Where bytes live: a folder or an S3 bucket. Keys come from core/image/media.ts, never from outside; a key that could
 * leave the store is refused with BAD_INPUT, an absent one answers NOT_FOUND.
 */
export interface BlobStore {
  /** Stores whole or not at all; an existing key is replaced. */
  put(key: string, data: Uint8Array | Readable): Promise<void>;
  get(key: string): Promise<Buffer>;
  stream(key: string): Promise<Readable>;
  /** Size in bytes, or null when absent. */
  size(key: string): Promise<number | null>;
  delete(key: string): Promise<void>;
  /** Every key below a prefix. */
  list(prefix: string): AsyncIterable<string>;
}
