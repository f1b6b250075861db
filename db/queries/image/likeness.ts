import { inArray, sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import { HASH_BANDS, HASH_DISTANCE_MOST } from '#core/image/likeness.ts';
import type { Likeness } from '#core/image/likeness.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { bandOf, image, imageLikeness } from '../../schema/index.ts';
import { bytes, execute, number, oneOf, text } from '../../execute.ts';

/** An image whose hash is close to that of a probe. */
export interface Candidate extends Likeness {
  imageId: string;
  split: Split;
  /** The first of those that followed one another into their split, and how many they are. */
  group: string;
  groupSize: number;
}

/**
 * Candidates of one probe that are looked at, and of those the nearest in each split that are answered: a film has
 * thousands alike.
 */
const LOOKED_AT = 1000;
const ANSWERED = 8;

/**
 * Whoever adds images to a project or compares those in it waits for the one before, until the end of the transaction:
 * of two look-alikes that come at once, one must see the other.
 */
export const lockLikenesses = (db: Db, projectId: string) =>
  db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`likeness:${projectId}`}, 0))`);

/**
 * For each hash, in their order, the images of the project that are close to it; none for a null. Every look into a
 * table is a range of an index, whatever the planner knows of it: a project grows from nothing to a million rows
 * between two of its counts.
 */
export async function listCandidates(
  db: Db,
  params: { projectId: string; hashes: readonly (bigint | null)[] },
): Promise<Candidate[][]> {
  const distance = sql`bit_count((l.hash # p.hash)::bit(64))`;
  const inBand = (band: bigint) => sql`
    select l.image_id, ${distance} as distance from ${imageLikeness} l
    where l.project_id = ${params.projectId} and ${bandOf(sql`l.hash`, band)} = ${bandOf(sql`p.hash`, band)}
      and ${distance} <= ${HASH_DISTANCE_MOST}`;
  const rows = await execute(
    db,
    sql`
    with probe as (select hash, position from
      unnest(${sql.param(params.hashes.map((hash) => hash?.toString() ?? null))}::bigint[]) with ordinality as
        given(hash, position)),
    near as materialized (
      select distinct p.position, found.image_id, found.distance from probe p
      cross join lateral (select * from (${sql.join(
        HASH_BANDS.map(inBand),
        sql`
        union all `,
      )}) banded limit ${LOOKED_AT}::int) found
    ),
    placed as (
      select * from (select n.*, (select i.split from ${image} i where i.id = n.image_id) as split from near n) found
      where split <> 'out'
    ),
    ranked as (select *, row_number() over (partition by position, split order by distance, image_id) as rank
      from placed)
    select r.position::int - 1 as position, r.image_id as "imageId", r.split, l.hash::text as hash, l.gray,
      l.lead as "group",
      1 + (select count(*)::int from ${imageLikeness} g where g.followed = l.lead) as "groupSize"
    from ranked r
    cross join lateral (select hash, gray, coalesce(followed, image_id) as lead from ${imageLikeness}
      where image_id = r.image_id limit 1) l
    where r.rank <= ${ANSWERED}
    order by r.position, r.distance, r.image_id`,
    {
      position: number,
      imageId: text,
      split: oneOf(...SPLITS),
      hash: text,
      gray: bytes,
      group: text,
      groupSize: number,
    },
  );
  const byProbe: Candidate[][] = params.hashes.map(() => []);
  for (const { position, hash, ...row } of rows) byProbe[position]?.push({ ...row, hash: BigInt(hash) });
  return byProbe;
}

export async function insertLikenesses(db: Db, rows: (typeof imageLikeness.$inferInsert)[]): Promise<void> {
  if (rows.length > 0) await db.insert(imageLikeness).values(rows);
}

/** What these images look like; those without structure are not among them. */
export const listLikenesses = (db: Db, imageIds: readonly string[]) =>
  db
    .select({ imageId: imageLikeness.imageId, hash: imageLikeness.hash, gray: imageLikeness.gray })
    .from(imageLikeness)
    .where(inArray(imageLikeness.imageId, [...imageIds]));
