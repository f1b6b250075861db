import { asc, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { blobRemoval } from '../../schema/index.ts';

/**
 * Notes that everything below these prefixes is to be deleted; written with the rows' own deletion, so that neither
 * happens alone.
 */
export async function noteRemovals(db: Db, prefixes: readonly string[]): Promise<void> {
  if (prefixes.length > 0)
    await db
      .insert(blobRemoval)
      .values(prefixes.map((prefix) => ({ prefix })))
      .onConflictDoNothing();
}

/** Prefixes that were never swept, and those whose last sweep is due. */
export const listRemovals = (db: Db) =>
  db
    .select({ prefix: blobRemoval.prefix, isLast: sql<boolean>`${blobRemoval.dueAt} <= now()` })
    .from(blobRemoval)
    .where(or(isNull(blobRemoval.sweptAt), lte(blobRemoval.dueAt, sql`now()`)))
    .orderBy(asc(blobRemoval.dueAt))
    .limit(100);

/** The blobs of a prefix are gone; after the last sweep so is the note. */
export async function endRemoval(db: Db, { prefix, isLast }: { prefix: string; isLast: boolean }): Promise<void> {
  if (isLast) await db.delete(blobRemoval).where(eq(blobRemoval.prefix, prefix));
  else
    await db
      .update(blobRemoval)
      .set({ sweptAt: sql`now()` })
      .where(eq(blobRemoval.prefix, prefix));
}
