import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProposalChoice } from '#core/proposal/propose.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from './import-images.ts';
import { readContext } from './propose-import.ts';
import { openArchive } from './read-archive.ts';

let test: TestServices;
let folder: string;
beforeAll(async () => {
  test = await createTestServices();
  folder = await mkdtemp(join(tmpdir(), 'pupil-proposal-'));
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

const draw = (seed: number): Promise<Buffer> =>
  sharp(Buffer.from(Array.from({ length: 24 * 24 * 3 }, (_, i) => (Math.imul(i + 1, seed * 7919 + 13) >>> 3) % 256)), {
    raw: { width: 24, height: 24, channels: 3 },
  })
    .png()
    .toBuffer();

async function openProject(classes: string[]) {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const owner = await createMember(db, { organizationId, role: 'owner' });
  const project = await createProject(db, { organizationId, classes });
  return { projectId: project.id, memberId: owner.memberId, as: test.as(owner) };
}

const PATHS = ['set/a/Dog/1.png', 'set/a/dogs/2.png', 'set/b/junk/3.png', 'set/b/cat/4.png'];

it('PROPOSAL-2 PROPOSAL-3 stores what the proposal said, as a person chose', async () => {
  const at = await openProject(['dog', 'cat']);
  const path = join(folder, 'set.zip');
  await writeFile(
    path,
    await zipFiles(await Promise.all(PATHS.map(async (name, i) => ({ path: name, bytes: await draw(i + 1) })))),
  );
  const choice: ProposalChoice = { layout: 'folders-2', names: { dogs: 'dog', junk: null } };
  const reading = { ...(await readContext(test.services.db, at.projectId)), choice };
  const archive = await openArchive(path, { folderLabels: true, reading });
  expect(archive.proposal.classes).toMatchObject([
    { name: 'dog', images: 2, isNew: false, spellings: ['Dog', 'dogs'] },
    { name: 'cat', images: 1, isNew: false },
  ]);
  expect(archive.proposal.unlabeled.some).toEqual(['set/b/junk/3.png']);
  const asked = await at.as.image.propose({ projectId: at.projectId, paths: PATHS, ...choice });
  expect(asked).toEqual({ ...archive.proposal, tables: asked.tables });

  const { id: importId } = await at.as.image.startImport({ projectId: at.projectId, name: 'set', total: null });
  const settings = { validationShare: 0, testShare: 0 };
  await importImages(test.services, { importId, ...at, seed: 1, settings }, archive.files).finally(archive.close);
  const { labeledByClass, imported } = await at.as.image.endImport({ projectId: at.projectId, importId });
  const { classes } = await at.as.project.get({ projectId: at.projectId });
  expect(classes.map(({ id, name }) => [name, labeledByClass[id]])).toEqual([
    ['dog', 2],
    ['cat', 1],
  ]);
  expect(imported).toBe(4);
});

it('PROPOSAL-6 PROPOSAL-7 says the shares of the project, and gives keys in the order that was told', async () => {
  const at = await openProject(['owl']);
  await at.as.project.update({ projectId: at.projectId, settings: { validationShare: 0.25, testShare: 0 } });
  const paths = ['zebra', 'ant', 'owl', 'bee'].map((name) => `train/${name}/1.png`);
  const { expected, classes } = await at.as.image.propose({ projectId: at.projectId, paths });
  expect(expected).toEqual([
    { split: 'pool', images: 3, isDrawn: true },
    { split: 'validation', images: 1, isDrawn: true },
  ]);
  const told = classes.map(({ name }) => name);
  await at.as.image.startImport({ projectId: at.projectId, name: 'set', total: 4, classes: told });
  const project = await at.as.project.get({ projectId: at.projectId });
  expect(project.classes.map(({ name, hotkey }) => [name, hotkey])).toEqual([
    ['owl', '1'],
    ['ant', '2'],
    ['bee', '3'],
    ['zebra', '4'],
  ]);
});

it('PROPOSAL-2 an annotator is told nothing of it, and nothing is stored by asking', async () => {
  const at = await openProject(['dog']);
  const annotator = test.as(
    await createMember(test.services.db, {
      organizationId: await createOrganization(test.services.db),
      role: 'annotator',
    }),
  );
  await expect(annotator.image.propose({ projectId: at.projectId, paths: PATHS })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await at.as.image.propose({ projectId: at.projectId, paths: PATHS });
  expect((await at.as.project.get({ projectId: at.projectId })).classes).toHaveLength(1);
  expect(await at.as.image.imports({ projectId: at.projectId })).toEqual([]);
});
