import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { Database } from '../client.ts';
import { openDatabase } from '../client.ts';
import { databaseUrl, TEMPLATE } from './global-setup.ts';

export type TestDatabase = Database & { url: string };

/**
 * A migrated, empty database of its own for one test file: take it in `beforeAll`, call `close` in `afterAll`.
 * Closing drops it, and with it every connection that a test left open.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('adminUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `create database ${name} template ${TEMPLATE}`);
  const url = databaseUrl(adminUrl, name);
  const database = openDatabase(url);
  return {
    ...database,
    url,
    close: async () => {
      await database.close();
      await administer(adminUrl, `drop database ${name} with (force)`);
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
