import { lt, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { rateLimit, session, verification } from '../../schema/index.ts';

/** Longer than any window of tries, ms. */
const COUNTED_MS = 3_600_000;

/**
 * Deletes what has run out and nobody looks at any more: counts of tries, sessions, and what sign-in by an identity
 * provider remembered. Strangers make the first and the last, under as many names as they like.
 */
export async function purgePassed(db: Db): Promise<void> {
  await db.delete(rateLimit).where(lt(rateLimit.lastRequest, Date.now() - COUNTED_MS));
  await db.delete(session).where(lt(session.expiresAt, sql`now()`));
  await db.delete(verification).where(lt(verification.expiresAt, sql`now()`));
}
