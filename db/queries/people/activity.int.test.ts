import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { listActivity } from './activity.ts';
import { execute, number } from '../../execute.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('ACCESS-14 a page of the activity reads its own entries, the first as the last', async () => {
  const organizationId = await createOrganization(test.db);
  const { id: projectId } = await createProject(test.db, { organizationId });
  // Ten happen in each moment.
  await test.db.execute(sql`
    insert into activity (organization_id, project_id, action, created_at)
    select ${organizationId}, case when n % 2 = 0 then ${projectId}::uuid
      end, 'image:flagged', now() - (n / 10) * interval '1 second' from generate_series(1, 6000) n`);
  await test.db.execute(sql`vacuum analyze activity`);
  for (const [where, pages] of [
    [{ organizationId }, 120],
    [{ organizationId, projectId }, 60],
  ] as const) {
    const seen = new Set<string>();
    let before: string | undefined;
    const mostRead = await test.db.transaction(async (tx) => {
      const rowsRead = async () =>
        (
          await execute(
            tx,
            sql`
        select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'activity'`,
            { read: number },
          )
        )[0]?.read ?? 0;
      let most = 0;
      for (let page = 0; page < pages; page += 1) {
        const already = await rowsRead();
        const entries = await listActivity(tx, { ...where, before, limit: 50 });
        most = Math.max(most, (await rowsRead()) - already);
        for (const { id } of entries) seen.add(id);
        before = entries.at(-1)?.id;
      }
      return most;
    });
    expect(seen.size).toBe(pages * 50);
    expect(mostRead).toBeLessThan(120);
  }
});
