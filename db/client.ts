import { drizzle } from 'drizzle-orm/node-postgres';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema/index.ts';

export type Schema = typeof schema;
/** The database, or a transaction on it: what every query takes first. */
export type Db = Pick<NodePgDatabase<Schema>, 'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction' | '$count' | 'query' | 'with'>;

export interface Database {
  db: NodePgDatabase<Schema>;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Opens a pool. An idle client that loses its connection is dropped, never a crash. */
export function openDatabase(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): Database {
  const pool = new pg.Pool({ connectionString: url, max: options.max ?? 10 });
  pool.on('error', (error) => options.onError?.(error));
  return { db: drizzle(pool, { schema }), pool, close: () => pool.end() };
}
