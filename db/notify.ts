import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import { EVENT_CHANNEL, SERVER_CHANNEL } from '#core/events.ts';
import type { DomainEvent, ServerEvent } from '#core/events.ts';
import { toTell } from '#core/people/notification.ts';
import { webhookKey } from '#core/webhook.ts';
import { inOneTrip } from './client.ts';
import type { Db } from './client.ts';
import { insertNotifications } from './queries/notification/notification.ts';
import { queueDeliveries } from './queue-deliveries.ts';

/**
 * Announces what happened; within a transaction it is heard only if that commits. Payloads stay below Postgres' 8,000
 * bytes. What webhooks asked for is queued by the same transaction: a server that dies, or that does not run at all,
 * loses none of it.
 */
export const notify = (db: Db, event: DomainEvent): Promise<void> => notifyAll(db, [event]);

/** Announces many things in one statement. */
export async function notifyAll(db: Db, events: readonly DomainEvent[]): Promise<void> {
  await send(db, EVENT_CHANNEL, [...events, ...(await queueAll(db, events))]);
}

/** Tells every server. */
export const notifyServers = (db: Db, events: readonly ServerEvent[]): Promise<void> =>
  send(db, SERVER_CHANNEL, events);

/**
 * A transaction that is announced once it is committed: `tx` is its database, and what `announce` is given is heard
 * then.
 */
export interface Announced {
  tx: Db;
  announce(events: readonly DomainEvent[]): void;
}

/**
 * Runs `work` in a transaction and sends its events right behind the commit, in the same write: where one arrives so
 * does the other, as long as the database lives; where it does not, everybody who listens loses their connection and
 * refetches. Work that fails announces nothing. For what happens many times a second: an event inside the transaction
 * makes commits wait for the disk one after another (docs/decisions/0022).
 */
export async function transactAndAnnounce<T>(pool: Pool, work: (announced: Announced) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // One begun within it would commit it.
  const transaction = () => {
    throw new Error('An announced transaction holds no other.');
  };
  const tx: Db = Object.assign(drizzle(client), { transaction });
  const happened: DomainEvent[] = [];
  let broken = false;
  try {
    await client.query('begin');
    const result = await work({ tx, announce: (events) => void happened.push(...events) });
    const told = await queueAll(tx, happened);
    await inOneTrip([client.query('commit'), send(tx, EVENT_CHANNEL, [...happened, ...told])]);
    return result;
  } catch (error) {
    // A connection that cannot roll back is broken and goes, and what happened first is what is told.
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** People named in one event: 100 ids stay below the bytes of a payload. */
const NAMED = 100;

/** Queues what webhooks asked for and writes down what the bell tells; the events say to whom. */
async function queueAll(db: Db, events: readonly DomainEvent[]): Promise<DomainEvent[]> {
  const told: DomainEvent[] = [];
  for (const event of events) {
    const found = webhookKey(event);
    if (found) await queueDeliveries(db, { ...found, payload: { ...event } });
    const word = toTell(event);
    if (!word) continue;
    const { kind, projectId } = word;
    const users = await insertNotifications(db, word);
    for (let at = 0; at < users.length; at += NAMED)
      told.push({ name: 'notification:created', projectId, kind, notified: users.slice(at, at + NAMED) });
  }
  return told;
}

async function send(db: Db, channel: string, events: readonly (DomainEvent | ServerEvent)[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map((event) => JSON.stringify(event));
  await db.execute(sql`select pg_notify(${channel}, payload) from unnest(${sql.param(payloads)}::text[]) as payload`);
}
