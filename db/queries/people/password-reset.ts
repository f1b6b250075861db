import { and, eq, gt, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { passwordReset, user } from '../../schema/index.ts';

/** Keeps a link to a new password; an older one of the person ends. */
export async function replaceReset(
  db: Db,
  row: { userId: string; tokenHash: string; createdBy: string | null; expiresAt: Date },
): Promise<void> {
  await db
    .insert(passwordReset)
    .values(row)
    .onConflictDoUpdate({ target: passwordReset.userId, set: { ...row, createdAt: sql`now()` } });
}

const live = (tokenHash: string) =>
  and(eq(passwordReset.tokenHash, tokenHash), gt(passwordReset.expiresAt, sql`now()`));

/** Whom a link is for. */
export async function findReset(db: Db, tokenHash: string) {
  const [row] = await db
    .select({ userId: user.id, name: user.name, email: user.email })
    .from(passwordReset)
    .innerJoin(user, eq(user.id, passwordReset.userId))
    .where(live(tokenHash));
  return row ?? null;
}

/** Uses a link up; null when it does not work any more. One statement, so that it works once. */
export async function takeReset(db: Db, tokenHash: string): Promise<{ userId: string } | null> {
  const [row] = await db.delete(passwordReset).where(live(tokenHash)).returning({ userId: passwordReset.userId });
  return row ?? null;
}

/** Takes back the links that a member made. */
export async function deleteResetsBy(db: Db, memberId: string): Promise<void> {
  await db.delete(passwordReset).where(eq(passwordReset.createdBy, memberId));
}
