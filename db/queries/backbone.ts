import { and, eq } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import type { Db } from '../client.ts';
import { backbone, project } from '../schema/index.ts';

/** Adds imported weights; the same file of one organization is one backbone. */
export async function insertBackbone(db: Db, row: Omit<typeof backbone.$inferInsert, 'id' | 'createdAt'>): Promise<string> {
  const [known] = await db.select({ id: backbone.id }).from(backbone).where(and(eq(backbone.organizationId, row.organizationId), eq(backbone.sha256, row.sha256)));
  if (known) return known.id;
  const [inserted] = await db.insert(backbone).values(row).returning({ id: backbone.id });
  return (inserted as { id: string }).id;
}

/** A backbone of the organization that owns the project; another one's does not exist for it. */
export async function getBackbone(db: Db, params: { id: string; projectId: string }) {
  const [row] = await db
    .select({ id: backbone.id, name: backbone.name, blobKey: backbone.blobKey, sha256: backbone.sha256, inputSize: backbone.inputSize })
    .from(backbone)
    .innerJoin(project, and(eq(project.organizationId, backbone.organizationId), eq(project.id, params.projectId)))
    .where(eq(backbone.id, params.id));
  if (!row) throw notFound('backbone');
  return row;
}
