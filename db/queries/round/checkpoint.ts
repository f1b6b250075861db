import { and, desc, eq, lt } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { checkpoint } from '../../schema/index.ts';

export type CheckpointRow = typeof checkpoint.$inferSelect;

/** Notes weights that lie in blob storage; the same step again replaces. */
export async function insertCheckpoint(
  db: Db,
  row: Omit<typeof checkpoint.$inferInsert, 'id' | 'createdAt'>,
): Promise<void> {
  await db
    .insert(checkpoint)
    .values(row)
    .onConflictDoUpdate({
      target: [checkpoint.roundId, checkpoint.step],
      set: { final: row.final ?? false, blobKey: row.blobKey, sha256: row.sha256, bytes: row.bytes },
    });
}

/** The newest weights to go on from; null when the round has none. */
export async function findLatestCheckpoint(db: Db, roundId: string): Promise<CheckpointRow | null> {
  const [row] = await db
    .select()
    .from(checkpoint)
    .where(eq(checkpoint.roundId, roundId))
    .orderBy(desc(checkpoint.final), desc(checkpoint.step))
    .limit(1);
  return row ?? null;
}

/** The weights that a round is judged by; null while it trains. */
export async function findFinalCheckpoint(db: Db, roundId: string): Promise<CheckpointRow | null> {
  const [row] = await db
    .select()
    .from(checkpoint)
    .where(and(eq(checkpoint.roundId, roundId), eq(checkpoint.final, true)));
  return row ?? null;
}

/** Forgets checkpoints before a step; returns the blob keys to delete. */
export async function deleteCheckpointsBefore(db: Db, params: { roundId: string; step: number }): Promise<string[]> {
  const rows = await db
    .delete(checkpoint)
    .where(and(eq(checkpoint.roundId, params.roundId), lt(checkpoint.step, params.step), eq(checkpoint.final, false)))
    .returning({ blobKey: checkpoint.blobKey });
  return rows.map(({ blobKey }) => blobKey);
}

/** Forgets one checkpoint, whose weights cannot be read. */
export async function deleteCheckpoint(db: Db, id: string): Promise<void> {
  await db.delete(checkpoint).where(eq(checkpoint.id, id));
}
