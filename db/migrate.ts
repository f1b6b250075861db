import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as drizzleMigrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/** Any number; the same in every process, so that only one migrates at a time. */
const MIGRATION_LOCK = 7_310_001;

/**
 * Brings the database to the newest schema. Drizzle takes no lock of its own, so one is held on the same connection.
 * @param folder where the SQL files lie
 */
export async function migrate(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await drizzleMigrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}
