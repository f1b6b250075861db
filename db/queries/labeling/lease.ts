import { sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { execute, executeOne, integer, text } from '../../execute.ts';
import { annotation, image, lease, project, reviewItem } from '../../schema/index.ts';

export interface ClaimedImage {
  imageId: string;
  /** Fencing token: a submit must carry it. */
  token: number;
}

const claimed = { imageId: text, token: integer };

/** The image `i` has no answer and no skip of the member that stands. */
export const unansweredBy = (memberId: string) => sql`not exists (
  select 1 from ${annotation} a where a.image_id = i.id and a.member_id = ${memberId} and a.kind <> 'undo'
    and not exists (select 1 from ${annotation} u where u.undoes_id = a.id))`;

/**
 * The image `i` may be leased to the member: not theirs already, and answered by nobody in the review queue just now.
 */
const openTo = (memberId: string) => sql`
  not exists (select 1 from ${lease} l where l.image_id = i.id and l.member_id = ${memberId})
  and ${unansweredBy(memberId)}
  and not exists (select 1 from ${reviewItem} r where r.image_id = i.id and r.status = 'open'
    and r.held_until > now())`;

/**
 * Claims the next images for a member, in one statement: rows are locked with SKIP LOCKED, and Postgres re-checks the
 * condition on the locked version, so live leases and answers never exceed what the overlap asks.
 * What a lead assigned to the member comes first; then images with fewer answers, higher priority, and the random
 * draw of the import. An image that somebody answers in the review queue just now is left out. Each limit is a number
 * that the planner sees: from "as many as are missing" it takes a tenth of the project, and sorts all of it
 * (docs/decisions/0004).
 */
export async function claimLeases(
  db: Db,
  params: { projectId: string; memberId: string; count: number; seconds: number },
): Promise<ClaimedImage[]> {
  const { projectId, memberId, count } = params;
  const free = sql`
    i.need > -(select overlap from asked) and ${openTo(memberId)}
    order by i.need desc nulls last, i.priority desc nulls last, i.shuffle, i.id`;
  return execute(
    db,
    sql`
    with asked as materialized (select overlap from ${project} where id = ${projectId} and status = 'active'),
    own as materialized (
      select i.id, i.need, i.priority, i.shuffle from ${image} i where i.project_id = ${projectId}
        and i.assigned_to = ${memberId} and ${free}
      limit ${count} for update of i skip locked
    ),
    common as materialized (
      select i.id, i.need, i.priority, i.shuffle from ${image} i where i.project_id = ${projectId}
        and i.assigned_to is null
        and (select count(*) from own) < ${count} and ${free}
      limit ${count} for update of i skip locked
    ),
    candidate as (
      select * from (select *, 0 as later from own union all select *, 1 as later from common) both_lists
      order by later, need desc, priority desc, shuffle, id limit ${count}
    ),
    bumped as (update ${image} set lease_count = lease_count + 1 where id in (select id from candidate) returning id),
    taken as (
      insert into ${lease} (project_id, image_id, member_id, expires_at)
      select ${projectId}, c.id, ${memberId}, now() + make_interval(secs => ${params.seconds})
      from candidate c join bumped on bumped.id = c.id
      order by c.later, c.need desc, c.priority desc, c.shuffle, c.id
      returning image_id, token
    )
    select taken.image_id as "imageId", taken.token::int as token
    from taken order by token`,
    claimed,
  );
}

/** Claims these images as far as they are open: a grid that a member looks at. Same rules as the queue. */
export async function claimThese(
  db: Db,
  params: { projectId: string; memberId: string; imageIds: readonly string[]; seconds: number },
): Promise<ClaimedImage[]> {
  return execute(
    db,
    sql`
    with candidate as materialized (
      select i.id from ${image} i
      where i.id = any(${sql.param([...params.imageIds])}::uuid[]) and i.project_id = ${params.projectId}
        and i.need > -(select overlap from ${project} where id = ${params.projectId} and status = 'active')
        and (i.assigned_to is null or i.assigned_to = ${params.memberId}) and ${openTo(params.memberId)}
      order by i.id for update of i skip locked
    ),
    bumped as (update ${image} set lease_count = lease_count + 1 where id in (select id from candidate) returning id)
    insert into ${lease} (project_id, image_id, member_id, expires_at)
    select ${params.projectId}, id, ${params.memberId}, now() + make_interval(secs => ${params.seconds}) from bumped
    returning image_id as "imageId", token::int as token`,
    claimed,
  );
}

/**
 * Claims one certain image for a member, if its overlap allows; after an undo. Who holds it already is told the same
 * token again: they may not have heard it.
 */
export async function claimImage(
  db: Db,
  params: { projectId: string; memberId: string; imageId: string; seconds: number },
): Promise<number | null> {
  const found = await executeOne(
    db,
    sql`
    with bumped as (
      update ${image} i set lease_count = lease_count + 1
      where i.id = ${params.imageId} and i.project_id = ${params.projectId}
        and i.need > -(select overlap from ${project} where id = ${params.projectId})
        and not exists (select 1 from ${lease} l where l.image_id = i.id and l.member_id = ${params.memberId})
      returning id
    ),
    taken as (
      insert into ${lease} (project_id, image_id, member_id, expires_at)
      select ${params.projectId}, id, ${params.memberId}, now() + make_interval(secs => ${params.seconds}) from bumped
      returning token
    )
    select token::int as token from taken
    union all select token::int from ${lease} where image_id = ${params.imageId} and project_id = ${params.projectId}
      and member_id = ${params.memberId}`,
    { token: integer },
  );
  return found?.token ?? null;
}

/** The leases that a member holds, oldest first: what a reloaded page goes on with. */
export async function listLeases(db: Db, params: { projectId: string; memberId: string }): Promise<ClaimedImage[]> {
  return execute(
    db,
    sql`
    select image_id as "imageId", token::int as token from ${lease}
    where project_id = ${params.projectId} and member_id = ${params.memberId} and expires_at > now() order by token`,
    claimed,
  );
}

/** Keeps a member's leases alive. */
export async function renewLeases(
  db: Db,
  params: { projectId: string; memberId: string; seconds: number },
): Promise<void> {
  await db.execute(sql`
    update ${lease} set expires_at = now() + make_interval(secs => ${params.seconds})
    where project_id = ${params.projectId} and member_id = ${params.memberId}`);
}

/** Lets a member's leases end soon: their last window has gone. A renewal takes this back. */
export async function shortenLeases(
  db: Db,
  params: { projectId: string; memberId: string; seconds: number },
): Promise<void> {
  await db.execute(sql`
    update ${lease} set expires_at = least(expires_at, now() + make_interval(secs => ${params.seconds}))
    where project_id = ${params.projectId} and member_id = ${params.memberId}`);
}

/** Ends the leases of a member on these images, whose rows the caller has locked. */
export async function endLeases(db: Db, params: { imageIds: readonly string[]; memberId: string }): Promise<void> {
  if (params.imageIds.length === 0) return;
  await db.execute(sql`
    with gone as (
      delete from ${lease} where image_id = any(${sql.param([...params.imageIds])}::uuid[])
        and member_id = ${params.memberId} returning image_id, purpose)
    update ${image} i set lease_count = lease_count - 1 from gone
    where i.id = gone.image_id and gone.purpose = 'label'`);
}

/**
 * Gives back what a member holds: all of it, in one project, or only these images. Images are locked before
 * leases, as everywhere.
 */
export async function releaseLeases(
  db: Db,
  params: { memberId: string; projectId?: string; imageIds?: readonly string[] },
): Promise<number> {
  const found = await db.execute(sql`
    with held as (
      select l.token, i.id from ${lease} l join ${image} i on i.id = l.image_id
      where l.member_id = ${params.memberId} ${params.projectId ? sql`and l.project_id = ${params.projectId}` : sql``}
        ${params.imageIds ? sql`and l.image_id = any(${sql.param([...params.imageIds])}::uuid[])` : sql``}
      order by i.id for update of i
    ),
    gone as (delete from ${lease} where token in (select token from held) returning image_id, purpose)
    update ${image} set lease_count = lease_count - 1
    where id in (select image_id from gone where purpose = 'label') returning id`);
  return found.rows.length;
}

/**
 * Ends leases whose time is over. An image that somebody is just writing to is left for the next sweep; a lease renewed
 * meanwhile lives on.
 */
export async function sweepLeases(db: Db, limit = 2000): Promise<number> {
  const found = await db.execute(sql`
    with due as (
      select l.token, i.id from ${lease} l join ${image} i on i.id = l.image_id
      where l.expires_at < now() order by i.id limit ${limit} for update of i skip locked
    ),
    gone as (
      delete from ${lease} where token in (select token from due) and expires_at < now() returning image_id, purpose),
    per_image as (select image_id, count(*)::int as n from gone where purpose = 'label' group by image_id)
    update ${image} i set lease_count = i.lease_count - p.n from per_image p where i.id = p.image_id returning i.id`);
  return found.rows.length;
}

/** Why there is nothing to claim: how many images others hold just now. */
export async function countHeldByOthers(db: Db, params: { projectId: string; memberId: string }): Promise<number> {
  const found = await executeOne(
    db,
    sql`
    select count(distinct image_id)::int as n from ${lease} where project_id = ${params.projectId}
      and member_id <> ${params.memberId} and purpose = 'label' and expires_at > now()`,
    { n: integer },
  );
  return found?.n ?? 0;
}
