import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { annotation, image, lease, memberPause } from '../../schema/index.ts';

/**
 * Images with a known answer that the member has not judged yet, at random. They are checks of the person: no lease, no
 * overlap.
 */
export async function listGoldFor(
  db: Db,
  params: { projectId: string; memberId: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select i.id from ${image} i
    where i.project_id = ${params.projectId} and i.gold_class_id is not null
      and not exists (select 1 from ${annotation} a where a.image_id = i.id and a.member_id = ${params.memberId})
      and not exists (select 1 from ${lease} l where l.image_id = i.id and l.member_id = ${params.memberId})
    order by random() limit ${params.limit}`);
  return rows.map((row) => row.id);
}

/** A member's newest standing answers on gold items, newest first. */
export async function listGoldAnswers(
  db: Db,
  params: { projectId: string; memberId: string; limit: number },
): Promise<{ right: boolean }[]> {
  const { rows } = await db.execute<{ right: boolean }>(sql`
    select a.class_id = i.gold_class_id as right from ${annotation} a
    join ${image} i on i.id = a.image_id and i.gold_class_id is not null
    where a.project_id = ${params.projectId} and a.member_id = ${params.memberId} and a.kind = 'decide'
      and a.source <> 'adjudicate'
      and not exists (select 1 from ${annotation} u where u.undoes_id = a.id)
    order by a.seq desc limit ${params.limit}`);
  return rows;
}

export async function setGoldClass(
  db: Db,
  params: { projectId: string; imageId: string; classId: string | null },
): Promise<void> {
  await db
    .update(image)
    .set({ goldClassId: params.classId })
    .where(and(eq(image.id, params.imageId), eq(image.projectId, params.projectId)));
}

/** Pauses a member in a project. True when they were not paused before. */
export async function insertPause(
  db: Db,
  row: { projectId: string; memberId: string; reason: string },
): Promise<boolean> {
  const rows = await db
    .insert(memberPause)
    .values(row)
    .onConflictDoNothing()
    .returning({ memberId: memberPause.memberId });
  return rows.length > 0;
}

export async function deletePause(db: Db, params: { projectId: string; memberId: string }): Promise<void> {
  await db
    .delete(memberPause)
    .where(and(eq(memberPause.projectId, params.projectId), eq(memberPause.memberId, params.memberId)));
}

/** Gold items of the project, and how many there are. */
export const listGold = (db: Db, params: { projectId: string; limit: number }) =>
  db
    .select({ id: image.id, fileName: image.fileName, goldClassId: image.goldClassId })
    .from(image)
    .where(and(eq(image.projectId, params.projectId), sql`${image.goldClassId} is not null`))
    .orderBy(image.id)
    .limit(params.limit);

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

/** Assigns the next open images of the queue to a member, in one statement. Returns how many. */
export async function assignSlice(
  db: Db,
  params: { projectId: string; memberId: string; count: number; split: string | null },
): Promise<number> {
  const { rows } = await db.execute(sql`
    with slice as (
      select i.id from ${image} i
      where i.project_id = ${params.projectId} and i.assigned_to is null and i.lease_count = 0
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
