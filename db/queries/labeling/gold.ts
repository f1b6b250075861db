import { and, eq, inArray, sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { standingClass } from '../project/merge-class.ts';
import { annotation, image, lease } from '../../schema/index.ts';
import { execute, number, text, truth } from '../../execute.ts';

/**
 * Images with a known answer that the member has not answered yet, at random. They are checks of the person, outside of
 * the overlap. What is assigned to somebody else could come as a check only, and would tell it.
 */
export async function listGoldFor(
  db: Db,
  params: { projectId: string; memberId: string; limit: number },
): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    select i.id from ${image} i
    where i.project_id = ${params.projectId} and i.gold_class_id is not null and i.split <> 'out'
      and (i.assigned_to is null or i.assigned_to = ${params.memberId})
      and not exists (select 1 from ${annotation} a where a.image_id = i.id and a.member_id = ${params.memberId})
      and not exists (select 1 from ${lease} l where l.image_id = i.id and l.member_id = ${params.memberId})
    order by random() limit ${params.limit}`,
    { id: text },
  );
  return rows.map((row) => row.id);
}

/**
 * Leases a gold item like any other image, with a token from the same sequence and an end of its own, but not counted
 * on the image. Null where it is no gold item, or the member holds it.
 */
export async function claimGold(
  db: Db,
  params: { projectId: string; memberId: string; imageId: string; seconds: number },
): Promise<number | null> {
  const rows = await execute(
    db,
    sql`
    insert into ${lease} (project_id, image_id, member_id, purpose, expires_at)
    select ${params.projectId}, i.id, ${params.memberId}, 'gold', now() + make_interval(secs => ${params.seconds})
    from ${image} i
    where i.id = ${params.imageId} and i.project_id = ${params.projectId} and i.gold_class_id is not null
    on conflict do nothing returning token::int as token`,
    { token: number },
  );
  return rows[0]?.token ?? null;
}

/** A member's newest standing answers on gold items, newest first. */
export async function listGoldAnswers(
  db: Db,
  params: { projectId: string; memberId: string; limit: number },
): Promise<{ right: boolean }[]> {
  const rows = await execute(
    db,
    sql`
    select ${standingClass(sql`a.class_id`)} = i.gold_class_id as right from ${annotation} a
    join ${image} i on i.id = a.image_id and i.gold_class_id is not null
    where a.project_id = ${params.projectId} and a.member_id = ${params.memberId} and a.kind = 'decide'
      and a.source <> 'adjudicate'
      and not exists (select 1 from ${annotation} u where u.undoes_id = a.id)
    order by a.seq desc limit ${params.limit}`,
    { right: truth },
  );
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

/** Gold items of the project, and how many there are. */
export const listGold = (db: Db, params: { projectId: string; limit: number }) =>
  db
    .select({ id: image.id, fileName: image.fileName, goldClassId: image.goldClassId })
    .from(image)
    .where(
      and(eq(image.projectId, params.projectId), inArray(image.split, SPLITS), sql`${image.goldClassId} is not null`),
    )
    .orderBy(image.id)
    .limit(params.limit);
