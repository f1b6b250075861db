import { eq, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { image, project } from '../../schema/index.ts';
import { createMember, createImages, createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { foldCounters } from './counter.ts';
import { listImagesByName } from '../image/image.ts';
import { listProjects } from '../project/project.ts';
import { countSplits } from '../image/split.ts';
import { execute, number, text } from '../../execute.ts';

let test: TestDatabase;
let organizationId: string;
let projectId: string;
let otherId: string;
let classId: string;
let memberId: string;
beforeAll(async () => {
  test = await createTestDatabase();
  organizationId = await createOrganization(test.db);
  ({ memberId } = await createMember(test.db, { organizationId, role: 'lead' }));
  const made = await createProject(test.db, { organizationId, name: 'One' });
  projectId = made.id;
  classId = made.classes[0]?.id ?? '';
  otherId = (await createProject(test.db, { organizationId, name: 'Other' })).id;
  await createProject(test.db, { organizationId: await createOrganization(test.db, 'Elsewhere') });
});
afterAll(() => test.close());

describe('ANNOTATION-12 what pages count by counters', () => {
  const counted = async () => {
    const rows = await execute(
      test.db,
      sql`
      select project_id as "projectId", split, count(*)::int as images, count(consensus_class_id)::int as labeled
        from image group by 1, 2`,
      { projectId: text, split: text, images: number, labeled: number },
    );
    return rows;
  };
  const agrees = async (): Promise<void> => {
    const rows = await counted();
    const sum = (id: string, key: 'images' | 'labeled', split?: string): number =>
      rows
        .filter((row) => row.projectId === id && (split === undefined || row.split === split))
        .reduce((total, row) => total + row[key], 0);
    const listed = await listProjects(test.db, { organizationId, memberId });
    expect(listed.map(({ id, images, labeled }) => ({ id, images, labeled }))).toEqual(
      [projectId, otherId].map((id) => ({ id, images: sum(id, 'images'), labeled: sum(id, 'labeled') })),
    );
    for (const id of [projectId, otherId]) {
      expect(await countSplits(test.db, id)).toEqual({
        pool: sum(id, 'images', 'pool'),
        validation: sum(id, 'images', 'validation'),
        test: sum(id, 'images', 'test'),
      });
    }
  };

  it(
    'equals the rows in the list of projects and by split, through imports, answers, moves, folds and ' + 'deletions',
    async () => {
      await agrees();
      const ids = await createImages(test.db, { projectId, count: 30 });
      await createImages(test.db, { projectId, count: 7, split: 'validation' });
      await createImages(test.db, { projectId, count: 4, split: 'test' });
      await createImages(test.db, { projectId: otherId, count: 11 });
      await agrees();
      await test.db
        .update(image)
        .set({ consensusState: 'agreed', consensusClassIds: [classId], answerCount: 1 })
        .where(inArray(image.id, ids.slice(0, 12)));
      // Disputed: asked, but without an answer that holds.
      await test.db
        .update(image)
        .set({ consensusState: 'disputed', answerCount: 2 })
        .where(inArray(image.id, ids.slice(12, 15)));
      await agrees();
      await test.db
        .update(image)
        .set({ split: 'validation' })
        .where(inArray(image.id, ids.slice(10, 20)));
      await agrees();
      await test.db.delete(image).where(inArray(image.id, ids.slice(5, 11)));
      await agrees();
      for (const id of ids.slice(20))
        for (const flagged of [1, 0]) await test.db.update(image).set({ answerCount: flagged }).where(eq(image.id, id));
      for (let turn = 0; turn < 20; turn += 1)
        for (const answerCount of [3, 0])
          await test.db
            .update(image)
            .set({ answerCount })
            .where(inArray(image.id, ids.slice(22, 28)));
      await foldCounters(test.db);
      await agrees();
      expect((await listProjects(test.db, { organizationId, memberId }))[0]).toMatchObject({ images: 35, labeled: 6 });
    },
  );

  it('leaves archived projects out of the list', async () => {
    await test.db.update(project).set({ status: 'archived' }).where(eq(project.id, otherId));
    expect((await listProjects(test.db, { organizationId, memberId })).map(({ id }) => id)).toEqual([projectId]);
  });
});

describe('FORMAT-3 images by name', () => {
  const named = async (id: string, names: string[]) => {
    await test.db.insert(image).values(
      names.map((fileName) => ({
        projectId: id,
        contentHash: `named ${fileName}`,
        fileName,
        width: 1,
        height: 1,
        channels: 3,
        bytes: 1,
        split: 'pool' as const,
      })),
    );
  };
  const found = async (names: string[]): Promise<string[]> =>
    (await listImagesByName(test.db, projectId, names)).map(({ fileName }) => fileName).sort();

  it('are found by the whole name or by its last part, in their own project only', async () => {
    await named(projectId, ['a/cat.png', 'b/cat.png', 'dog.png', 'c/d/elk.png', 'cat.png.bak']);
    await named(otherId, ['a/cat.png', 'other/dog.png']);
    expect(await found(['cat.png'])).toEqual(['a/cat.png', 'b/cat.png']);
    expect(await found(['b/cat.png'])).toEqual(['b/cat.png']);
    expect(await found(['c/d/elk.png', 'dog.png'])).toEqual(['c/d/elk.png', 'dog.png']);
    expect(await found(['d/elk.png', 'x/dog.png', 'at.png', 'a/cat.pn', '.*'])).toEqual([]);
    expect(await found([])).toEqual([]);
  });

  it('are looked up by their index', async () => {
    const { sql: text, params } = listImagesByName(test.db, projectId, ['cat.png']).toSQL();
    // Of a few rows every index costs the same.
    await createImages(test.db, { projectId, count: 2000, name: 'many' });
    await test.db.execute(sql`analyze image`);
    const plan = await test.pool.connect().then(async (client) => {
      try {
        await client.query('begin; set local enable_seqscan = off; set local enable_bitmapscan = off');
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, params);
        await client.query('rollback');
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      } finally {
        client.release();
      }
    });
    expect(plan).toMatch(/image_base_name_idx[\s\S]*Index Cond: [^\n]*regexp_replace/u);
  });
});
