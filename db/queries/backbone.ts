import { and, desc, eq } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import type { Db } from '../client.ts';
import { backbone } from '../schema/index.ts';

/** Adds imported weights; the same file of one organization is one backbone. */
export async function insertBackbone(db: Db, row: Omit<typeof backbone.$inferInsert, 'id' | 'createdAt'>): Promise<string> {
  const [known] = await db.select({ id: backbone.id }).from(backbone).where(and(eq(backbone.organizationId, row.organizationId), eq(backbone.sha256, row.sha256)));
  if (known) return known.id;
  const [inserted] = await db.insert(backbone).values(row).returning({ id: backbone.id });
  return (inserted as { id: string }).id;
}

export async function getBackbone(db: Db, id: string) {
  const [row] = await db.select().from(backbone).where(eq(backbone.id, id));
  if (!row) throw notFound('backbone');
  return row;
}

export const listBackbones = (db: Db, organizationId: string) =>
  db.select().from(backbone).where(eq(backbone.organizationId, organizationId)).orderBy(desc(backbone.createdAt)).limit(100);
