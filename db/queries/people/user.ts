import { randomUUID } from 'node:crypto';
import { and, eq, ne, sql } from 'drizzle-orm';
import type { Language } from '#core/text/languages.ts';
import type { Db } from '../../client.ts';
import { account, session, user } from '../../schema/index.ts';

/** A user with a password, as better-auth keeps them. Null when the e-mail address is taken. */
export async function insertUser(
  db: Db,
  row: { name: string; email: string; passwordHash: string },
): Promise<string | null> {
  const [made] = await db
    .insert(user)
    .values({ id: randomUUID(), name: row.name, email: row.email.toLowerCase() })
    .onConflictDoNothing({ target: user.email })
    .returning({ id: user.id });
  if (!made) return null;
  await db.insert(account).values({
    id: randomUUID(),
    userId: made.id,
    accountId: made.id,
    providerId: 'credential',
    password: row.passwordHash,
  });
  return made.id;
}

const credentialOf = (userId: string) => and(eq(account.userId, userId), eq(account.providerId, 'credential'));

/** Null for somebody who has no password. */
export async function findPasswordHash(db: Db, userId: string): Promise<string | null> {
  const [row] = await db.select({ password: account.password }).from(account).where(credentialOf(userId));
  return row?.password ?? null;
}

/** Sets a password, also of somebody who had none (who came by an identity provider). */
export async function setPasswordHash(db: Db, params: { userId: string; passwordHash: string }): Promise<void> {
  const { userId, passwordHash: password } = params;
  const rows = await db
    .update(account)
    .set({ password, updatedAt: sql`now()` })
    .where(credentialOf(userId))
    .returning({ id: account.id });
  if (rows.length === 0)
    await db
      .insert(account)
      .values({ id: randomUUID(), userId, accountId: userId, providerId: 'credential', password });
}

/** Ends the password of a person who signs in otherwise now. */
export async function deleteCredential(db: Db, userId: string): Promise<void> {
  await db.delete(account).where(credentialOf(userId));
}

/** Ends every session of a person; the database announces each to all servers. */
export async function deleteSessions(db: Db, { userId }: { userId: string }): Promise<void> {
  await db.delete(session).where(eq(session.userId, userId));
}

export async function findUserByEmail(db: Db, email: string) {
  const [row] = await db
    .select({ id: user.id, name: user.name, email: user.email, language: user.language })
    .from(user)
    .where(eq(user.email, email.toLowerCase()));
  return row ?? null;
}

/** Where letters to a person go, and the language that they have chosen. */
export async function getLetterTo(db: Db, userId: string): Promise<{ email: string; language: Language | null }> {
  const [row] = await db.select({ email: user.email, language: user.language }).from(user).where(eq(user.id, userId));
  return row ?? { email: '', language: null };
}

/** Ends every session of a person but one; the database announces each to all servers. */
export async function deleteOtherSessions(db: Db, params: { userId: string; keptId: string }): Promise<void> {
  await db.delete(session).where(and(eq(session.userId, params.userId), ne(session.id, params.keptId)));
}

export async function setUserName(db: Db, params: { userId: string; name: string }): Promise<void> {
  await db
    .update(user)
    .set({ name: params.name, updatedAt: sql`now()` })
    .where(eq(user.id, params.userId));
}

/** Null where they follow their browser. */
export async function findLanguage(db: Db, userId: string): Promise<Language | null> {
  const [row] = await db.select({ language: user.language }).from(user).where(eq(user.id, userId));
  return row?.language ?? null;
}

export async function setLanguage(db: Db, params: { userId: string; language: Language }): Promise<void> {
  await db
    .update(user)
    .set({ language: params.language, updatedAt: sql`now()` })
    .where(eq(user.id, params.userId));
}
