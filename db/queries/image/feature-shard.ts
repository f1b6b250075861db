import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { fromHalf } from '#core/math/half.ts';
import type { Stored } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import { bytesOf, joinPacked, packIds, unpackIds, unsigned } from '../../packed-embeddings.ts';
import type { PackedEmbeddings } from '../../packed-embeddings.ts';
import { featureCell, featureSet, featureShard, image, imageFeature, project } from '../../schema/index.ts';
import { execute, number, text } from '../../execute.ts';

/** Images of a shard: some ten seconds of a core, and bounded memory at any side. */
export const SHARD_IMAGES = 256;
/** Shards of a set that are cut before earlier ones are done. */
const SHARDS_AHEAD = 32;

/** Cuts what waits in any set into shards, each at once with its images. Returns how many. */
export async function cutShards(db: Db): Promise<number> {
  const sets = await execute(
    db,
    sql`
    select s.id, (select count(*)::int from ${featureShard} h where h.set_id = s.id and h.status = 'queued') as queued
    from ${featureSet} s join ${project} p on p.id = s.project_id and p.status in ('active', 'paused')
    where exists (select 1 from ${imageFeature} f where f.set_id = s.id and f.shard_id is null)`,
    { id: text, queued: number },
  );
  let cut = 0;
  for (const { id, queued } of sets) {
    for (let ahead = queued; ahead < SHARDS_AHEAD; ahead += 1) {
      const images = await cutShard(db, id);
      if (images > 0) cut += 1;
      if (images < SHARD_IMAGES) break;
    }
  }
  return cut;
}

/** Ids are drawn at random, so that the first shard speaks for what is there, in whatever order it was imported. */
const cutShard = (db: Db, setId: string): Promise<number> =>
  db.transaction(async (tx) => {
    const waiting = await tx
      .select({ imageId: imageFeature.imageId })
      .from(imageFeature)
      .where(and(eq(imageFeature.setId, setId), sql`${imageFeature.shardId} is null`))
      .orderBy(asc(imageFeature.imageId))
      .limit(SHARD_IMAGES)
      .for('update', { skipLocked: true });
    if (waiting.length === 0) return 0;
    const ids = waiting.map(({ imageId }) => imageId);
    const [made] = await tx
      .insert(featureShard)
      .values({ setId, images: ids.length, imageIds: packIds(ids) })
      .returning({ id: featureShard.id });
    await tx
      .update(imageFeature)
      .set({ shardId: made?.id ?? null })
      .where(and(eq(imageFeature.setId, setId), inArray(imageFeature.imageId, ids)));
    return ids.length;
  });

/** Shards that wait for a trainer, the oldest first. */
export async function listQueuedShards(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: featureShard.id })
    .from(featureShard)
    .where(eq(featureShard.status, 'queued'))
    .orderBy(asc(featureShard.createdAt))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** The set that a shard belongs to; null when it is gone. */
export async function findShardSet(db: Db, shardId: string): Promise<string | null> {
  const [row] = await db.select({ setId: featureShard.setId }).from(featureShard).where(eq(featureShard.id, shardId));
  return row?.setId ?? null;
}

export interface ShardImage {
  id: string;
  contentHash: string;
}

/**
 * A shard that is still to be embedded, its set, and those of its images that are still there; null when it is
 * done.
 */
export async function findQueuedShard(db: Db, shardId: string) {
  const [row] = await db
    .select({ shard: { imageIds: featureShard.imageIds, images: featureShard.images }, set: featureSet })
    .from(featureShard)
    .innerJoin(featureSet, eq(featureSet.id, featureShard.setId))
    .where(and(eq(featureShard.id, shardId), eq(featureShard.status, 'queued')));
  if (!row) return null;
  const images: ShardImage[] = await db
    .select({ id: image.id, contentHash: image.contentHash })
    .from(image)
    .where(inArray(image.id, unpackIds(row.shard.imageIds)))
    .orderBy(asc(image.contentHash));
  return { set: row.set, images };
}

/** Locks a set's row while one of its shards is stored. */
export async function lockFeatureSet(tx: Db, setId: string) {
  const [row] = await tx.select().from(featureSet).where(eq(featureSet.id, setId)).for('no key update');
  return row ?? null;
}

/** Stores what was computed of a shard, and puts it among the cells as one of its own. The set's row is locked. */
export async function finishShard(
  tx: Db,
  row: {
    shardId: string;
    setId: string;
    imageIds: readonly string[];
    width: number;
    features: Uint8Array;
    embeddings: Int8Array;
    /** On the map, [images, 2]. */
    places: Float32Array;
    centre: Int8Array;
    /** When this shard was the first: what embeddings are made compact by from now on. */
    compression: Uint8Array | null;
    taps: readonly number[] | null;
  },
): Promise<boolean> {
  const { shardId, setId } = row;
  const packed = { imageIds: packIds(row.imageIds), embeddings: unsigned(row.embeddings) };
  const done = await tx
    .update(featureShard)
    .set({ ...packed, status: 'done', features: row.features, places: bytesOf(row.places), doneAt: sql`now()` })
    .where(and(eq(featureShard.id, shardId), eq(featureShard.status, 'queued')))
    .returning({ id: featureShard.id });
  if (done.length === 0) return false;
  await tx
    .update(featureSet)
    .set({
      message: null,
      ...(row.compression ? { compression: row.compression, width: row.width, taps: row.taps } : {}),
    })
    .where(eq(featureSet.id, setId));
  if (row.imageIds.length > 0)
    await tx.insert(featureCell).values({
      setId,
      index: sql`(select coalesce(max(index), -1) + 1 from ${featureCell} where set_id = ${setId})`,
      centre: unsigned(row.centre),
      unsorted: row.imageIds.length,
      ...packed,
    });
  return true;
}

/** A shard that several tries could not embed: its images stay without features, and the set says why. */
export async function failShard(db: Db, shardId: string, told: Stored): Promise<string | null> {
  return db.transaction(async (tx) => {
    const [failed] = await tx
      .update(featureShard)
      .set({ status: 'failed', doneAt: sql`now()` })
      .where(and(eq(featureShard.id, shardId), eq(featureShard.status, 'queued')))
      .returning({ setId: featureShard.setId });
    if (!failed) return null;
    await tx.update(featureSet).set(told).where(eq(featureSet.id, failed.setId));
    return failed.setId;
  });
}

/** Tries again what failed: those images wait once more. */
export async function retryShards(db: Db, projectId: string): Promise<number> {
  const sets = db.select({ id: featureSet.id }).from(featureSet).where(eq(featureSet.projectId, projectId));
  const rows = await db
    .update(featureShard)
    .set({ status: 'queued', doneAt: null })
    .where(and(inArray(featureShard.setId, sets), eq(featureShard.status, 'failed')))
    .returning({ id: featureShard.id });
  await db.update(featureSet).set({ message: null }).where(eq(featureSet.projectId, projectId));
  return rows.length;
}

export interface FeatureRows {
  imageIds: string[];
  /** [images, width] */
  values: Float32Array<ArrayBuffer>;
}

/** A shard as it is stored: packed ids, and float16 features. */
export async function readShardPacked(
  db: Db,
  shardId: string,
): Promise<{ imageIds: Uint8Array; features: Uint8Array }> {
  const [row] = await db
    .select({ imageIds: featureShard.imageIds, features: featureShard.features })
    .from(featureShard)
    .where(eq(featureShard.id, shardId));
  return { imageIds: row?.imageIds ?? new Uint8Array(), features: row?.features ?? new Uint8Array() };
}

export async function readShardFeatures(db: Db, shardId: string): Promise<FeatureRows> {
  const { imageIds, features } = await readShardPacked(db, shardId);
  return { imageIds: unpackIds(imageIds), values: fromHalf(features) };
}

/** Ids of a set's finished shards, in the order in which they were done. */
export async function listDoneShards(db: Db, setId: string): Promise<string[]> {
  const rows = await db
    .select({ id: featureShard.id })
    .from(featureShard)
    .where(and(eq(featureShard.setId, setId), eq(featureShard.status, 'done')))
    .orderBy(asc(featureShard.doneAt), asc(featureShard.id));
  return rows.map(({ id }) => id);
}

/** Every feature of a set, shard by shard: a million images do not fit into memory at once. */
export async function* readFeatures(db: Db, setId: string): AsyncGenerator<FeatureRows> {
  for (const shardId of await listDoneShards(db, setId)) yield await readShardFeatures(db, shardId);
}

/** Features of these images, in their order; those that have none yet are left out. */
export async function readFeaturesOf(
  db: Db,
  params: { setId: string; width: number; imageIds: readonly string[] },
): Promise<FeatureRows> {
  const { setId, width } = params;
  const places = await db
    .select({ imageId: imageFeature.imageId, shardId: imageFeature.shardId })
    .from(imageFeature)
    .where(and(eq(imageFeature.setId, setId), inArray(imageFeature.imageId, [...params.imageIds])));
  const found = new Map<string, Float32Array>();
  for (const shardId of new Set(places.flatMap((place) => (place.shardId === null ? [] : [place.shardId])))) {
    const { imageIds, values } = await readShardFeatures(db, shardId);
    const wanted = new Set(places.filter((place) => place.shardId === shardId).map(({ imageId }) => imageId));
    if (values.length === 0) continue;
    for (const [at, id] of imageIds.entries())
      if (wanted.has(id)) found.set(id, values.slice(at * width, (at + 1) * width));
  }
  const imageIds = params.imageIds.filter((id) => found.has(id));
  const values = new Float32Array(imageIds.length * width);
  for (const [at, id] of imageIds.entries()) values.set(found.get(id) ?? [], at * width);
  return { imageIds, values };
}

/** The compact embedding of one image in a set; null when it has none. */
export async function findFeatureEmbedding(
  db: Db,
  params: { setId: string; imageId: string },
): Promise<{ imageIds: Uint8Array; embeddings: Uint8Array } | null> {
  const [row] = await db
    .select({ imageIds: featureShard.imageIds, embeddings: featureShard.embeddings })
    .from(imageFeature)
    .innerJoin(featureShard, eq(featureShard.id, imageFeature.shardId))
    .where(and(eq(imageFeature.setId, params.setId), eq(imageFeature.imageId, params.imageId)));
  return row?.embeddings ? { imageIds: row.imageIds, embeddings: row.embeddings } : null;
}

/** Every compact embedding of a set, of its finished shards. A million images take 80 MB. */
export async function readFeatureEmbeddings(db: Db, setId: string): Promise<PackedEmbeddings> {
  const rows: PackedEmbeddings[] = [];
  for (const shardId of await listDoneShards(db, setId)) {
    const [row] = await db
      .select({ imageIds: featureShard.imageIds, embeddings: featureShard.embeddings })
      .from(featureShard)
      .where(eq(featureShard.id, shardId));
    if (row?.embeddings) rows.push({ imageIds: row.imageIds, embeddings: row.embeddings });
  }
  return joinPacked(rows);
}
