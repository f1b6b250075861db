import { and, eq } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { memberPause } from '../../schema/index.ts';

/** Pauses a member in a project. True when they were not paused before. */
export async function insertPause(
  db: Db,
  row: { projectId: string; memberId: string; reason: string },
): Promise<boolean> {
  const rows = await db
    .insert(memberPause)
    .values(row)
    .onConflictDoNothing()
    .returning({ memberId: memberPause.memberId });
  return rows.length > 0;
}

export async function deletePause(db: Db, params: { projectId: string; memberId: string }): Promise<void> {
  await db
    .delete(memberPause)
    .where(and(eq(memberPause.projectId, params.projectId), eq(memberPause.memberId, params.memberId)));
}

export async function findPause(db: Db, params: { projectId: string; memberId: string }) {
  const [row] = await db
    .select({ reason: memberPause.reason })
    .from(memberPause)
    .where(and(eq(memberPause.projectId, params.projectId), eq(memberPause.memberId, params.memberId)));
  return row ?? null;
}
