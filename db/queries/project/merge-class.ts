import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import type { Db } from '../../client.ts';
import { execute, executeOne, integer, text } from '../../execute.ts';
import { annotation, image, projectClass, run } from '../../schema/index.ts';

/** What an answer counts for today: the class itself, or the one that it was merged into (CLASS-1). */
export const standingClass = (classId: SQL): SQL =>
  sql`(select coalesce(k.merged_into_id, k.id) from ${projectClass} k where k.id = ${classId})`;

/** The same of a set: merged classes that meet in it are one. Null of null. */
export const standingSet = (classIds: SQL): SQL =>
  sql`(case when ${classIds} is not null then array(
    select distinct coalesce(k.merged_into_id, k.id) from ${projectClass} k where k.id = any(${classIds}) order by 1
  ) end)`;

/** Every class that ever had answers: also those that were merged into another one. */
export const listEveryClass = (db: Db, projectId: string) =>
  db
    .select({
      id: projectClass.id,
      name: projectClass.name,
      colour: projectClass.colour,
      position: projectClass.position,
      mergedIntoId: projectClass.mergedIntoId,
    })
    .from(projectClass)
    .where(eq(projectClass.projectId, projectId))
    .orderBy(asc(projectClass.position), asc(projectClass.id));

/** Classes that are another name of one by now. */
export const listMerged = (db: Db, projectId: string) =>
  db
    .select({ id: projectClass.id, name: projectClass.name, intoId: projectClass.mergedIntoId })
    .from(projectClass)
    .where(and(eq(projectClass.projectId, projectId), isNotNull(projectClass.mergedIntoId)))
    .orderBy(asc(projectClass.name));

/** What merging a class into another one would do, without doing it. */
export async function previewMerge(db: Db, params: { projectId: string; classId: string; intoId: string }) {
  const { projectId, classId, intoId } = params;
  const has = (id: string) => sql`exists (select 1 from ${annotation} a where a.image_id = i.id and a.kind = 'decide'
    and ${id} = any(${standingSet(sql`a.class_ids`)})
    and not exists (select 1 from ${annotation} u where u.undoes_id = a.id))`;
  const found = await executeOne(
    db,
    sql`select
      (select count(*)::int from ${image} i where i.project_id = ${projectId} and i.split <> 'out'
        and ${classId} = any(i.consensus_class_ids)) as labels,
      (select count(*)::int from ${image} i where i.project_id = ${projectId} and i.split <> 'out'
        and ${intoId} = any(i.consensus_class_ids)) as "intoLabels",
      (select count(*)::int from ${image} i where i.project_id = ${projectId} and i.split <> 'out'
        and i.consensus_state = 'disputed' and ${has(classId)} and ${has(intoId)}) as disputed,
      (select count(*)::int from ${image} i where i.project_id = ${projectId} and i.gold_class_id = ${classId}) as gold,
      (select count(*)::int from ${run} r where r.project_id = ${projectId} and r.class_ids ? ${classId}) as runs`,
    { labels: integer, intoLabels: integer, disputed: integer, gold: integer, runs: integer },
  );
  return found ?? { labels: 0, intoLabels: 0, disputed: 0, gold: 0, runs: 0 };
}

/**
 * Makes a class another name of `intoId`, with those that were merged into it before. Returns all that count for that
 * one now. The project's classes are locked by the caller.
 */
export async function mergeRow(
  tx: Db,
  params: { projectId: string; classId: string; intoId: string },
): Promise<{ name: string; classIds: string[] }> {
  const { projectId, classId, intoId } = params;
  const [row] = await tx
    .select({ name: projectClass.name, hotkey: projectClass.hotkey, mergedIntoId: projectClass.mergedIntoId })
    .from(projectClass)
    .where(and(eq(projectClass.id, classId), eq(projectClass.projectId, projectId)));
  if (!row || row.mergedIntoId !== null) throw notFound('class');
  const gold = await tx
    .update(image)
    .set({ goldClassId: intoId })
    .where(and(eq(image.projectId, projectId), eq(image.goldClassId, classId)))
    .returning({ id: image.id });
  const aliases = await tx
    .update(projectClass)
    .set({ mergedIntoId: intoId })
    .where(and(eq(projectClass.projectId, projectId), eq(projectClass.mergedIntoId, classId)))
    .returning({ id: projectClass.id });
  const aliasIds = aliases.map(({ id }) => id);
  await tx
    .update(projectClass)
    .set({
      mergedIntoId: intoId,
      hotkey: null,
      mergedBefore: { hotkey: row.hotkey, goldImageIds: gold.map(({ id }) => id), aliasIds },
    })
    .where(eq(projectClass.id, classId));
  return { name: row.name, classIds: [classId, ...aliasIds] };
}

/**
 * Makes a merged class one of its own again, with what counted for it then. Returns these. The project's classes are
 * locked by the caller.
 */
export async function unmergeRow(
  tx: Db,
  params: { projectId: string; classId: string },
): Promise<{ name: string; classIds: string[] }> {
  const { projectId, classId } = params;
  const [row] = await tx
    .select()
    .from(projectClass)
    .where(and(eq(projectClass.id, classId), eq(projectClass.projectId, projectId)));
  if (!row || row.mergedIntoId === null) throw notFound('class');
  const before = row.mergedBefore ?? { hotkey: null, goldImageIds: [], aliasIds: [] };
  const taken = await tx
    .select({ id: projectClass.id })
    .from(projectClass)
    .where(
      and(eq(projectClass.projectId, projectId), before.hotkey ? eq(projectClass.hotkey, before.hotkey) : sql`false`),
    );
  await tx
    .update(projectClass)
    .set({ mergedIntoId: null, mergedBefore: null, hotkey: taken.length > 0 ? null : before.hotkey })
    .where(eq(projectClass.id, classId));
  const aliases = await tx
    .update(projectClass)
    .set({ mergedIntoId: classId })
    .where(and(inArray(projectClass.id, before.aliasIds), eq(projectClass.mergedIntoId, row.mergedIntoId)))
    .returning({ id: projectClass.id });
  await tx
    .update(image)
    .set({ goldClassId: classId })
    .where(
      and(
        eq(image.projectId, projectId),
        inArray(image.id, before.goldImageIds),
        eq(image.goldClassId, row.mergedIntoId),
      ),
    );
  return { name: row.name, classIds: [classId, ...aliases.map(({ id }) => id)] };
}

/** The next images that somebody answered with one of these classes, in the order of their ids. */
export async function listJudgedAs(
  db: Db,
  params: { projectId: string; classIds: readonly string[]; after: string | null; limit: number },
): Promise<string[]> {
  const after = params.after === null ? sql`true` : sql`a.image_id > ${params.after}::uuid`;
  const rows = await execute(
    db,
    sql`
    select distinct a.image_id as id from ${annotation} a where a.project_id = ${params.projectId} and ${after}
      and a.class_ids && ${sql.param([...params.classIds])}::uuid[]
    order by a.image_id limit ${params.limit}`,
    { id: text },
  );
  return rows.map(({ id }) => id);
}
