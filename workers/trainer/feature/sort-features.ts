import { fromHalf } from '#core/math/half.ts';
import type { Database, Db } from '#db/client.ts';
import { joinPacked, unsigned } from '#db/packed-embeddings.ts';
import type { PackedEmbeddings } from '#db/packed-embeddings.ts';
import { countUnsorted, replaceCells, setShardEmbeddings } from '#db/queries/image/feature-cell.ts';
import { listDoneShards, lockFeatureSet, readShardPacked } from '#db/queries/image/feature-shard.ts';
import { compressBy, encodeCompression, fitCompression, placeBy } from '#ml/embedding/compress-embeddings.ts';

import { makeCells } from '../round/sort-cells.ts';

/** Images that compact embeddings are fitted to. */
const FITTED = 2048;
/** Unsorted images that a search still looks through as a whole. */
const UNSORTED_MOST = 4000;

/** Are so many images unsorted that searches miss, or that their bytes were fitted to few? */
export const needsSorting = ({ sorted, unsorted }: { sorted: number; unsorted: number }): boolean =>
  unsorted > Math.max(UNSORTED_MOST, sorted / 4) || (sorted === 0 && unsorted > FITTED);

/**
 * Fits a set's compact embeddings anew and sorts them into cells, in one transaction: readers see the old ones until
 * then. Nothing to do unless enough came since. True when it sorted.
 */
export async function sortFeatures(db: Database['db'], setId: string, isDue = needsSorting): Promise<boolean> {
  if (!isDue(await countUnsorted(db, setId))) return false;
  return db.transaction(async (tx) => {
    const set = await lockFeatureSet(tx, setId);
    if (!set?.width || !isDue(await countUnsorted(tx, setId))) return false;
    const shards = await listDoneShards(tx, setId);
    const compression = fitCompression(await sample(tx, shards, set.width), set.width);
    const [compress, place] = [compressBy(compression), placeBy(compression)];
    const all: PackedEmbeddings[] = [];
    for (const shardId of shards) {
      const { imageIds, features } = await readShardPacked(tx, shardId);
      const values = fromHalf(features);
      const embeddings = unsigned(compress(values));
      await setShardEmbeddings(tx, shardId, { embeddings, places: place(values) });
      all.push({ imageIds, embeddings });
    }
    await replaceCells(tx, { setId, compression: encodeCompression(compression), cells: makeCells(joinPacked(all)) });
    return true;
  });
}

/** Features of some images of every shard. */
async function sample(db: Db, shards: readonly string[], width: number): Promise<Float32Array> {
  const each = Math.max(1, Math.ceil(FITTED / Math.max(1, shards.length)));
  const step = Math.max(1, Math.floor(shards.length / FITTED));
  const rows: number[] = [];
  for (let at = 0; at < shards.length; at += step) {
    const { features } = await readShardPacked(db, shards[at] as string);
    for (const value of fromHalf(features.subarray(0, 2 * each * width))) rows.push(value);
  }
  return Float32Array.from(rows);
}
