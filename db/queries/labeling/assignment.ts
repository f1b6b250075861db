import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { image } from '../../schema/index.ts';
import { unansweredBy } from './lease.ts';

/**
 * Sets marks on images of a project, locked in the order of their ids as by every writer; ids of other projects are
 * passed over. Returns how many were set.
 */
export async function markImages(
  db: Db,
  params: { projectId: string; imageIds: readonly string[] },
  set: { flagged?: boolean; assignedTo?: string | null },
): Promise<number> {
  const locked = db.$with('locked').as(
    db
      .select({ id: image.id })
      .from(image)
      .where(and(eq(image.projectId, params.projectId), inArray(image.id, [...params.imageIds])))
      .orderBy(asc(image.id))
      .for('update'),
  );
  const rows = await db
    .with(locked)
    .update(image)
    .set(set)
    .where(inArray(image.id, db.select({ id: locked.id }).from(locked)))
    .returning({ id: image.id });
  return rows.length;
}

/**
 * Assigns the next open images of the queue that a member has not answered or skipped, in one statement: what they
 * cannot claim would wait for them for ever. Returns how many.
 */
export async function assignSlice(
  db: Db,
  params: { projectId: string; memberId: string; count: number; split: string | null },
): Promise<number> {
  const { rows } = await db.execute(sql`
    with slice as (
      select i.id from ${image} i
      where i.project_id = ${params.projectId} and i.assigned_to is null and i.lease_count = 0
        and ${unansweredBy(params.memberId)}
        and i.need > -(select overlap from project where id = ${params.projectId})
        ${params.split ? sql`and i.split = ${params.split}` : sql``}
      order by i.need desc nulls last, i.priority desc nulls last, i.shuffle, i.id limit ${params.count}
        for update of i skip locked
    )
    update ${image} i set assigned_to = ${params.memberId} from slice where i.id = slice.id returning i.id`);
  return rows.length;
}

/** Gives assigned images that are still open back to everybody; in one project, or everywhere when a member leaves. */
export async function unassignMember(db: Db, params: { memberId: string; projectId?: string }): Promise<number> {
  const { rows } = await db.execute(sql`
    with locked as (
      select id from ${image} where assigned_to = ${params.memberId} ${
        params.projectId
          ? sql`and project_id =
        ${params.projectId}`
          : sql``
      } order by id for update
    )
    update ${image} set assigned_to = null where id in (select id from locked) returning id`);
  return rows.length;
}
