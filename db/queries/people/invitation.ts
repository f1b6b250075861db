import { and, asc, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Role } from '#core/people/access.ts';
import { must } from '#core/must.ts';
import type { Db } from '../../client.ts';
import { invitation, invitationProject, member, organization, project } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

const live = and(isNull(invitation.revokedAt), gt(invitation.usesLeft, 0), gt(invitation.expiresAt, sql`now()`));

/** Invitations that a member may know of and take back: to these roles, and to no project that they do not see. */
const within = (who: { memberId: string; roles: readonly Role[] }) =>
  sql`${inArray(invitation.role, [...who.roles])} and exists (select 1 from ${member} seer
    where seer.id = ${who.memberId} and seer.organization_id = ${invitation}.organization_id and (seer.all_projects
      or (not ${invitation}.all_projects and not exists (select 1 from ${invitationProject} ip
        where ip.invitation_id = ${invitation}.id and not ${seesProject(sql`seer`, sql`ip.project_id`)}))))`;

export const listInvitations = (db: Db, who: { memberId: string; roles: readonly Role[] }) =>
  db
    .select({
      id: invitation.id,
      role: invitation.role,
      usesLeft: invitation.usesLeft,
      expiresAt: invitation.expiresAt,
      createdAt: invitation.createdAt,
      /** Names of the projects that it lets in to; null where to all. */
      projects: sql<string[] | null>`case when not ${invitation}.all_projects then array(select p.name
        from invitation_project ip join project p on p.id = ip.project_id
        where ip.invitation_id = ${invitation}.id and p.status <> 'deleted' order by p.name) end`,
    })
    .from(invitation)
    .where(and(live, within(who)))
    .orderBy(asc(invitation.createdAt));

export async function findInvitation(db: Db, tokenHash: string) {
  const [row] = await db
    .select({
      id: invitation.id,
      role: invitation.role,
      allProjects: invitation.allProjects,
      organizationId: invitation.organizationId,
      organizationName: organization.name,
      createdAt: invitation.createdAt,
    })
    .from(invitation)
    .innerJoin(organization, eq(organization.id, invitation.organizationId))
    .where(and(eq(invitation.tokenHash, tokenHash), live));
  return row ?? null;
}

/** The projects that an invitation lets in to, as far as they exist. */
export const listInvitedProjects = (db: Db, invitationId: string) =>
  db
    .select({ id: project.id, name: project.name })
    .from(invitationProject)
    .innerJoin(project, eq(project.id, invitationProject.projectId))
    .where(and(eq(invitationProject.invitationId, invitationId), ne(project.status, 'deleted')))
    .orderBy(asc(project.name));

/** Takes one use of an invitation; null when none is left. One statement, so two people cannot share the last use. */
export async function takeInvitation(db: Db, tokenHash: string) {
  const [row] = await db
    .update(invitation)
    .set({ usesLeft: sql`${invitation.usesLeft} - 1` })
    .where(and(eq(invitation.tokenHash, tokenHash), live))
    .returning({
      id: invitation.id,
      organizationId: invitation.organizationId,
      role: invitation.role,
      allProjects: invitation.allProjects,
      createdAt: invitation.createdAt,
    });
  return row ?? null;
}

/** An invitation to every project, or to these. */
export async function insertInvitation(
  db: Db,
  row: Omit<typeof invitation.$inferInsert, 'allProjects'>,
  projectIds: readonly string[] | 'all',
): Promise<string> {
  const inserted = await db
    .insert(invitation)
    .values({ ...row, allProjects: projectIds === 'all' })
    .returning({ id: invitation.id });
  const { id } = must(inserted, 0, 'invitation');
  if (projectIds !== 'all' && projectIds.length > 0)
    await db.insert(invitationProject).values(projectIds.map((projectId) => ({ invitationId: id, projectId })));
  return id;
}

export async function revokeInvitation(
  db: Db,
  who: { memberId: string; roles: readonly Role[] },
  id: string,
): Promise<boolean> {
  const rows = await db
    .update(invitation)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invitation.id, id), within(who)))
    .returning({ id: invitation.id });
  return rows.length > 0;
}

/** Takes back what a member has invited to, but for these roles. */
export async function revokeInvitationsOf(db: Db, memberId: string, kept: readonly Role[]): Promise<void> {
  await db
    .update(invitation)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(invitation.createdBy, memberId),
        isNull(invitation.revokedAt),
        kept.length > 0 ? sql`not ${inArray(invitation.role, [...kept])}` : undefined,
      ),
    );
}
