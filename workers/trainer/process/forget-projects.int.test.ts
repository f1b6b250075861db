import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import { forgetProjects, pixelFolder } from './forget-projects.ts';

it('IMAGE-9 a trainer forgets the pixels of deleted projects, and of no others', async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'pupil-forget-'));
  try {
    const folder = pixelFolder(data);
    expect(await forgetProjects(database.db, folder)).toBe(0);
    const { id } = await createProject(database.db, { organizationId: await createOrganization(database.db) });
    for (const name of [id, randomUUID(), 'notes']) {
      await mkdir(join(folder, name, '32x3'), { recursive: true });
      await writeFile(join(folder, name, '32x3', 'a.pixels'), 'bytes');
    }
    expect(await forgetProjects(database.db, folder)).toBe(1);
    expect((await readdir(folder)).sort()).toEqual([id, 'notes'].sort());
  } finally {
    await database.close();
    await rm(data, { recursive: true, force: true });
  }
});
