import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
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

/** Every live token of an organization, with whose it is. */
export const listAllApiTokens = (db: Db, organizationId: string) =>
  db
    .select({
      id: apiToken.id,
      name: apiToken.name,
      createdAt: apiToken.createdAt,
      lastUsedAt: apiToken.lastUsedAt,
      memberId: member.id,
      memberName: user.name,
      role: member.role,
    })
    .from(apiToken)
    .innerJoin(member, eq(member.id, apiToken.memberId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.organizationId, organizationId), isNull(apiToken.revokedAt), isNull(member.removedAt)))
    .orderBy(asc(user.name), desc(apiToken.createdAt));

export async function insertApiToken(db: Db, row: typeof apiToken.$inferInsert): Promise<string> {
  const inserted = await db.insert(apiToken).values(row).returning({ id: apiToken.id });
  return must(inserted, 0, 'API token').id;
}

/**
 * Revokes a token of a member, all of theirs, or one of whomever in the organization, and tells every server, which
 * closes what rests on it. Says which were live.
 */
export async function revokeApiTokens(
  db: Db,
  which: { memberId: string; id?: string } | { organizationId: string; id: string },
): Promise<string[]> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .update(apiToken)
      .set({ revokedAt: sql`now()` })
      .where(
        and(
          which.id === undefined ? undefined : eq(apiToken.id, which.id),
          'memberId' in which
            ? eq(apiToken.memberId, which.memberId)
            : sql`${apiToken.memberId} in (
                select m.id from ${member} m where m.organization_id = ${which.organizationId})`,
          isNull(apiToken.revokedAt),
        ),
      )
      .returning({ id: apiToken.id });
    await notifyServers(
      tx,
      rows.map((row) => ({ name: 'access:ended', accessId: row.id })),
    );
    return rows.map(({ id }) => id);
  });
}
