import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { member, project, projectMember } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

/** Those of these projects that the member sees. */
export async function listSeen(db: Db, params: { memberId: string; projectIds: readonly string[] }): Promise<string[]> {
  if (params.projectIds.length === 0) return [];
  const rows = await db
    .select({ id: project.id })
    .from(project)
    .innerJoin(member, eq(member.organizationId, project.organizationId))
    .where(
      and(
        eq(member.id, params.memberId),
        isNull(member.removedAt),
        inArray(project.id, [...params.projectIds]),
        ne(project.status, 'deleted'),
        seesProject(),
      ),
    );
  return rows.map(({ id }) => id);
}

/** The projects that were chosen for a member. */
export const listChosen = async (db: Db, memberId: string): Promise<string[]> =>
  (
    await db.select({ id: projectMember.projectId }).from(projectMember).where(eq(projectMember.memberId, memberId))
  ).map(({ id }) => id);

/** Lets a member see every project, or exactly these. */
export async function setProjects(
  db: Db,
  params: { memberId: string; projectIds: readonly string[] | 'all' },
): Promise<void> {
  const { memberId, projectIds } = params;
  await db
    .update(member)
    .set({ allProjects: projectIds === 'all' })
    .where(eq(member.id, memberId));
  await db.delete(projectMember).where(eq(projectMember.memberId, memberId));
  if (projectIds !== 'all') await addProjects(db, { memberId, projectIds });
}

export async function addProjects(db: Db, params: { memberId: string; projectIds: readonly string[] }): Promise<void> {
  if (params.projectIds.length === 0) return;
  await db
    .insert(projectMember)
    .values(params.projectIds.map((projectId) => ({ memberId: params.memberId, projectId })))
    .onConflictDoNothing();
}

/** Projects of the member's organization that the member does not see. */
export async function listUnseen(db: Db, memberId: string): Promise<string[]> {
  const rows = await db
    .select({ id: project.id })
    .from(project)
    .innerJoin(member, eq(member.organizationId, project.organizationId))
    .where(and(eq(member.id, memberId), sql`not ${seesProject()}`));
  return rows.map(({ id }) => id);
}
