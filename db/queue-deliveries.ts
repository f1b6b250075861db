import { sql } from 'drizzle-orm';
import type { Db } from './client.ts';
import { project, webhook, webhookDelivery } from './schema/index.ts';

/**
 * Queues an event for every webhook of the project's organization that asked for it; once, or `again` once a
 * transaction.
 */
export async function queueDeliveries(
  db: Db,
  params: { projectId: string; name: string; key: string; again: boolean; payload: Record<string, unknown> },
): Promise<void> {
  await db.execute(sql`
    insert into ${webhookDelivery} (webhook_id, event_key, payload)
    select w.id, ${params.key}${params.again ? sql` || ':' || pg_current_xact_id()::text` : sql``},
      ${JSON.stringify(params.payload)}::jsonb
    from ${webhook} w join ${project} p on p.organization_id = w.organization_id
    where p.id = ${params.projectId} and w.active and w.events ? ${params.name}
    on conflict do nothing`);
}
