import { sql } from 'drizzle-orm';
import { EVENT_CHANNEL, SERVER_CHANNEL } from '#core/events.ts';
import type { DomainEvent, ServerEvent } from '#core/events.ts';
import { webhookKey } from '#core/webhook.ts';
import type { Db } from './client.ts';
import { queueDeliveries } from './queries/webhook.ts';

/**
 * Announces what happened; within a transaction it is heard only if that commits. Payloads stay below Postgres' 8,000 bytes. What
 * webhooks asked for is queued by the same transaction: a server that dies, or that does not run at all, loses none of it.
 */
export const notify = (db: Db, event: DomainEvent): Promise<void> => notifyAll(db, [event]);

/** Announces many things in one statement. */
export async function notifyAll(db: Db, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  for (const event of events) {
    const found = webhookKey(event);
    if (found) await queueDeliveries(db, { ...found, payload: { ...event } });
  }
  const payloads = events.map((event) => JSON.stringify(event));
  await db.execute(sql`select pg_notify(${EVENT_CHANNEL}, payload) from unnest(${sql.param(payloads)}::text[]) as payload`);
}

/** Tells every server. Payloads stay below Postgres' 8,000 bytes. */
export async function notifyServers(db: Db, events: readonly ServerEvent[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map((event) => JSON.stringify(event));
  await db.execute(sql`select pg_notify(${SERVER_CHANNEL}, payload) from unnest(${sql.param(payloads)}::text[]) as payload`);
}
