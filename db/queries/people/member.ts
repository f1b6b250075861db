import { and, asc, count, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type { Role } from '#core/people/access.ts';
import type { Db } from '../../client.ts';
import { invitation, member, organization, project, setupLink, user } from '../../schema/index.ts';

const shape = {
  memberId: member.id,
  userId: member.userId,
  name: user.name,
  role: member.role,
  organizationId: member.organizationId,
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

/** The live membership of a user in the organization of a project, with the project. */
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
      ),
    );
  return row ?? null;
}

export const listMemberships = (db: Db, userId: string) =>
  db
    .select({
      memberId: member.id,
      role: member.role,
      organizationId: organization.id,
      organizationName: organization.name,
    })
    .from(member)
    .innerJoin(organization, eq(organization.id, member.organizationId))
    .where(and(eq(member.userId, userId), isNull(member.removedAt)))
    .orderBy(asc(organization.name));

export const listMembers = (db: Db, organizationId: string) =>
  db
    .select({
      memberId: member.id,
      userId: member.userId,
      name: user.name,
      email: user.email,
      role: member.role,
      createdAt: member.createdAt,
    })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.organizationId, organizationId), isNull(member.removedAt)))
    .orderBy(asc(member.createdAt));

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

/** Adds a user, or brings a removed one back with a new role. */
export async function upsertMember(
  db: Db,
  row: { organizationId: string; userId: string; role: Role },
): Promise<string> {
  const [saved] = await db
    .insert(member)
    .values(row)
    .onConflictDoUpdate({ target: [member.organizationId, member.userId], set: { role: row.role, removedAt: null } })
    .returning({ id: member.id });
  return (saved as { id: string }).id;
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

export async function setMemberRole(db: Db, memberId: string, role: Role): Promise<void> {
  await db.update(member).set({ role }).where(eq(member.id, memberId));
}

export async function markMemberRemoved(db: Db, memberId: string): Promise<void> {
  await db
    .update(member)
    .set({ removedAt: sql`now()` })
    .where(eq(member.id, memberId));
}

export const listInvitations = (db: Db, organizationId: string) =>
  db
    .select({
      id: invitation.id,
      role: invitation.role,
      usesLeft: invitation.usesLeft,
      expiresAt: invitation.expiresAt,
      createdAt: invitation.createdAt,
    })
    .from(invitation)
    .where(
      and(
        eq(invitation.organizationId, organizationId),
        isNull(invitation.revokedAt),
        gt(invitation.usesLeft, 0),
        gt(invitation.expiresAt, sql`now()`),
      ),
    );

const liveInvitation = (tokenHash: string) =>
  and(
    eq(invitation.tokenHash, tokenHash),
    isNull(invitation.revokedAt),
    gt(invitation.usesLeft, 0),
    gt(invitation.expiresAt, sql`now()`),
  );

export async function findInvitation(db: Db, tokenHash: string) {
  const [row] = await db
    .select({
      id: invitation.id,
      role: invitation.role,
      organizationId: invitation.organizationId,
      organizationName: organization.name,
    })
    .from(invitation)
    .innerJoin(organization, eq(organization.id, invitation.organizationId))
    .where(liveInvitation(tokenHash));
  return row ?? null;
}

/** Takes one use of an invitation; null when none is left. One statement, so two people cannot share the last use. */
export async function takeInvitation(db: Db, tokenHash: string) {
  const [row] = await db
    .update(invitation)
    .set({ usesLeft: sql`${invitation.usesLeft} - 1` })
    .where(liveInvitation(tokenHash))
    .returning({ organizationId: invitation.organizationId, role: invitation.role });
  return row ?? null;
}

export async function insertInvitation(db: Db, row: typeof invitation.$inferInsert): Promise<string> {
  const [inserted] = await db.insert(invitation).values(row).returning({ id: invitation.id });
  return (inserted as { id: string }).id;
}

export async function revokeInvitation(db: Db, organizationId: string, id: string): Promise<boolean> {
  const rows = await db
    .update(invitation)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invitation.id, id), eq(invitation.organizationId, organizationId)))
    .returning({ id: invitation.id });
  return rows.length > 0;
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
