import { sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { execute, integer, text } from '../../execute.ts';
import { lease, reviewItem, run, trainer } from '../../schema/index.ts';

/** Counts for the operator's metrics. */
export async function countSystem(db: Db): Promise<Record<string, number>> {
  const statement = sql`
    select 'run ' || status as kind, count(*)::int as n from ${run} group by status
    union all select 'trainers alive', count(*)::int from ${trainer} where heartbeat_at > now() - interval '10 seconds'
    union all select 'leases', count(*)::int from ${lease} where expires_at > now()
    union all select 'open review items', count(*)::int from ${reviewItem} where status = 'open'`;
  const counted = await execute(db, statement, { kind: text, n: integer });
  return Object.fromEntries(counted.map(({ kind, n }) => [kind, n]));
}
