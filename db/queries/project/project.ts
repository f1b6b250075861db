import { and, asc, eq, inArray, isNull, ne, notInArray, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { notFound } from '#core/errors.ts';
import type { Db } from '../../client.ts';
import { annotation, image, member, project, projectClass, roundLabel, run } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

export async function insertProject(db: Db, row: typeof project.$inferInsert) {
  return must(await db.insert(project).values(row).returning(), 0, 'project');
}

/** The projects of an organization that one of its members sees. */
export const listProjects = (db: Db, seer: { organizationId: string; memberId: string }) =>
  db
    .select({
      id: project.id,
      name: project.name,
      description: project.description,
      status: project.status,
      createdAt: project.createdAt,
      // Names are written out: in a query on one table Drizzle leaves the table name off, and `id` would be the image's
      // own.
      images: sql<number>`(select coalesce(sum(c.images), 0)::int from project_counter c
        where c.project_id = project.id)`,
      labeled: sql<number>`(select coalesce(sum(c.images) filter (where c.state in ('agreed', 'adjudicated')), 0)::int
        from project_counter c where c.project_id = project.id)`,
    })
    .from(project)
    .innerJoin(member, eq(member.id, seer.memberId))
    .where(
      and(
        eq(project.organizationId, seer.organizationId),
        notInArray(project.status, ['archived', 'deleted']),
        seesProject(),
      ),
    )
    .orderBy(asc(project.createdAt));

export async function getProject(db: Db, projectId: string) {
  const [row] = await db
    .select()
    .from(project)
    .where(and(eq(project.id, projectId), ne(project.status, 'deleted')));
  if (!row) throw notFound('project');
  return row;
}

/** The project as it stands, locked until the transaction ends. */
export async function lockProject(tx: Db, projectId: string) {
  const [row] = await tx
    .select()
    .from(project)
    .where(and(eq(project.id, projectId), ne(project.status, 'deleted')))
    .for('update');
  if (!row) throw notFound('project');
  return row;
}

/**
 * Lets one transaction at a time add classes to the project, or runs, or take them away. Unlike `lockProject` it keeps
 * nobody from writing images and annotations, whose rows refer to the project.
 */
export const lockProjectParts = (tx: Db, projectId: string) =>
  tx.select({ id: project.id }).from(project).where(eq(project.id, projectId)).for('no key update');

/** Writes settings; `overlap` follows `settings.overlap` here and nowhere else. */
export async function updateProjectRow(db: Db, id: string, set: Partial<typeof project.$inferInsert>): Promise<void> {
  await db
    .update(project)
    .set({ ...set, ...(set.settings ? { overlap: set.settings.overlap } : {}) })
    .where(eq(project.id, id));
}

export const listClasses = (db: Db, projectId: string) =>
  db
    .select({
      id: projectClass.id,
      name: projectClass.name,
      colour: projectClass.colour,
      hotkey: projectClass.hotkey,
      position: projectClass.position,
      description: projectClass.description,
      descriptionIn: projectClass.descriptionIn,
      exampleIds: projectClass.exampleIds,
    })
    .from(projectClass)
    .where(and(eq(projectClass.projectId, projectId), isNull(projectClass.mergedIntoId)))
    .orderBy(asc(projectClass.position), asc(projectClass.name));

/** Classes of one statement: it takes 65,535 parameters at most, and a class is seven. */
const CLASSES_AT_ONCE = 5000;

export async function insertClasses(db: Db, rows: (typeof projectClass.$inferInsert)[]) {
  const made: (typeof projectClass.$inferSelect)[] = [];
  for (let start = 0; start < rows.length; start += CLASSES_AT_ONCE)
    made.push(
      ...(await db
        .insert(projectClass)
        .values(rows.slice(start, start + CLASSES_AT_ONCE))
        .onConflictDoNothing({ target: [projectClass.projectId, projectClass.name] })
        .returning()),
    );
  return made;
}

export async function updateClassRow(
  db: Db,
  params: { projectId: string; classId: string },
  set: Partial<typeof projectClass.$inferInsert>,
): Promise<boolean> {
  const rows = await db
    .update(projectClass)
    .set(set)
    .where(and(eq(projectClass.id, params.classId), eq(projectClass.projectId, params.projectId)))
    .returning({ id: projectClass.id });
  return rows.length > 0;
}

/**
 * Keeps these classes from being deleted until the transaction ends: what an array names has no foreign key. Returns
 * those that are there.
 */
export const keepClasses = async (
  tx: Db,
  { projectId, classIds }: { projectId: string; classIds: readonly string[] },
): Promise<{ id: string }[]> =>
  await tx
    .select({ id: projectClass.id })
    .from(projectClass)
    .where(and(eq(projectClass.projectId, projectId), inArray(projectClass.id, [...classIds])))
    .orderBy(asc(projectClass.id))
    .for('key share');

/** Locks a class that is about to go: nobody answers with it any more. */
export const lockClass = (tx: Db, { projectId, classId }: { projectId: string; classId: string }) =>
  tx
    .select({ id: projectClass.id })
    .from(projectClass)
    .where(and(eq(projectClass.projectId, projectId), eq(projectClass.id, classId)))
    .for('update');

/** Was the class ever part of an annotation, of a run or of a check item? */
export async function isClassUsed(
  db: Db,
  { projectId, classId }: { projectId: string; classId: string },
): Promise<boolean> {
  const found = await db.execute(sql`
    select exists(select 1 from ${annotation} where ${annotation.projectId} = ${projectId}
            and ${classId} = any(${annotation.classIds}))
        or exists(select 1 from ${roundLabel} where ${roundLabel.classId} = ${classId})
        or exists(select 1 from ${run} where ${run.projectId} = ${projectId} and ${run.classIds} ? ${classId})
        or exists(select 1 from ${image} where ${image.projectId} = ${projectId}
          and (${classId} = any(${image.consensusClassIds}) or ${image.goldClassId} = ${classId})) as used`);
  return found.rows[0]?.used === true;
}

/** Gives classes the places that they have in this list. */
export async function orderClassRows(
  tx: Db,
  { projectId, classIds }: { projectId: string; classIds: readonly string[] },
): Promise<void> {
  await tx.execute(sql`
    update ${projectClass} c set position = v.n - 1
    from unnest(${sql.param([...classIds])}::uuid[]) with ordinality as v(id, n)
    where c.id = v.id and c.project_id = ${projectId}`);
}

export async function deleteClassRow(db: Db, params: { projectId: string; classId: string }): Promise<boolean> {
  const rows = await db
    .delete(projectClass)
    .where(and(eq(projectClass.id, params.classId), eq(projectClass.projectId, params.projectId)))
    .returning({ id: projectClass.id });
  return rows.length > 0;
}

export async function listRunIds(db: Db, projectId: string): Promise<string[]> {
  return (await db.select({ id: run.id }).from(run).where(eq(run.projectId, projectId))).map(({ id }) => id);
}

/** Those of these projects that exist. */
export async function listExistingProjects(db: Db, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  return (
    await db
      .select({ id: project.id })
      .from(project)
      .where(and(inArray(project.id, [...ids]), ne(project.status, 'deleted')))
  ).map(({ id }) => id);
}

export const listClassIds = (db: Db, projectId: string) =>
  db
    .select({
      id: projectClass.id,
      name: projectClass.name,
      colour: projectClass.colour,
      position: projectClass.position,
    })
    .from(projectClass)
    .where(and(eq(projectClass.projectId, projectId), isNull(projectClass.mergedIntoId)))
    .orderBy(asc(projectClass.position), asc(projectClass.id));
