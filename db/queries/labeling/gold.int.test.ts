import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../../client.ts';
import { createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { markImages, unassignMember } from './assignment.ts';
import { execute, text } from '../../execute.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('ANNOTATION-14 marks wait for the first of their images while they hold no later one', async () => {
  const organizationId = await createOrganization(database.db);
  const { id: projectId } = await createProject(database.db, { organizationId });
  const { memberId } = await createMember(database.db, { organizationId });
  // Stored against the order of their ids, so that a scan of the table would lock the last one first.
  const rows = await execute(
    database.db,
    sql`
    insert into image (id, project_id, content_hash, file_name, width, height, channels, bytes, assigned_to)
    select lpad((100 - n)::text, 32, '0')::uuid, ${projectId}, 'made ' || n, 'made', 1, 1, 3, 1, ${memberId}
      from generate_series(1, 20) n returning id`,
    { id: text },
  );
  const imageIds = rows.map(({ id }) => id);
  const [last, first] = [imageIds[0], imageIds.at(-1)];
  const works: ((db: Db) => Promise<number>)[] = [
    (db) => markImages(db, { projectId, imageIds }, { flagged: true }),
    (db) => unassignMember(db, { projectId, memberId }),
  ];
  for (const work of works) {
    let done: Promise<number> | undefined;
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from image where id = ${first} for update`);
      done = work(database.db);
      await expect
        .poll(
          async () =>
            (
              await database.pool.query(
                `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
              )
            ).rowCount,
        )
        .toBe(1);
      expect((await tx.execute(sql`select 1 from image where id = ${last} for update skip locked`)).rows).toHaveLength(
        1,
      );
    });
    expect(await done).toBe(20);
  }
});
