import { sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { image, lookAlike } from '../../schema/index.ts';
import { forgetGuesses } from './change.ts';
import { execute, nullable, number, oneOf, shape, text } from '../../execute.ts';

export async function insertLookAlikes(db: Db, rows: (typeof lookAlike.$inferInsert)[]): Promise<void> {
  if (rows.length > 0) await db.insert(lookAlike).values(rows).onConflictDoNothing();
}

/** Pairs that stand on both sides just now: `h` is measured on, `t` may be learned from. */
const openPairs = (projectId: string) => sql`
  ${lookAlike} l join ${image} h on h.id = l.image_id and h.split in ('validation', 'test')
    join ${image} t on t.id = l.twin_id and t.split = 'pool'
  where l.project_id = ${projectId}`;

export interface LookAlikeCounts {
  /** Images of the split that look like an image of the pool. */
  validation: number;
  test: number;
  /** Images of the pool that they look like. */
  pool: number;
}

export async function countLookAlikes(db: Db, projectId: string): Promise<LookAlikeCounts> {
  const rows = await execute(
    db,
    sql`
    select (count(distinct h.id) filter (where h.split = 'validation'))::int as validation,
      (count(distinct h.id) filter (where h.split = 'test'))::int as test,
      count(distinct t.id)::int as pool
    from ${openPairs(projectId)}`,
    { validation: number, test: number, pool: number },
  );
  return rows[0] ?? { validation: 0, test: 0, pool: 0 };
}

interface PairSide {
  id: string;
  fileName: string;
  classId: string | null;
}

export interface LookAlikePair {
  image: PairSide & { split: Exclude<Split, 'pool'> };
  twin: PairSide;
}

/** Open pairs by keyset. */
export async function listLookAlikes(
  db: Db,
  params: { projectId: string; after: { imageId: string; twinId: string } | null; limit: number },
): Promise<LookAlikePair[]> {
  const { after } = params;
  const side = (row: 'h' | 't') =>
    sql.raw(`'id', ${row}.id, 'fileName', ${row}.file_name, 'classId', ${row}.consensus_class_id`);
  const rows = await execute(
    db,
    sql`
    select json_build_object(${side('h')}, 'split', h.split) as image, json_build_object(${side('t')}) as twin
      from ${openPairs(params.projectId)}
      and ${after ? sql`(l.image_id, l.twin_id) > (${after.imageId}::uuid, ${after.twinId}::uuid)` : sql`true`}
    order by l.image_id, l.twin_id limit ${params.limit}::int`,
    {
      image: shape({ id: text, fileName: text, classId: nullable(text), split: oneOf('validation', 'test') }),
      twin: shape({ id: text, fileName: text, classId: nullable(text) }),
    },
  );
  return rows;
}

/**
 * Images of the pool in open pairs, all or those named, each with the split of the image that it looks like; test goes
 * before validation.
 */
export async function listTwins(
  db: Db,
  params: { projectId: string; imageIds: readonly string[] | null },
): Promise<{ id: string; split: Split }[]> {
  const rows = await execute(
    db,
    sql`
    select t.id, case when bool_or(h.split = 'test') then 'test' else 'validation' end as split
      from ${openPairs(params.projectId)}
      and ${params.imageIds ? sql`t.id = any(${sql.param([...params.imageIds])}::uuid[])` : sql`true`}
    group by t.id order by t.id`,
    { id: text, split: oneOf(...SPLITS) },
  );
  return rows;
}

/**
 * Takes twins out of the pool, in one stroke `moveId`, null where it cannot be taken back. They are measured on from
 * now on, so what models said of them and asked about them goes. The images are locked by the caller.
 */
export async function moveTwins(
  db: Db,
  params: { moveId: string | null; twins: readonly { id: string; split: Split }[] },
): Promise<void> {
  const ids = sql`${sql.param(params.twins.map(({ id }) => id))}::uuid[]`;
  await db.execute(sql`
    update ${image} i set split = v.split
    from unnest(${ids}, ${sql.param(params.twins.map(({ split }) => split))}::text[]) as v(id, split)
      where i.id = v.id`);
  if (params.moveId !== null)
    await db.execute(sql`update ${lookAlike} set move_id = ${params.moveId} where twin_id = any(${ids})`);
  await forgetGuesses(
    db,
    params.twins.map(({ id }) => id),
  );
}

/** Images that a stroke moved and that are still out of the pool. */
export async function listMoved(db: Db, params: { projectId: string; moveId: string }): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    select distinct t.id from ${lookAlike} l join ${image} t on t.id = l.twin_id and t.split in ('validation', 'test')
    where l.project_id = ${params.projectId} and l.move_id = ${params.moveId} order by t.id`,
    { id: text },
  );
  return rows.map(({ id }) => id);
}

/** Puts what a stroke moved back into the pool. The images are locked by the caller. */
export async function returnTwins(db: Db, params: { moveId: string; imageIds: readonly string[] }): Promise<void> {
  await db.execute(sql`update ${image} set split = 'pool' where id = any(${sql.param([...params.imageIds])}::uuid[])`);
  await db.execute(sql`update ${lookAlike} set move_id = null where move_id = ${params.moveId}`);
}
