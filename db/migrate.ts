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

/** Has the database the schema of this very code? A program that only looks must not bring it there. */
export async function isCurrent(url: string, folder: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await readNewest(client)) === newestKnown(folder);
  } finally {
    await client.end();
  }
}

/** Older code on a newer database would write rows that lack what the newer one relies on. */
async function refuseNewer(client: pg.Client, folder: string): Promise<void> {
  if ((await readNewest(client)) > newestKnown(folder)) {
    throw new Error(
      'it was made by a newer version of Pupil. Start that version again (git pull), or go back to a backup from ' +
        'before it',
    );
  }
}

/** When the newest migration of the database was made, ms; 0 before the first. */
async function readNewest(client: pg.Client): Promise<number> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  );
  if (!tables[0]?.name) return 0;
  const { rows } = await client.query<{ newest: string | null }>(
    'select max(created_at)::text as newest from drizzle.__drizzle_migrations',
  );
  return Number(rows[0]?.newest ?? 0);
}

function newestKnown(folder: string): number {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  return Math.max(0, ...journal.entries.map(({ when }) => when));
}
