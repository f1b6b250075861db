import { eq, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { bytesOf, unsigned } from '../../packed-embeddings.ts';
import { featureCell, featureSet, featureShard } from '../../schema/index.ts';
import type { EmbeddingCell } from './embedding.ts';
import { execute, number } from '../../execute.ts';

/** Cells written in one statement, some 4 MB. */
const WRITTEN = 50;

/** Images of a set that lie in cells of what is alike, and those that lie as their shard came. */
export async function countUnsorted(db: Db, setId: string): Promise<{ sorted: number; unsorted: number }> {
  const rows = await execute(
    db,
    sql`
    select coalesce(sum(octet_length(image_ids) / 16 - unsorted), 0)::int as sorted, coalesce(sum(unsorted),
      0)::int as unsorted
    from ${featureCell} where set_id = ${setId}`,
    { sorted: number, unsorted: number },
  );
  return rows[0] ?? { sorted: 0, unsorted: 0 };
}

export const setShardEmbeddings = (db: Db, shardId: string, row: { embeddings: Uint8Array; places: Float32Array }) =>
  db
    .update(featureShard)
    .set({ embeddings: row.embeddings, places: bytesOf(row.places) })
    .where(eq(featureShard.id, shardId));

/** Puts sorted cells in the place of those that a set had. */
export async function replaceCells(
  tx: Db,
  params: { setId: string; compression: Uint8Array; cells: readonly EmbeddingCell[] },
): Promise<void> {
  const { setId, compression, cells } = params;
  await tx.update(featureSet).set({ compression }).where(eq(featureSet.id, setId));
  await tx.delete(featureCell).where(eq(featureCell.setId, setId));
  for (let start = 0; start < cells.length; start += WRITTEN)
    await tx.insert(featureCell).values(
      cells.slice(start, start + WRITTEN).map(({ centre, ...packed }, at) => ({
        setId,
        index: start + at,
        centre: unsigned(centre),
        ...packed,
      })),
    );
}
