import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { notifyServers } from '../../notify.ts';
import { apiToken, member, user } from '../../schema/index.ts';

/** The member behind a live token; notes that it was used. */
export async function findActiveApiToken(db: Db, tokenHash: string) {
  const [row] = await db
    .update(apiToken)
    .set({ lastUsedAt: sql`now()` })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(apiToken.tokenHash, tokenHash),
        isNull(apiToken.revokedAt),
        eq(member.id, apiToken.memberId),
        isNull(member.removedAt),
      ),
    )
    .returning({ id: apiToken.id, memberId: member.id, userId: user.id, name: user.name, email: user.email });
  return row ?? null;
}

export const listApiTokens = (db: Db, memberId: string) =>
  db
    .select({ id: apiToken.id, name: apiToken.name, createdAt: apiToken.createdAt, lastUsedAt: apiToken.lastUsedAt })
    .from(apiToken)
    .where(and(eq(apiToken.memberId, memberId), isNull(apiToken.revokedAt)))
    .orderBy(desc(apiToken.createdAt));

export async function insertApiToken(db: Db, row: typeof apiToken.$inferInsert): Promise<string> {
  const [inserted] = await db.insert(apiToken).values(row).returning({ id: apiToken.id });
  return (inserted as { id: string }).id;
}

/** Revokes a token and tells every server, which closes what rests on it. */
export async function revokeApiToken(db: Db, memberId: string, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .update(apiToken)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(apiToken.id, id), eq(apiToken.memberId, memberId)))
      .returning({ id: apiToken.id });
    await notifyServers(
      tx,
      rows.map((row) => ({ name: 'access:ended', accessId: row.id })),
    );
    return rows.length > 0;
  });
}
