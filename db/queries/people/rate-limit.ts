import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { rateLimit } from '../../schema/index.ts';

/** Misses under this key within the window, ms. */
export async function countMisses(db: Db, params: { key: string; windowMs: number }): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count from ${rateLimit} where key = ${params.key} and last_request >
      ${Date.now() - params.windowMs}::bigint`);
  return rows[0]?.count ?? 0;
}

/** Adds one; a window starts with its first miss. `last_request` is that first one's time. */
export async function addMiss(db: Db, params: { key: string; windowMs: number }): Promise<void> {
  const now = Date.now();
  await db.execute(sql`
    insert into ${rateLimit} as r (id, key, count, last_request) values (${randomUUID()}, ${params.key}, 1,
      ${now}::bigint)
    on conflict (key) do update set
      count = case when r.last_request > ${now - params.windowMs}::bigint then r.count + 1 else 1 end,
      last_request = case when r.last_request > ${now - params.windowMs}::bigint then r.last_request
        else excluded.last_request end`);
}
