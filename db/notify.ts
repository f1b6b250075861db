import { sql } from 'drizzle-orm';
import { EVENT_CHANNEL } from '#core/events.ts';
import type { DomainEvent } from '#core/events.ts';
import type { Db } from './client.ts';

/** Announces what happened; within a transaction it is heard only if that commits. Payloads stay below Postgres' 8,000 bytes. */
export async function notify(db: Db, event: DomainEvent): Promise<void> {
  await db.execute(sql`select pg_notify(${EVENT_CHANNEL}, ${JSON.stringify(event)})`);
}

/** Announces many things in one statement. */
export async function notifyAll(db: Db, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map((event) => JSON.stringify(event));
  await db.execute(sql`select pg_notify(${EVENT_CHANNEL}, payload) from unnest(${sql.param(payloads)}::text[]) as payload`);
}
