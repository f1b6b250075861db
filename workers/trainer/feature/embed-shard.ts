import { AppError } from '#core/errors.ts';
import { joinFloats } from '#core/math/floats.ts';
import { toHalf } from '#core/math/half.ts';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { markReady } from '#db/queries/image/feature-set.ts';
import type { FeatureSetRow } from '#db/queries/image/feature-set.ts';
import { findQueuedShard, finishShard, lockFeatureSet } from '#db/queries/image/feature-shard.ts';
import type { ShardImage } from '#db/queries/image/feature-shard.ts';
import {
  compressBy,
  decodeCompression,
  encodeCompression,
  fitCompression,
  placeBy,
} from '#ml/embedding/compress-embeddings.ts';
import { decodeImage } from '../hold/pixel-cache.ts';
import type { FeatureReader } from './open-features.ts';

/** Memory that decoded pixels take at most, and images decoded at once. */
const PIXEL_BYTES = 64 * 2 ** 20;
const SIDE_BY_SIDE = 4;

export interface EmbedContext {
  db: Database['db'];
  blobs: BlobStore;
  /** The reader of a set; kept open from shard to shard. */
  readerOf(set: FeatureSetRow): Promise<FeatureReader>;
}

/**
 * Embeds one shard and stores it, with all that follows, in one transaction: a trainer that dies leaves it queued.
 * A shard that is done, or whose set has gone, is left alone. Images that cannot be read stay without features.
 * Returns the set; null when there was nothing to do.
 */
export async function embedShard(context: EmbedContext, shardId: string): Promise<FeatureSetRow | null> {
  const found = await findQueuedShard(context.db, shardId);
  if (!found) return null;
  const { set } = found;
  const reader = await context.readerOf(set);
  const { images, features, width } = await readImages(context, reader, set, found.images);
  const stored = await context.db.transaction(async (tx) => {
    const now = await lockFeatureSet(tx, set.id);
    if (!now) return false;
    // A first shard without a readable image fits nothing; the next one does.
    const fitted = now.compression ? null : images.length > 0 ? fitCompression(features, width) : null;
    const compression = fitted ?? (now.compression ? decodeCompression(now.compression) : null);
    const embeddings = compression ? compressBy(compression)(features) : new Int8Array();
    const done = await finishShard(tx, {
      shardId,
      setId: set.id,
      imageIds: images.map(({ id }) => id),
      width,
      features: toHalf(features),
      embeddings,
      places: compression ? placeBy(compression)(features) : new Float32Array(),
      centre: centreOf(embeddings),
      compression: fitted && encodeCompression(fitted),
      taps: reader.taps,
    });
    await markReady(tx, set.id);
    await notify(tx, { name: 'features:progressed', projectId: set.projectId });
    return done;
  });
  return stored ? set : null;
}

async function readImages(
  context: EmbedContext,
  reader: FeatureReader,
  set: FeatureSetRow,
  wanted: readonly ShardImage[],
): Promise<{ images: ShardImage[]; features: Float32Array; width: number }> {
  const length = set.side * set.side * reader.channels;
  const most = Math.max(1, Math.floor(PIXEL_BYTES / length));
  const images: ShardImage[] = [];
  const parts: Float32Array[] = [];
  let width = set.width ?? 0;
  for (let start = 0; start < wanted.length; start += most) {
    const { readable, data } = await decode(context, set, wanted.slice(start, start + most), reader.channels);
    if (readable.length === 0) continue;
    const pixels = { data, count: readable.length, height: set.side, width: set.side, channels: reader.channels };
    const read = await reader.read(pixels);
    width = read.width;
    images.push(...readable);
    parts.push(read.values);
  }
  return { images, features: joinFloats(parts), width };
}

/** Pixels of those images that can be read, side by side. */
async function decode(
  { blobs }: EmbedContext,
  { projectId, side }: FeatureSetRow,
  images: readonly ShardImage[],
  channels: 1 | 3,
): Promise<{ readable: ShardImage[]; data: Uint8Array }> {
  const decoded: (Uint8Array | null)[] = images.map(() => null);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < images.length; at = next++) {
      const image = images[at];
      if (image)
        decoded[at] = await readOrSkip(() => decodeImage({ blobs, projectId }, image, { size: side, channels }));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  const readable = images.filter((_, at) => decoded[at] !== null);
  const length = side * side * channels;
  const data = new Uint8Array(readable.length * length);
  for (const [row, pixels] of decoded.filter((one) => one !== null).entries()) data.set(pixels, row * length);
  return { readable, data };
}

async function readOrSkip(read: () => Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNREADABLE_IMAGE') return null;
    throw error;
  }
}

/** The mean of compact embeddings. */
function centreOf(embeddings: Int8Array): Int8Array {
  const sums = new Float64Array(EMBEDDING_BYTES);
  embeddings.forEach((value, at) => {
    sums[at % EMBEDDING_BYTES] = (sums[at % EMBEDDING_BYTES] as number) + value;
  });
  const count = Math.max(1, embeddings.length / EMBEDDING_BYTES);
  return Int8Array.from(sums, (sum) => Math.round(sum / count));
}
