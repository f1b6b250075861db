import { and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import type { Db } from '../../client.ts';
import { executeOne, integer, json, text } from '../../execute.ts';
import { webhook, webhookDelivery } from '../../schema/index.ts';

export const listWebhooks = (db: Db, organizationId: string) =>
  db
    .select({
      id: webhook.id,
      url: webhook.url,
      events: webhook.events,
      active: webhook.active,
      lastStatus: webhook.lastStatus,
      createdAt: webhook.createdAt,
    })
    .from(webhook)
    .where(eq(webhook.organizationId, organizationId))
    .orderBy(asc(webhook.createdAt));

export async function insertWebhook(db: Db, row: typeof webhook.$inferInsert): Promise<string> {
  const inserted = await db.insert(webhook).values(row).returning({ id: webhook.id });
  return must(inserted, 0, 'webhook').id;
}

export async function deleteWebhook(db: Db, organizationId: string, id: string): Promise<boolean> {
  const rows = await db
    .delete(webhook)
    .where(and(eq(webhook.id, id), eq(webhook.organizationId, organizationId)))
    .returning({ id: webhook.id });
  return rows.length > 0;
}

/**
 * Takes one due delivery of an organization that is not in `busy`, and pushes its next try into the future, so that no
 * other server takes it meanwhile.
 */
export async function takeDelivery(db: Db, secondsUntilRetry: number, busy: readonly string[] = []) {
  const statement = sql`
    update ${webhookDelivery} d set attempts = d.attempts + 1, due_at = now() + make_interval(secs =>
      ${secondsUntilRetry} * power(2, d.attempts))
    from ${webhook} w
    where w.id = d.webhook_id and d.id = (
      select q.id from ${webhookDelivery} q join ${webhook} h on h.id = q.webhook_id
      where q.due_at <= now() and h.organization_id <> all(${sql.param([...busy])}::uuid[])
      order by q.due_at limit 1 for update of q skip locked)
    returning d.id, w.organization_id as "organizationId", d.webhook_id as "webhookId", d.payload, d.attempts, w.url,
      w.secret`;
  return executeOne(db, statement, {
    id: text,
    organizationId: text,
    webhookId: text,
    payload: json,
    attempts: integer,
    url: text,
    secret: text,
  });
}

/** Writes down how a delivery went; `ended` when it will not be tried again. */
export async function finishDelivery(
  db: Db,
  params: { id: string; webhookId: string; outcome: string; ended: boolean },
): Promise<void> {
  await db
    .update(webhookDelivery)
    .set({ outcome: params.outcome, ...(params.ended ? { dueAt: null } : {}) })
    .where(eq(webhookDelivery.id, params.id));
  await db.update(webhook).set({ lastStatus: params.outcome }).where(eq(webhook.id, params.webhookId));
}

/** Deletes deliveries that ended long ago, and says how many. */
export async function purgeDeliveries(db: Db, days: number): Promise<number> {
  const rows = await db
    .delete(webhookDelivery)
    .where(
      and(isNull(webhookDelivery.dueAt), lt(webhookDelivery.createdAt, sql`now() - make_interval(days => ${days})`)),
    )
    .returning({ id: webhookDelivery.id });
  return rows.length;
}

export const listDeliveries = (db: Db, webhookId: string) =>
  db
    .select()
    .from(webhookDelivery)
    .where(eq(webhookDelivery.webhookId, webhookId))
    .orderBy(desc(webhookDelivery.createdAt))
    .limit(50);
