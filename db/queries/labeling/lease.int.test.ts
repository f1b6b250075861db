import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { markImages } from './assignment.ts';
import { claimLeases, listLeases, renewLeases, sweepLeases } from './lease.ts';
import { execute, number } from '../../execute.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function largeProject(count: number) {
  const organizationId = await createOrganization(database.db);
  const project = await createProject(database.db, { organizationId });
  const { memberId } = await createMember(database.db, { organizationId });
  const imageIds = await createImages(database.db, { projectId: project.id, count });
  await database.db.execute(sql`
    insert into annotation (id, project_id, image_id, member_id, kind, class_ids, source)
    select gen_random_uuid(), ${project.id}, id, ${memberId}, 'decide', array[${project.classes[0]?.id}::uuid],
      'label' from image
      where project_id = ${project.id} and shuffle < 0.1`);
  await database.db.execute(
    sql`update image set judgment_count = 1 where project_id = ${project.id} and shuffle < 0.1`,
  );
  await database.db.execute(sql`vacuum analyze image, annotation, lease, review_item`);
  return { projectId: project.id, memberId, imageIds };
}

it(
  'LEASE-10 a claim reads what it hands out, not the whole project, once labels are there and the planner knows ' +
    'them',
  async () => {
    const { projectId, memberId } = await largeProject(20_000);
    const { hand, read } = await database.db.transaction(async (tx) => {
      const rowsRead = async () => {
        const rows = await execute(
          tx,
          sql`select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'image'`,
          { read: number },
        );
        return rows[0]?.read ?? 0;
      };
      const before = await rowsRead();
      const claimed = await claimLeases(tx, { projectId, memberId, count: 12, seconds: 60 });
      return { hand: claimed, read: (await rowsRead()) - before };
    });
    expect(hand).toHaveLength(12);
    expect(read).toBeLessThan(200);
  },
);

it('LEASE-5 a lease that its page renews while the sweep waits for it is not ended', async () => {
  const { projectId, memberId } = await largeProject(5);
  const [claimed] = await claimLeases(database.db, { projectId, memberId, count: 1, seconds: -1 });
  let swept: Promise<number> | undefined;
  await database.db.transaction(async (tx) => {
    await renewLeases(tx, { projectId, memberId, seconds: 60 });
    swept = sweepLeases(database.db);
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
  });
  expect(await swept).toBe(0);
  expect(await listLeases(database.db, { projectId, memberId })).toEqual([claimed]);
});

it('LEASE-2 what is assigned comes first, and both lists together make one hand', async () => {
  const { projectId, memberId, imageIds } = await largeProject(100);
  const assigned = imageIds.slice(50, 55);
  await markImages(database.db, { projectId, imageIds: assigned }, { assignedTo: memberId });
  const hand = await claimLeases(database.db, { projectId, memberId, count: 12, seconds: 60 });
  expect(hand.map(({ imageId }) => imageId)).toEqual([...assigned, ...imageIds.slice(10, 17)]);
  const { rows } = await database.db.execute(
    sql`select count(*)::int as held from image where project_id = ${projectId} and lease_count = 1`,
  );
  expect(rows[0]?.held).toBe(12);
});
