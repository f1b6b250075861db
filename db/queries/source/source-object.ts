import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { REPLACED_MOST } from '#core/source/source.ts';
import type { ObjectState } from '#core/source/source.ts';
import type { Said } from '#core/text/said.ts';
import type { Db } from '../../client.ts';
import { execute, executeOne, integer, text, truth } from '../../execute.ts';
import { image, sourceObject } from '../../schema/index.ts';

export interface FoundObject {
  key: string;
  size: number;
  mark: string;
  state: 'new' | 'table' | 'other';
  said: FileLabel | null;
}

/**
 * Writes what a page of a listing found. What was taken with another mark has changed; what vanished and is back as it
 * was is taken still; what could not be taken is tried anew once it changed.
 */
export async function writeFound(
  db: Db,
  params: { sourceId: string; pass: number; objects: readonly FoundObject[] },
): Promise<void> {
  const { sourceId, pass } = params;
  const objects = [...new Map(params.objects.map((object) => [object.key, object])).values()];
  const column = <T>(of: (object: FoundObject) => T) => sql.param(objects.map(of));
  await db.execute(sql`
    insert into ${sourceObject} as o (source_id, key, size, mark, state, said, pass)
    select ${sourceId}::uuid, v.key, v.size, v.mark, v.state, v.said::jsonb, ${pass}::int from unnest(
      ${column(({ key }) => key)}::text[], ${column(({ size }) => size)}::bigint[],
      ${column(({ mark }) => mark)}::text[],
      ${column(({ state }) => state)}::text[],
      ${column(({ said }) => (said === null ? null : JSON.stringify(said)))}::text[]) as v(key, size, mark, state, said)
    on conflict (source_id, key) do update set
      pass = excluded.pass, size = excluded.size, mark = excluded.mark, said = excluded.said,
      state = case
        when o.state in ('taken', 'changed', 'vanished')
          then case when o.taken_mark = excluded.mark then 'taken' else 'changed' end
        when o.state = 'failed' and o.mark = excluded.mark then 'failed'
        when o.content_hash is not null then 'changed'
        else excluded.state end,
      message = case when o.mark = excluded.mark then o.message end`);
}

/** Ends a listing: what it did not find was taken and has vanished, or was never taken and is forgotten. */
export async function writeUnfound(db: Db, params: { sourceId: string; pass: number }): Promise<void> {
  const isUnfound = sql`source_id = ${params.sourceId} and pass < ${params.pass}`;
  await db.execute(sql`
    delete from ${sourceObject} where ${isUnfound} and state <> 'vanished' and content_hash is null`);
  // Also what could not be taken again: the image that it was before is here.
  await db.execute(sql`
    update ${sourceObject} set state = 'vanished' where ${isUnfound} and state <> 'vanished'`);
}

/** Objects of a source in these states, in the order of their keys. */
export const listObjects = (
  db: Db,
  params: { sourceId: string; states: readonly ObjectState[]; after?: string | null; limit: number },
) =>
  db
    .select({
      key: sourceObject.key,
      size: sourceObject.size,
      state: sourceObject.state,
      said: sourceObject.said,
      message: sourceObject.message,
      messageSaid: sourceObject.messageSaid,
    })
    .from(sourceObject)
    .where(
      and(
        eq(sourceObject.sourceId, params.sourceId),
        inArray(sourceObject.state, [...params.states]),
        params.after === null || params.after === undefined ? undefined : gt(sourceObject.key, params.after),
      ),
    )
    .orderBy(asc(sourceObject.key))
    .limit(params.limit);

export async function countIn(db: Db, sourceId: string, states: readonly ObjectState[]): Promise<number> {
  return db.$count(
    sourceObject,
    and(eq(sourceObject.sourceId, sourceId), inArray(sourceObject.state, [...states])) ?? sql`false`,
  );
}

/** What came of objects that were tried: the image of each, or why there is none. To be called with the images. */
export async function noteTried(
  db: Db,
  sourceId: string,
  tried: {
    taken: readonly { key: string; contentHash: string }[];
    failed: readonly { key: string; message: string; said: Said | null }[];
  },
): Promise<void> {
  const { taken, failed } = tried;
  if (taken.length > 0)
    await db.execute(sql`
      update ${sourceObject} o set state = 'taken', taken_mark = o.mark, content_hash = v.hash, message = null,
        replaced_hashes = case when o.content_hash <> v.hash
          -- The image that it is again was not replaced.
          then (array_append(array_remove(o.replaced_hashes, v.hash), o.content_hash))
            [greatest(1, cardinality(array_remove(o.replaced_hashes, v.hash)) + 2 - ${REPLACED_MOST}::int):]
          else o.replaced_hashes end
      from unnest(${sql.param(taken.map(({ key }) => key))}::text[],
        ${sql.param(taken.map(({ contentHash }) => contentHash))}::text[]) as v(key, hash)
      where o.source_id = ${sourceId} and o.key = v.key`);
  if (failed.length > 0)
    await db.execute(sql`
      update ${sourceObject} o set state = 'failed', message = v.message, message_said = v.said::jsonb
      from unnest(${sql.param(failed.map(({ key }) => key))}::text[],
        ${sql.param(failed.map(({ message }) => message))}::text[],
        ${sql.param(failed.map(({ said }) => said && JSON.stringify([said])))}::text[]) as v(key, message, said)
      where o.source_id = ${sourceId} and o.key = v.key`);
}

/** What could not be taken is new again, or changed where it was taken before. Tells how many. */
export async function retryFailed(db: Db, sourceId: string): Promise<number> {
  const rows = await db
    .update(sourceObject)
    .set({ state: sql`case when ${sourceObject.contentHash} is null then 'new' else 'changed' end`, message: null })
    .where(and(eq(sourceObject.sourceId, sourceId), eq(sourceObject.state, 'failed')))
    .returning({ key: sourceObject.key });
  return rows.length;
}

/**
 * The next objects after a key that have vanished or were replaced, each with the images that it was: as many whole
 * objects as make so many images. `isHeld`: another object of the project's sources still is that image. `isMoved`:
 * something of the same mark waits to be taken, so it seems to have another name now. `hasMore`: others come behind.
 * @param params.limit at least as many as one object may have
 */
export const listVanished = (db: Db, params: { sourceId: string; projectId: string; after: string; limit: number }) =>
  execute(
    db,
    sql`
    with gone as (
      select key, state, content_hash, replaced_hashes, mark,
        sum((state = 'vanished')::int + cardinality(replaced_hashes)) over (order by key) as upto
      from (select * from ${sourceObject}
        where source_id = ${params.sourceId} and (state = 'vanished' or replaced_hashes <> '{}')
          and key > ${params.after}
        order by key limit ${params.limit + 1}) o
    ),
    piece as (
      select key, content_hash as hash, mark, true as whole from gone
        where state = 'vanished' and upto <= ${params.limit}
      union all
      select key, unnest(replaced_hashes), '', false from gone where upto <= ${params.limit}
    )
    select g.key, g.whole, g.hash, coalesce(i.id::text, '') as "imageId",
      exists (select 1 from ${sourceObject} o join source s on s.id = o.source_id
        where o.content_hash = g.hash and s.project_id = ${params.projectId} and o.state in ('taken', 'changed'))
        as "isHeld",
      g.mark <> '' and exists (select 1 from ${sourceObject} o where o.source_id = ${params.sourceId}
        and o.state = 'new' and o.mark = g.mark) as "isMoved",
      exists (select 1 from gone where upto > ${params.limit}) as "hasMore"
    from piece g left join ${image} i on i.project_id = ${params.projectId} and i.content_hash = g.hash
    order by g.key, g.whole`,
    { key: text, whole: truth, hash: text, imageId: text, isHeld: truth, isMoved: truth, hasMore: truth },
  );

/** Nothing more is asked about these: a vanished object is forgotten, a replaced image is no longer named. */
export async function settleObjects(
  db: Db,
  sourceId: string,
  settled: { vanished: readonly string[]; replaced: readonly { key: string; hash: string }[] },
): Promise<void> {
  const { vanished, replaced } = settled;
  if (replaced.length > 0)
    await db.execute(sql`
      update ${sourceObject} o set replaced_hashes = array(
        select h from unnest(o.replaced_hashes) with ordinality as r(h, at) where h <> all(v.hashes) order by at)
      from (select key, array_agg(hash) as hashes from unnest(
          ${sql.param(replaced.map(({ key }) => key))}::text[],
          ${sql.param(replaced.map(({ hash }) => hash))}::text[]) as one(key, hash) group by key) v
      where o.source_id = ${sourceId} and o.key = v.key`);
  if (vanished.length > 0)
    await db.execute(sql`delete from ${sourceObject} where source_id = ${sourceId} and state = 'vanished'
      and replaced_hashes = '{}' and key = any(${sql.param([...vanished])}::text[])`);
}

/** Keeps the images of everything that vanished or was replaced. Tells how many. */
export async function keepVanished(db: Db, sourceId: string): Promise<number> {
  const replaced = await executeOne(
    db,
    sql`with kept as (select key, cardinality(replaced_hashes) as n from ${sourceObject}
        where source_id = ${sourceId} and replaced_hashes <> '{}' for update),
      cleared as (update ${sourceObject} o set replaced_hashes = '{}' from kept
        where o.source_id = ${sourceId} and o.key = kept.key returning kept.n)
      select coalesce(sum(n), 0)::int as n from cleared`,
    { n: integer },
  );
  const row = await executeOne(
    db,
    sql`with gone as (delete from ${sourceObject} where source_id = ${sourceId} and state = 'vanished' returning 1)
      select count(*)::int as n from gone`,
    { n: integer },
  );
  return (replaced?.n ?? 0) + (row?.n ?? 0);
}
