import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointKey, exportKey, imageKey } from '#core/media.ts';
import { failStillImports } from '#db/queries/import.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { clearUploads, uploadFolder } from './run-upkeep.ts';
import { sweepBlobs } from './sweep-blobs.ts';

let test: TestServices;
let owner: Awaited<ReturnType<typeof createMember>>;
beforeAll(async () => {
  test = await createTestServices();
  owner = await createMember(test.services.db, { organizationId: await createOrganization(test.services.db), role: 'owner' });
});
afterAll(() => test.close());

const keysOf = async (prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const key of test.services.blobs.list(prefix)) keys.push(key);
  return keys;
};

describe('what a crash or a deletion leaves', () => {
  it('IMAGE-8 an import that lies still is failed with what to do, one that goes on is not', async () => {
    const { db } = test.services;
    const project = await createProject(db, { organizationId: owner.organizationId });
    const open = async (name: string, stillMinutes: number): Promise<string> => {
      const { id } = await test.as(owner).image.startImport({ projectId: project.id, name, total: null });
      await db.execute(sql`update image_import set beat_at = now() - make_interval(mins => ${stillMinutes}) where id = ${id}`);
      return id;
    };
    const [still, busy, fetched] = [await open('still.zip', 61), await open('busy.zip', 59), await open('bucket', 3)];
    await db.execute(sql`update image_import set source = 'bucket' where id = ${fetched}`);
    expect(await failStillImports(db, { upload: 60, bucket: 2 })).toBe(2);
    const read = (importId: string) => test.as(owner).image.getImport({ projectId: project.id, importId });
    expect(await read(still)).toMatchObject({ status: 'failed', errors: [{ file: 'still.zip', message: expect.stringContaining('Start it again') as string }] });
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

  it('IMAGE-9 with a project go its images, exports and checkpoints, and what is written while it is deleted', async () => {
    const { db, blobs } = test.services;
    const [project, other] = await Promise.all([1, 2].map((n) => createProject(db, { organizationId: owner.organizationId, name: `Project ${n}` })));
    if (!project || !other) throw new Error('there are no projects');
    await createImages(db, { projectId: project.id, count: 20 });
    const { runId } = await createFinishedRun(db, { projectId: project.id, memberId: owner.memberId });
    const keys = [imageKey(project.id, 'a'), exportKey(project.id, 'b'), checkpointKey(runId, 'r', 1)];
    for (const key of [...keys, imageKey(other.id, 'a')]) await blobs.put(key, Buffer.from('bytes'));
    await expect(test.as(owner).project.delete({ projectId: project.id, confirmName: 'Project' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
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
  });
});
