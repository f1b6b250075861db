import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../../client.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { countProgress } from './counter.ts';
import { listRecent, listSharedAnswers } from './team.ts';
import { execute, number } from '../../execute.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/**
 * A project in which the first member answered each image, and the others a tenth of them; all images are settled for
 * the first class.
 */
async function answeredProject(count: number, people: number) {
  const organizationId = await createOrganization(database.db);
  const project = await createProject(database.db, { organizationId });
  const members = await Promise.all(
    Array.from({ length: people }, () => createMember(database.db, { organizationId })),
  );
  await createImages(database.db, { projectId: project.id, count });
  const [cat, dog] = project.classes;
  for (const [index, { memberId }] of members.entries()) {
    await database.db.execute(sql`
      insert into annotation (id, project_id, image_id, member_id, kind, class_ids, source, duration_ms, created_at)
      select gen_random_uuid(), ${project.id}, id, ${memberId}, 'decide',
        array[case when shuffle < 0.99 then ${cat?.id}::uuid
        else ${dog?.id}::uuid end], 'label', 1000,
        now() - (row_number() over (order by shuffle desc) - 0.5) * interval '10 minutes'
      from image where project_id = ${project.id} and (${index} = 0 or shuffle >= 0.9) order by shuffle`);
  }
  await database.db.execute(
    sql`update image set judgment_count = 2, consensus_state = 'agreed', consensus_class_ids = array[${cat?.id}::uuid]
      where project_id = ${project.id}`,
  );
  await database.db.execute(sql`vacuum analyze image, annotation`);
  return { projectId: project.id, memberIds: members.map(({ memberId }) => memberId) };
}

/** Entries that some work reads of the indexes of images and annotations, and rows that it reads past them. */
const readBy = <T>(work: (db: Db) => Promise<T>) =>
  database.db.transaction(async (tx) => {
    const entriesRead = async () => {
      const rows = await execute(
        tx,
        sql`
      select sum(pg_stat_get_xact_tuples_returned(oid))::int as read from (
        select unnest(array['image'::regclass::oid, 'annotation'::regclass::oid]) as oid
        union all select indexrelid from pg_index where indrelid in ('image'::regclass,
          'annotation'::regclass)) relations`,
        { read: number },
      );
      return rows[0]?.read ?? 0;
    };
    const before = await entriesRead();
    const result = await work(tx);
    return { result, read: (await entriesRead()) - before };
  });

it(
  'ANNOTATION-15 a member learns of their agreement from their newest annotations, and of their day from that ' +
    "day's; no more are read",
  async () => {
    const {
      projectId,
      memberIds: [memberId = ''],
    } = await answeredProject(20_000, 2);
    const newest = await readBy((tx) => listRecent(tx, { projectId, memberId, annotations: 200 }));
    expect(newest.result).toEqual([{ memberId, compared: 200, agreed: 0, medianMs: 1000 }]);
    expect(newest.read).toBe(400);
    // One answer in ten minutes.
    const day = await readBy((tx) => countProgress(tx, { projectId, memberId }));
    expect(day.result).toMatchObject({ total: 20_000, mineToday: 144 });
    expect(day.read).toBe(144);
    // What is taken back counts no more.
    await database.db.execute(sql`
    insert into annotation (id, project_id, image_id, member_id, kind, source, undoes_id)
    select gen_random_uuid(), project_id, image_id, member_id, 'undo', 'label', id from annotation
      where member_id = ${memberId} order by seq desc limit 50`);
    expect(await listRecent(database.db, { projectId, memberId, annotations: 200 })).toMatchObject([{ compared: 100 }]);
    expect(await countProgress(database.db, { projectId, memberId })).toMatchObject({ mineToday: 94 });
  },
);

it('ANNOTATION-16 agreement is looked for among the newest annotations of each member', async () => {
  const { projectId } = await answeredProject(20_000, 3);
  const { result, read } = await readBy((tx) => listSharedAnswers(tx, { projectId, annotations: 200, images: 4000 }));
  // The newest 200 of all three are the same images.
  expect(result).toHaveLength(600);
  expect(read).toBeLessThan(2000);
  const some = await listSharedAnswers(database.db, { projectId, annotations: 200, images: 10 });
  expect(some).toHaveLength(30);
});
