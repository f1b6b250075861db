import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { createTestDatabase } from './testing/database.ts';

const folder = fileURLToPath(new URL('migrations', import.meta.url));

it('OPS-42 older code does not start on a database that newer code has changed', async () => {
  const database = await createTestDatabase();
  try {
    await migrate(database.url, folder);
    await database.db.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('from the future', 99999999999999)`,
    );
    await expect(migrate(database.url, folder)).rejects.toThrow(/newer version of Pupil/);
  } finally {
    await database.close();
  }
});
