import { and, asc, between, eq, sql } from 'drizzle-orm';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import type { Db } from '../../client.ts';
import { findPacked, joinPacked, packIds, signed, unpackIds, unsigned } from '../../packed-embeddings.ts';
import type { PackedEmbeddings } from '../../packed-embeddings.ts';
import {
  embeddingCell,
  embeddingShard,
  featureCell,
  featureShard,
  image,
  imageFeature,
  round,
  run,
} from '../../schema/index.ts';
import { findFeatureEmbedding } from './feature-shard.ts';
import { bytes, execute, list, nullable, number, text } from '../../execute.ts';

/** Rows read or written at a time: some 4 MB. */
const ROWS = 50;

/**
 * Stores what a round saw in a shard. @param images in the order of their content. @param embeddings [n,
 * EMBEDDING_BYTES]
 */
export async function insertEmbeddingShard(
  db: Db,
  row: { roundId: string; images: readonly { id: string; contentHash: string }[]; embeddings: Int8Array },
): Promise<void> {
  const { roundId, images, embeddings } = row;
  const [first, last] = [images[0], images.at(-1)];
  if (first === undefined || last === undefined) return;
  await db.insert(embeddingShard).values({
    roundId,
    index: sql`(select count(*) from ${embeddingShard} where round_id = ${roundId})`,
    firstHash: first.contentHash,
    lastHash: last.contentHash,
    imageIds: packIds(images.map(({ id }) => id)),
    embeddings: unsigned(embeddings),
  });
}

/** The images of the first shard that a round stored; null before. */
export async function findFirstShard(db: Db, roundId: string): Promise<string[] | null> {
  const [row] = await db
    .select({ imageIds: embeddingShard.imageIds })
    .from(embeddingShard)
    .where(and(eq(embeddingShard.roundId, roundId), eq(embeddingShard.index, 0)));
  return row ? unpackIds(row.imageIds) : null;
}

/** Every embedding of a round. A million images take 80 MB. */
export async function readEmbeddings(db: Db, roundId: string): Promise<PackedEmbeddings> {
  const rows: PackedEmbeddings[] = [];
  for (;;) {
    const page = await db
      .select({ imageIds: embeddingShard.imageIds, embeddings: embeddingShard.embeddings })
      .from(embeddingShard)
      .where(eq(embeddingShard.roundId, roundId))
      .orderBy(asc(embeddingShard.index))
      .limit(ROWS)
      .offset(rows.length);
    rows.push(...page);
    if (page.length < ROWS) return joinPacked(rows);
  }
}

/** Whose embeddings are searched: a round's, or those of a backbone's feature set. */
export type EmbeddingSource = { roundId: string } | { setId: string };

/** The embedding of one image; null when the source has none of it. */
export async function findEmbedding(
  db: Db,
  { imageId, ...source }: EmbeddingSource & { imageId: string },
): Promise<Int8Array | null> {
  if ('setId' in source) {
    const packed = await findFeatureEmbedding(db, { ...source, imageId });
    return packed && findPacked(packed, imageId);
  }
  const { roundId } = source;
  const rows = await db
    .select({ imageIds: embeddingShard.imageIds, embeddings: embeddingShard.embeddings })
    .from(embeddingShard)
    .innerJoin(
      image,
      and(eq(image.id, imageId), between(image.contentHash, embeddingShard.firstHash, embeddingShard.lastHash)),
    )
    .where(eq(embeddingShard.roundId, roundId));
  for (const row of rows) {
    const found = findPacked(row, imageId);
    if (found) return found;
  }
  return null;
}

/** Embeddings of these images by their id, as far as the source has some. */
export async function readEmbeddingsOf(
  db: Db,
  source: EmbeddingSource,
  imageIds: readonly string[],
): Promise<Map<string, Int8Array>> {
  const ids = sql`${sql.param([...imageIds])}::uuid[]`;
  const rows = await execute(
    db,
    'setId' in source
      ? sql`
        select image_ids as "imageIds", embeddings from ${featureShard} where embeddings is not null and id in (
          select f.shard_id from ${imageFeature} f where f.set_id = ${source.setId} and f.image_id = any(${ids}))`
      : sql`
        select image_ids as "imageIds", embeddings from ${embeddingShard} where round_id = ${source.roundId}`,
    { imageIds: bytes, embeddings: bytes },
  );
  const wanted = new Set(imageIds);
  const found = new Map<string, Int8Array>();
  for (const row of rows) {
    const own = signed(row.embeddings);
    unpackIds(row.imageIds).forEach((id, at) => {
      if (wanted.has(id)) found.set(id, own.subarray(at * EMBEDDING_BYTES, (at + 1) * EMBEDDING_BYTES));
    });
  }
  return found;
}

export interface EmbeddingCell extends PackedEmbeddings {
  centre: Int8Array;
}

export async function insertEmbeddingCells(
  db: Db,
  roundId: string,
  start: number,
  cells: readonly EmbeddingCell[],
): Promise<void> {
  if (cells.length > 0)
    await db
      .insert(embeddingCell)
      .values(
        cells.map(({ centre, ...cell }, at) => ({ roundId, index: start + at, centre: unsigned(centre), ...cell })),
      );
}

export async function deleteEmbeddingCells(db: Db, roundId: string): Promise<void> {
  await db.delete(embeddingCell).where(eq(embeddingCell.roundId, roundId));
}

const cellsOf = (source: EmbeddingSource) =>
  'setId' in source
    ? sql`${featureCell} where set_id = ${source.setId}`
    : sql`${embeddingCell} where round_id = ${source.roundId}`;

/** Indexes of the cells and their centres, one after the other. */
export async function readCentres(db: Db, source: EmbeddingSource): Promise<{ indexes: number[]; centres: Int8Array }> {
  const [found] = await execute(
    db,
    sql`
    select array_agg(index order by index) as indexes, string_agg(centre, ''::bytea order by index) as centres
      from ${cellsOf(source)}`,
    { indexes: nullable(list(number)), centres: nullable(bytes) },
  );
  return { indexes: found?.indexes ?? [], centres: signed(found?.centres ?? Buffer.alloc(0)) };
}

/** What lies in these cells. Bytes travel as base64: a third fewer than the driver's hexadecimal digits. */
export async function readCells(
  db: Db,
  source: EmbeddingSource,
  indexes: readonly number[],
): Promise<PackedEmbeddings> {
  if (indexes.length === 0) return joinPacked([]);
  const rows = await execute(
    db,
    sql`
    select encode(image_ids, 'base64') as "imageIds", encode(embeddings, 'base64') as embeddings
    from ${cellsOf(source)} and index = any(${sql.param([...indexes])}::int[]) order by index`,
    { imageIds: text, embeddings: text },
  );
  return joinPacked(
    rows.map(({ imageIds, embeddings }) => ({
      imageIds: Buffer.from(imageIds, 'base64'),
      embeddings: Buffer.from(embeddings, 'base64'),
    })),
  );
}

/** Removes the embeddings of a project's ended rounds but for these: nobody searches by them any more. */
export async function deleteEmbeddingsExcept(
  db: Db,
  params: { projectId: string; roundIds: readonly string[] },
): Promise<void> {
  const old = sql`(select r.id from ${round} r join ${run} u on u.id = r.run_id where u.project_id = ${params.projectId}
    and r.ended_at is not null
    and r.id <> all(${sql.param([...params.roundIds])}::uuid[]))`;
  await db.delete(embeddingShard).where(sql`round_id in ${old}`);
  await db.delete(embeddingCell).where(sql`round_id in ${old}`);
}
