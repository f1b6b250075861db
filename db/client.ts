import { drizzle } from 'drizzle-orm/node-postgres';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** The database, or a transaction on it: what every query takes first. */
export type Db = Pick<
  NodePgDatabase,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction' | '$count' | '$with' | 'with'
>;

export interface Database {
  db: NodePgDatabase;
  pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * Uses after which a statement is worth keeping, and how many kinds of statements are looked at: lists of any length
 * make new ones for ever.
 */
const KEEP_AFTER = 3;
const KINDS = 400;

/**
 * Keeps the statements that come again and again parsed at the server, under a name of their own. Their plans are made
 * anew each time: a plan kept from when a table was small reads all of it when it has grown, which stood a team of 200
 * still within a minute.
 */
const seen = new Map<string, { times: number; name: string }>();
function nameOf(text: string): string | undefined {
  const known = seen.get(text);
  if (!known) {
    if (seen.size < KINDS) seen.set(text, { times: 1, name: `kept_${seen.size}` });
    return undefined;
  }
  known.times += 1;
  return known.times > KEEP_AFTER ? known.name : undefined;
}

/** Keeps statements, and writes those that are issued side by side at once. */
class KeepingClient extends pg.Client {
  // The driver's own method has a dozen overloads; all of them pass through here unchanged, but for a name.
  override query = ((config: unknown, ...rest: unknown[]): unknown => {
    const run = pg.Client.prototype.query as (...input: unknown[]) => unknown;
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    if (
      typeof config !== 'object' ||
      config === null ||
      !('text' in config) ||
      typeof config.text !== 'string' ||
      ('name' in config && config.name)
    )
      return run.call(this, config, ...rest);
    return run.call(this, { ...config, name: nameOf(config.text) }, ...rest);
  }) as pg.Client['query'];
}

/**
 * Opens a pool. An idle client that loses its connection is dropped, never a crash. Statements that are issued without
 * waiting for each other go out together; so cursors are refused.
 * @param options.patienceMs how long a query waits for a connection; for ever unless told
 */
export function openDatabase(
  url: string,
  options: { max?: number; onError?: (error: Error) => void; patienceMs?: number } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    Client: KeepingClient,
    pipeline: true,
    // A database behind a line that died without a word would be waited for until the system gives up, hours maybe.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: options.patienceMs ?? 0,
    options: '-c plan_cache_mode=force_custom_plan',
  });
  pool.on('error', (error) => options.onError?.(error));
  // Lost in the middle of a transaction, a client fails its queries; its own error, unheard, would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { db: drizzle(pool), pool, close: () => pool.end() };
}

/**
 * Waits for queries of one transaction that were begun side by side, so that they take one round trip. They run in the
 * order in which they were begun, each on a snapshot of its own. Where one fails Postgres refuses those behind it: the
 * error thrown is the first one's, once all are answered. For promises of `db/queries`; a bare drizzle builder begins
 * only when it is awaited.
 */
export async function inOneTrip<T extends readonly unknown[] | []>(
  begun: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(begun);
  return settled.map((item) => {
    if (item.status === 'rejected') throw item.reason;
    return item.value;
  }) as { -readonly [K in keyof T]: Awaited<T[K]> };
}
