import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as drizzleMigrate } from 'drizzle-orm/node-postgres/migrator';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    await refuseNewer(client, folder);
    await drizzleMigrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}

/** Older code on a newer database would write rows that lack what the newer one relies on. */
async function refuseNewer(client: pg.Client, folder: string): Promise<void> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  );
  if (!tables[0]?.name) return;
  const { rows } = await client.query<{ newest: string | null }>(
    'select max(created_at)::text as newest from drizzle.__drizzle_migrations',
  );
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  const known = Math.max(0, ...journal.entries.map(({ when }) => when));
  if (Number(rows[0]?.newest ?? 0) > known) {
    throw new Error(
      'it was made by a newer version of Pupil. Start that version again (git pull), or go back to a backup from ' +
        'before it',
    );
  }
}
