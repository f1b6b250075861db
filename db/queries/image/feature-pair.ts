import { eq, sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { execute, nullable, number, oneOf, shape, text, truth } from '../../execute.ts';
import { featureCell, featurePair, featureSet, featureShard, image, lookAlike } from '../../schema/index.ts';

/** Pairs that are kept of a set. */
export const PAIRS_MOST = 500;

/** Embedded images of a set, those that pairs were last sought among, and whether some still wait. */
export async function readPairing(
  db: Db,
  setId: string,
): Promise<{ projectId: string; images: number; paired: number | null; waits: boolean } | null> {
  const rows = await execute(
    db,
    sql`
    select s.project_id as "projectId", coalesce(sum(h.images) filter (where h.status = 'done'), 0)::int as images,
      s.paired_images as paired, coalesce(bool_or(h.status = 'queued'), false) as waits
    from ${featureSet} s left join ${featureShard} h on h.set_id = s.id where s.id = ${setId} group by s.id`,
    { projectId: text, images: number, paired: nullable(number), waits: truth },
  );
  return rows[0] ?? null;
}

/**
 * A shard of each set that is embedded whole and whose images were never compared: by an older version, or because who
 * embedded its last shard failed. Asked for again, it has them compared.
 */
export async function listUncompared(db: Db): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    select min(h.id::text) as id from ${featureSet} s join ${featureShard} h on h.set_id = s.id
    where s.paired_images is null group by s.id
    having not bool_or(h.status = 'queued') and sum(h.images) filter (where h.status = 'done') > 0`,
    { id: text },
  );
  return rows.map(({ id }) => id);
}

/** All cells of a set, those of one shard as it came beside those of what lies together. */
export const listCells = (db: Db, setId: string) =>
  db
    .select({
      centre: featureCell.centre,
      unsorted: featureCell.unsorted,
      imageIds: featureCell.imageIds,
      embeddings: featureCell.embeddings,
    })
    .from(featureCell)
    .where(eq(featureCell.setId, setId))
    .orderBy(featureCell.index);

/** A pair that is told: both in a split, one at least in the pool, not told as look-alikes across splits already. */
const stands = sql`'pool' in (a.split, b.split) and 'out' not in (a.split, b.split)
      and (a.split = b.split or not exists (select 1 from ${lookAlike} l where (l.image_id, l.twin_id) in
        ((a.id, b.id), (b.id, a.id))))`;

/** Puts pairs in the place of a set's own: those with an image of the pool, the closest ones. */
export async function replacePairs(
  tx: Db,
  params: { setId: string; images: number; pairs: readonly { a: string; b: string; distance: number }[] },
): Promise<void> {
  const { setId, images, pairs } = params;
  const held = await tx
    .update(featureSet)
    .set({ pairedImages: images })
    .where(eq(featureSet.id, setId))
    .returning({ id: featureSet.id });
  if (held.length === 0) return;
  await tx.delete(featurePair).where(eq(featurePair.setId, setId));
  const aFirst = sql`a.split = 'pool' and (b.split <> 'pool' or a.id < b.id)`;
  await tx.execute(sql`
    insert into ${featurePair} (set_id, image_id, twin_id, distance)
    select ${setId}::uuid, case when ${aFirst} then a.id else b.id end, case when ${aFirst} then b.id else a.id end,
      p.distance
    from unnest(${sql.param(pairs.map(({ a }) => a))}::uuid[], ${sql.param(pairs.map(({ b }) => b))}::uuid[],
      ${sql.param(pairs.map(({ distance }) => distance))}::real[]) as p(a, b, distance)
    join ${image} a on a.id = p.a join ${image} b on b.id = p.b
    where ${stands} order by p.distance, p.a, p.b limit ${PAIRS_MOST} on conflict do nothing`);
}

interface PairSide {
  id: string;
  fileName: string;
  classId: string | null;
  split: Split;
}

export interface NearDuplicate {
  image: PairSide;
  twin: PairSide;
  distance: number;
}

/**
 * Pairs of a set that still stand, the closest first: both in a split, one at least in the pool, and not told as
 * look-alikes across the splits already.
 */
export async function listPairs(
  db: Db,
  params: {
    setId: string;
    after: { distance: number; imageId: string; twinId: string } | null;
    limit: number;
  },
): Promise<NearDuplicate[]> {
  const { setId, after, limit } = params;
  const side = (row: 'a' | 'b') =>
    sql.raw(`json_build_object('id', ${row}.id, 'fileName', ${row}.file_name, 'split', ${row}.split, 'classId',
      case when ${row}.consensus_state in ('agreed', 'adjudicated') then ${row}.consensus_class_id end)`);
  const member = { id: text, fileName: text, split: oneOf(...SPLITS), classId: nullable(text) };
  return execute(
    db,
    sql`
    select ${side('a')} as image, ${side('b')} as twin, p.distance
    from ${featurePair} p join ${image} a on a.id = p.image_id join ${image} b on b.id = p.twin_id
    where p.set_id = ${setId} and ${stands}
      and ${
        after
          ? sql`(p.distance, p.image_id, p.twin_id) > (${after.distance}::real, ${after.imageId}::uuid,
              ${after.twinId}::uuid)`
          : sql`true`
      }
    order by p.distance, p.image_id, p.twin_id limit ${limit}`,
    { image: shape<PairSide>(member), twin: shape<PairSide>(member), distance: number },
  );
}
