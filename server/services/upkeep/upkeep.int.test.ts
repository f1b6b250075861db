import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointKey, exportKey, imageKey } from '#core/image/media.ts';
import { listAdoptable } from '#db/queries/run/backbone.ts';
import { failStillImports } from '#db/queries/image/import.ts';
import { listExistingProjects } from '#db/queries/project/project.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { removeProjects } from './remove-projects.ts';
import { clearUploads, uploadFolder } from './run-upkeep.ts';
import { sweepBlobs } from './sweep-blobs.ts';
import { execute, number } from '#db/execute.ts';
import { purgePassed } from '#db/queries/people/purge-passed.ts';
import { rateLimit, session, verification } from '#db/schema/index.ts';

let test: TestServices;
let owner: Awaited<ReturnType<typeof createMember>>;
beforeAll(async () => {
  test = await createTestServices();
  owner = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'owner',
  });
});
afterAll(() => test.close());

const keysOf = async (prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const key of test.services.blobs.list(prefix)) keys.push(key);
  return keys;
};

it('OPS-44 what is remembered of strangers goes when it has run out, what still counts stays', async () => {
  const { db } = test.services;
  const [now, soon, past] = [Date.now(), sql`now() + interval '1 hour'`, sql`now() - interval '1 minute'`];
  const facts = { userId: owner.userId, identifier: 'state', value: 'x' };
  await db.delete(session);
  for (const [name, at, end] of [
    ['old', now - 2 * 3_600_000, past],
    ['new', now - 60_000, soon],
  ] as const) {
    await db.insert(rateLimit).values({ id: name, key: `link|${name}`, count: 1, lastRequest: at });
    await db.insert(session).values({ ...facts, id: name, token: name, expiresAt: end });
    await db.insert(verification).values({ ...facts, id: name, expiresAt: end });
  }
  await purgePassed(db);
  for (const table of [rateLimit, session, verification])
    expect((await db.select({ id: table.id }).from(table)).map(({ id }) => id)).toEqual(['new']);
});

describe('what a crash or a deletion leaves', () => {
  it('IMAGE-8 an import that lies still is failed with what to do, one that goes on is not', async () => {
    const { db } = test.services;
    const project = await createProject(db, { organizationId: owner.organizationId });
    const open = async (name: string, stillMinutes: number): Promise<string> => {
      const { id } = await test.as(owner).image.startImport({ projectId: project.id, name, total: null });
      await db.execute(
        sql`update image_import set beat_at = now() - make_interval(mins => ${stillMinutes}) where id = ${id}`,
      );
      return id;
    };
    const [still, busy, fetched] = [await open('still.zip', 61), await open('busy.zip', 59), await open('bucket', 3)];
    await db.execute(sql`update image_import set source = 'bucket' where id = ${fetched}`);
    expect(await failStillImports(db, { upload: 60, bucket: 2 })).toBe(2);
    const read = (importId: string) => test.as(owner).image.getImport({ projectId: project.id, importId });
    expect(await read(still)).toMatchObject({
      status: 'failed',
      errors: [{ file: 'still.zip', message: expect.stringContaining('Start it again') as string }],
    });
    expect((await read(still)).endedAt).not.toBeNull();
    expect(await read(fetched)).toMatchObject({ status: 'failed' });
    expect(await read(busy)).toMatchObject({ status: 'running', errors: [] });
  });

  it('IMAGE-8 half received uploads are removed when a server starts', async () => {
    const folder = uploadFolder(test.services.env.PUPIL_DATA);
    await clearUploads(test.services.env.PUPIL_DATA);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'half.zip'), 'half');
    await clearUploads(test.services.env.PUPIL_DATA);
    expect(await readdir(folder)).toEqual([]);
  });

  it(
    'IMAGE-9 with a project go its images, exports and checkpoints, and what is written while it is ' + 'deleted',
    async () => {
      const { db, blobs } = test.services;
      const [project, other] = await Promise.all(
        [1, 2].map((n) => createProject(db, { organizationId: owner.organizationId, name: `Project ${n}` })),
      );
      if (!project || !other) throw new Error('there are no projects');
      await createImages(db, { projectId: project.id, count: 20 });
      const { runId } = await createFinishedRun(db, { projectId: project.id, memberId: owner.memberId });
      const keys = [imageKey(project.id, 'a'), exportKey(project.id, 'b'), checkpointKey(runId, 'r', 1)];
      for (const key of [...keys, imageKey(other.id, 'a')]) await blobs.put(key, Buffer.from('bytes'));
      await expect(
        test.as(owner).project.delete({ projectId: project.id, confirmName: 'Project' }),
      ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      expect(await sweepBlobs(test.services)).toBe(0);
      await test.as(owner).project.delete({ projectId: project.id, confirmName: project.name });
      expect(await sweepBlobs(test.services)).toBe(3);
      expect([...(await keysOf(`projects/${project.id}`)), ...(await keysOf(`runs/${runId}`))]).toEqual([]);
      expect(await keysOf(`projects/${other.id}`)).toHaveLength(1);
      // An import that was under way writes one more; the last sweep, an hour later, takes it and the note.
      await blobs.put(imageKey(project.id, 'late'), Buffer.from('bytes'));
      expect(await sweepBlobs(test.services)).toBe(0);
      await db.execute(sql`update blob_removal set due_at = now()`);
      expect(await sweepBlobs(test.services)).toBe(1);
      expect((await db.execute(sql`select * from blob_removal`)).rows).toEqual([]);
      await removeProjects(test.services, { isStopped: () => false });
      expect((await db.execute(sql`select 1 from project where status = 'deleted'`)).rows).toEqual([]);
    },
  );

  it(
    'IMAGE-15 a deleted project is gone at once, and what hangs on it goes in batches, also when a server dies in ' +
      'between',
    async () => {
      const { db } = test.services;
      const [project, other] = await Promise.all(
        [1, 2].map((n) => createProject(db, { organizationId: owner.organizationId, name: `Large ${n}` })),
      );
      if (!project || !other) throw new Error('there are no projects');
      for (const { id } of [project, other]) {
        const imageIds = await createImages(db, { projectId: id, count: 40 });
        await createFinishedRun(db, { projectId: id, memberId: owner.memberId, status: 'training' });
        await db.execute(
          sql`insert into image_likeness (image_id, project_id, hash, gray) values (${imageIds[0]}, ${id}, 1, '')`,
        );
        await test.as(owner).export.createSnapshot({ projectId: id, name: 'frozen' });
        await test.as(owner).image.startImport({ projectId: id, name: 'under way', total: null });
      }
      const rowsOf = async (projectId: string) => {
        const rounds = sql`select r.id from round r join run on run.id = r.run_id where run.project_id = ${projectId}`;
        const tables = [
          'image',
          'image_likeness',
          'annotation',
          'review_item',
          'project_counter',
          'class',
          'run',
          'snapshot',
          'image_import',
        ];
        const counts = await Promise.all([
          ...tables.map((table) =>
            execute(db, sql`select count(*)::int as n from ${sql.identifier(table)} where project_id = ${projectId}`, {
              n: number,
            }),
          ),
          ...['prediction', 'pseudo_label', 'round_label'].map((table) =>
            execute(db, sql`select count(*)::int as n from ${sql.identifier(table)} where round_id in (${rounds})`, {
              n: number,
            }),
          ),
        ]);
        return counts.map(([row]) => row?.n);
      };
      const imagesOf = async (projectId: string) => (await rowsOf(projectId))[0];
      const before = await rowsOf(other.id);
      expect(before.every((n) => n !== undefined && n > 0)).toBe(true);

      await test.as(owner).project.delete({ projectId: project.id, confirmName: project.name });
      await expect(test.as(owner).project.get({ projectId: project.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(
        test.as(owner).project.delete({ projectId: project.id, confirmName: project.name }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const listed = await test.as(owner).project.list({ organizationId: owner.organizationId });
      expect(listed.map(({ id }) => id)).not.toContain(project.id);
      expect((await listAdoptable(db, owner)).map(({ projectName }) => projectName)).not.toContain(project.name);
      expect(await listExistingProjects(db, [project.id, other.id])).toEqual([other.id]);
      const { rows: runs } = await db.execute(sql`select status from run where project_id = ${project.id}`);
      expect(runs).toEqual([{ status: 'cancelled' }]);
      expect(await imagesOf(project.id)).toBe(40);

      let batches = 0;
      // A server that stops after two batches; another one goes on. What an import that was under way still writes goes
      // too.
      await removeProjects(test.services, { images: 15, isStopped: () => (batches += 1) > 2 });
      expect(await imagesOf(project.id)).toBe(10);
      await db.execute(
        sql`insert into image (project_id, content_hash, file_name, width, height, channels, bytes)
        values (${project.id}, 'late', 'late.png', 1, 1, 3, 1)`,
      );
      await Promise.all([1, 2].map(() => removeProjects(test.services, { images: 15, isStopped: () => false })));
      expect(await rowsOf(project.id)).toEqual(before.map(() => 0));
      expect((await db.execute(sql`select 1 from project where id = ${project.id}`)).rows).toEqual([]);
      expect(await rowsOf(other.id)).toEqual(before);
    },
  );
});
