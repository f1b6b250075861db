import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { image } from '../../schema/index.ts';

/** Of the pool, and nobody has answered it, works on it or was asked to. */
const untouched = and(
  eq(image.split, 'pool'),
  eq(image.consensusState, 'none'),
  eq(image.answerCount, 0),
  eq(image.leaseCount, 0),
  sql`${image.assignedTo} is null`,
  sql`${image.goldClassId} is null`,
);

/** Untouched images of the pool, drawn anew at random: not by the import's draw, which is the order of labeling. */
export async function listDrawable(db: Db, params: { projectId: string; limit: number }): Promise<string[]> {
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .where(and(eq(image.projectId, params.projectId), untouched))
    .orderBy(sql`random()`)
    .limit(params.limit);
  return rows.map(({ id }) => id);
}

/** Those of the images that are untouched. */
export async function listUntouched(db: Db, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .where(and(inArray(image.id, [...ids]), untouched));
  return rows.map(({ id }) => id);
}
