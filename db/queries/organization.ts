import { asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { member, organization } from '../schema/index.ts';

export async function insertOrganization(db: Db, name: string): Promise<string> {
  const [row] = await db.insert(organization).values({ name }).returning({ id: organization.id });
  return (row as { id: string }).id;
}

/** The organization that holds the demo and has no people yet gets this name; otherwise a new one is made. */
export async function adoptOrganization(db: Db, name: string): Promise<string> {
  const [empty] = await db
    .select({ id: organization.id })
    .from(organization)
    .where(sql`not exists (select 1 from ${member} where ${member.organizationId} = ${organization.id} and ${member.role} = 'owner')`)
    .orderBy(asc(organization.createdAt))
    .limit(1);
  if (!empty) return insertOrganization(db, name);
  await db.update(organization).set({ name }).where(eq(organization.id, empty.id));
  return empty.id;
}

export async function renameOrganization(db: Db, id: string, name: string): Promise<void> {
  await db.update(organization).set({ name }).where(eq(organization.id, id));
}
