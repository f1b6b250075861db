import { randomUUID } from 'node:crypto';
import type { Db } from '../client.ts';
import { account, user } from '../schema/index.ts';

/** A user with a password, as better-auth keeps them. Null when the e-mail address is taken. */
export async function insertUser(db: Db, row: { name: string; email: string; passwordHash: string }): Promise<string | null> {
  const [made] = await db.insert(user).values({ id: randomUUID(), name: row.name, email: row.email.toLowerCase() })
    .onConflictDoNothing({ target: user.email }).returning({ id: user.id });
  if (!made) return null;
  await db.insert(account).values({ id: randomUUID(), userId: made.id, accountId: made.id, providerId: 'credential', password: row.passwordHash });
  return made.id;
}
