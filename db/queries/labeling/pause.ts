import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import { saidAs } from '#core/text/stored.ts';
import { and, eq } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { memberPause } from '../../schema/index.ts';

/** Pauses a member in a project. True when they were not paused before. */
export async function insertPause(
  db: Db,
  { why, ...who }: { projectId: string; memberId: string; why: Said },
): Promise<boolean> {
  const rows = await db
    .insert(memberPause)
    .values({ ...who, reason: inEnglish(why), said: [why] })
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
    .select({ reason: memberPause.reason, said: memberPause.said })
    .from(memberPause)
    .where(and(eq(memberPause.projectId, params.projectId), eq(memberPause.memberId, params.memberId)));
  return row ? { reason: row.reason, said: saidAs(row.reason, row.said) } : null;
}
