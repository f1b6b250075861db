import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import type { Db } from '../../client.ts';
import { markMemberRemoved, upsertMember } from './member.ts';
import { imageImport, member, organization, user } from '../../schema/index.ts';

export async function insertOrganization(db: Db, name: string): Promise<string> {
  const inserted = await db.insert(organization).values({ name }).returning({ id: organization.id });
  return must(inserted, 0, 'organization').id;
}

/** The organization that holds the demo and has no people yet gets this name; otherwise a new one is made. */
export async function adoptOrganization(db: Db, name: string): Promise<string> {
  const [empty] = await db
    .select({ id: organization.id })
    .from(organization)
    .where(
      sql`not exists (select 1 from ${member} where ${member.organizationId} = ${organization.id}
        and ${member.role} = 'owner')`,
    )
    .orderBy(asc(organization.createdAt))
    .limit(1);
  if (!empty) return insertOrganization(db, name);
  await db.update(organization).set({ name }).where(eq(organization.id, empty.id));
  return empty.id;
}

/** Whom people join who come by an identity provider: the oldest organization with an owner; null before set-up. */
export async function findHomeOrganization(db: Db): Promise<string | null> {
  const [row] = await db
    .select({ id: organization.id })
    .from(organization)
    .innerJoin(
      member,
      and(eq(member.organizationId, organization.id), eq(member.role, 'owner'), isNull(member.removedAt)),
    )
    .orderBy(asc(organization.createdAt), asc(organization.id))
    .limit(1);
  return row?.id ?? null;
}

export async function renameOrganization(db: Db, id: string, name: string): Promise<void> {
  await db.update(organization).set({ name }).where(eq(organization.id, id));
}

export async function hasAnyOrganization(db: Db): Promise<boolean> {
  const rows = await db.select({ id: organization.id }).from(organization).limit(1);
  return rows.length > 0;
}

const DEMO_USER = 'demo-';

/**
 * The author of the demo's first labels: without an account, so that nobody can sign in as it, and removed from the
 * start, so that no list of people shows it.
 */
export async function insertDemoMember(db: Db, organizationId: string): Promise<string> {
  const userId = `${DEMO_USER}${organizationId}`;
  await db.insert(user).values({ id: userId, name: 'Pupil demo', email: `${userId}@pupil.invalid` });
  const memberId = await upsertMember(db, { organizationId, userId, role: 'viewer' });
  await markMemberRemoved(db, memberId);
  return memberId;
}

/** The demo's import that an earlier start began and did not end; null when there is none. */
export async function findUnfinishedDemo(
  db: Db,
): Promise<{ projectId: string; memberId: string; importId: string } | null> {
  const [row] = await db
    .select({ projectId: imageImport.projectId, memberId: member.id, importId: imageImport.id })
    .from(imageImport)
    .innerJoin(member, eq(member.id, imageImport.createdBy))
    .where(and(eq(member.userId, sql`${DEMO_USER} || ${member.organizationId}`), ne(imageImport.status, 'ended')));
  return row ?? null;
}
