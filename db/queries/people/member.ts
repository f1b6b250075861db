import { and, asc, count, eq, isNull, ne, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Role } from '#core/people/access.ts';
import { must } from '#core/must.ts';
import type { Db } from '../../client.ts';
import { member, organization, project, setupLink, user } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

const shape = {
  memberId: member.id,
  userId: member.userId,
  name: user.name,
  role: member.role,
  organizationId: member.organizationId,
  allProjects: member.allProjects,
};

/** The live membership of a user in an organization; of one certain member when `memberId` is given. */
export async function findMembership(
  db: Db,
  params: { organizationId: string; userId: string; memberId?: string | null },
) {
  const [row] = await db
    .select(shape)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(member.organizationId, params.organizationId),
        eq(member.userId, params.userId),
        params.memberId ? eq(member.id, params.memberId) : undefined,
        isNull(member.removedAt),
      ),
    );
  return row ?? null;
}

/** The live membership of a user in the organization of a project that they see, with the project. */
export async function findProjectMembership(
  db: Db,
  params: { projectId: string; userId: string; memberId?: string | null },
) {
  const [row] = await db
    .select({ actor: shape, project })
    .from(project)
    .innerJoin(member, eq(member.organizationId, project.organizationId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(project.id, params.projectId),
        ne(project.status, 'deleted'),
        eq(member.userId, params.userId),
        params.memberId ? eq(member.id, params.memberId) : undefined,
        isNull(member.removedAt),
        seesProject(),
      ),
    );
  return row ?? null;
}

export const listMemberships = (db: Db, userId: string) =>
  db
    .select({
      memberId: member.id,
      role: member.role,
      allProjects: member.allProjects,
      organizationId: organization.id,
      organizationName: organization.name,
    })
    .from(member)
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .where(and(eq(member.userId, userId), isNull(member.removedAt)))
    .orderBy(asc(organization.name));

const listed = {
  memberId: member.id,
  userId: member.userId,
  name: user.name,
  email: user.email,
  role: member.role,
  createdAt: member.createdAt,
};

const colleague = alias(member, 'colleague');

/**
 * The members whom one of them may know of: all, or, for a member with chosen projects, those who see one of these.
 * With each the projects that were chosen for them, as far as the asking member sees them; null where they see all.
 */
export const listMembers = (db: Db, seer: { organizationId: string; memberId: string }) =>
  db
    .select({
      ...listed,
      projectIds: sql<string[] | null>`case when not ${member.allProjects} then array(
        select pm.project_id::text from project_member pm join project p on p.id = pm.project_id
        where pm.member_id = ${member}.id and p.status <> 'deleted' and ${seesProject(colleague, sql`p.id`)}) end`,
    })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .innerJoin(colleague, eq(colleague.id, seer.memberId))
    .where(
      and(
        eq(member.organizationId, seer.organizationId),
        isNull(member.removedAt),
        or(
          colleague.allProjects,
          eq(member.id, seer.memberId),
          sql`exists (select 1 from project_member own where own.member_id = ${seer.memberId}
            and ${seesProject(member, sql`own.project_id`)})`,
        ),
      ),
    )
    .orderBy(asc(member.createdAt));

/** The members who see a project. */
export const listProjectMembers = (db: Db, projectId: string) =>
  db
    .select(listed)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .innerJoin(project, and(eq(project.id, projectId), eq(project.organizationId, member.organizationId)))
    .where(and(isNull(member.removedAt), seesProject()))
    .orderBy(asc(member.createdAt));

/** One who sees a project. */
export async function findProjectMember(db: Db, params: { projectId: string; memberId: string }) {
  const [row] = await db
    .select(shape)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .innerJoin(project, and(eq(project.id, params.projectId), eq(project.organizationId, member.organizationId)))
    .where(and(eq(member.id, params.memberId), isNull(member.removedAt), seesProject()));
  return row ?? null;
}

export async function findMember(db: Db, params: { organizationId: string; memberId: string }) {
  const [row] = await db
    .select(shape)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(eq(member.organizationId, params.organizationId), eq(member.id, params.memberId), isNull(member.removedAt)),
    );
  return row ?? null;
}

/** Adds a user, or brings a removed one back with a new role; which projects they see is chosen after that. */
export async function upsertMember(
  db: Db,
  row: { organizationId: string; userId: string; role: Role },
): Promise<string> {
  const saved = await db
    .insert(member)
    .values(row)
    .onConflictDoUpdate({
      target: [member.organizationId, member.userId],
      set: { role: row.role, allProjects: true, removedAt: null },
    })
    .returning({ id: member.id });
  return must(saved, 0, 'member').id;
}

/** Locks the owners of an organization and counts them, so that two demotions cannot leave none. */
export async function countOwnersForUpdate(db: Db, organizationId: string): Promise<number> {
  const rows = await db
    .select({ id: member.id })
    .from(member)
    .where(and(eq(member.organizationId, organizationId), eq(member.role, 'owner'), isNull(member.removedAt)))
    .for('update');
  return rows.length;
}

/** An owner sees every project. */
export async function setMemberRole(db: Db, memberId: string, role: Role): Promise<void> {
  await db
    .update(member)
    .set({ role, ...(role === 'owner' ? { allProjects: true } : {}) })
    .where(eq(member.id, memberId));
}

/** Where a user is or was a member. */
export const listEveryMembership = (db: Db, userId: string) =>
  db
    .select({ organizationId: member.organizationId, removedAt: member.removedAt })
    .from(member)
    .where(eq(member.userId, userId));

/** When the user was put out of the organization; null for who is in it or never was. */
export async function findRemoval(db: Db, params: { organizationId: string; userId: string }): Promise<Date | null> {
  const [row] = await db
    .select({ at: member.removedAt })
    .from(member)
    .where(and(eq(member.organizationId, params.organizationId), eq(member.userId, params.userId)));
  return row?.at ?? null;
}

export async function markMemberRemoved(db: Db, memberId: string): Promise<void> {
  await db
    .update(member)
    .set({ removedAt: sql`now()` })
    .where(eq(member.id, memberId));
}

/** The set-up link works while it is unused and nobody is an owner. */
export async function findSetupLink(db: Db, tokenHash: string): Promise<boolean> {
  const [row] = await db
    .select({ hash: setupLink.tokenHash })
    .from(setupLink)
    .where(and(eq(setupLink.tokenHash, tokenHash), isNull(setupLink.usedAt)));
  return row !== undefined;
}

export async function takeSetupLink(db: Db, tokenHash: string): Promise<boolean> {
  const rows = await db
    .update(setupLink)
    .set({ usedAt: sql`now()` })
    .where(and(eq(setupLink.tokenHash, tokenHash), isNull(setupLink.usedAt)))
    .returning({ hash: setupLink.tokenHash });
  return rows.length > 0;
}

/** Replaces any unused link. */
export async function replaceSetupLink(db: Db, tokenHash: string): Promise<void> {
  await db.delete(setupLink).where(isNull(setupLink.usedAt));
  await db.insert(setupLink).values({ tokenHash });
}

/** Is there anybody who can sign in as an owner? */
export async function hasOwner(db: Db): Promise<boolean> {
  const [row] = await db
    .select({ n: count() })
    .from(member)
    .where(and(eq(member.role, 'owner'), isNull(member.removedAt)));
  return (row?.n ?? 0) > 0;
}
