import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { round } from '../../schema/index.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { claimReviewItems, holdReviewItems } from './review.ts';
import { insertRun } from '../run/run-write.ts';
import { execute, number } from '../../execute.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function largeQueue(count: number) {
  const { db } = database;
  const organizationId = await createOrganization(db);
  const { id: projectId, classes } = await createProject(db, { organizationId });
  const { memberId } = await createMember(db, { organizationId });
  await createImages(db, { projectId, count });
  const { id: runId } = await insertRun(db, {
    projectId,
    config: DEFAULT_RUN_CONFIG,
    classIds: classes.map((item) => item.id),
    createdBy: memberId,
  });
  const [made] = await db
    .insert(round)
    .values({ runId, index: 0, role: 'teacher', model: 'xs', seed: 1 })
    .returning({ id: round.id });
  await db.execute(sql`
    insert into review_item (project_id, run_id, round_id, image_id, reason, priority)
    select ${projectId}, ${runId}, ${made?.id}, id, 'uncertain', random() from image where project_id = ${projectId}`);
  await db.execute(sql`vacuum analyze image, lease, review_item`);
  return { projectId, memberId };
}

it('REVIEW-7 a claim and a renewal read what they hand out, not every open item', async () => {
  const who = await largeQueue(20_000);
  const { hand, again, read } = await database.db.transaction(async (tx) => {
    const rowsRead = async () => {
      const rows = await execute(
        tx,
        sql`
        select (pg_stat_get_xact_tuples_returned(c.oid) + coalesce(sum(pg_stat_get_xact_tuples_returned(i.indexrelid)),
          0))::int as read
        from pg_class c join pg_index i on i.indrelid = c.oid where c.oid = 'review_item'::regclass group by c.oid`,
        { read: number },
      );
      return rows[0]?.read ?? 0;
    };
    const before = await rowsRead();
    const first = await claimReviewItems(tx, { ...who, count: 8, reasons: [] });
    await holdReviewItems(tx, { ...who, seconds: 60 });
    return {
      hand: first,
      again: await claimReviewItems(tx, { ...who, count: 8, reasons: ['uncertain'] }),
      read: (await rowsRead()) - before,
    };
  });
  expect(hand).toHaveLength(8);
  expect(again).toEqual(hand);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(1000);
});
