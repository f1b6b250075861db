import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { rateLimit } from '../../schema/index.ts';
import { execute, number } from '../../execute.ts';

/** Misses under this key within the window, ms. */
export async function countMisses(db: Db, params: { key: string; windowMs: number }): Promise<number> {
  const rows = await execute(
    db,
    sql`
    select count from ${rateLimit} where key = ${params.key} and last_request >
      ${Date.now() - params.windowMs}::bigint`,
    { count: number },
  );
  return rows[0]?.count ?? 0;
}

/**
 * Adds one and tells how many there are with it; a window starts with its first miss. `last_request` is that first
 * one's time.
 */
export async function addMiss(db: Db, params: { key: string; windowMs: number }): Promise<number> {
  const now = Date.now();
  const rows = await execute(
    db,
    sql`
    insert into ${rateLimit} as r (id, key, count, last_request) values (${randomUUID()}, ${params.key}, 1,
      ${now}::bigint)
    on conflict (key) do update set
      count = case when r.last_request > ${now - params.windowMs}::bigint then r.count + 1 else 1 end,
      last_request = case when r.last_request > ${now - params.windowMs}::bigint then r.last_request
        else excluded.last_request end
    returning count`,
    { count: number },
  );
  return rows[0]?.count ?? 1;
}

/** Takes one back: what was counted beforehand was no miss. */
export async function takeBackMiss(db: Db, key: string): Promise<void> {
  await db.execute(sql`update ${rateLimit} set count = greatest(count - 1, 0) where key = ${key}`);
}
