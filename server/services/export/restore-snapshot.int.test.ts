import { randomUUID } from 'node:crypto';
import { text as readText } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLabelFile } from '#core/formats/import.ts';
import type { Split } from '#core/project/project.ts';
import { imageKey, thumbnailKey } from '#core/image/media.ts';
import { getSnapshot } from '#db/queries/export/snapshot.ts';
import { getImport, insertImport } from '#db/queries/image/image.ts';
import { getProject, listClasses } from '#db/queries/project/project.ts';
import { image, imageTag } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile } from '../import/import-images.ts';
import { openLabels } from './open-labels.ts';
import { restoreSnapshot } from './restore-snapshot.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

const SET: [name: string, className: string | null, split: Split][] = [
  ['a.png', 'cat', 'pool'],
  ['b.png', 'dog', 'validation'],
  ['c.png', 'cat', 'test'],
  ['d.png', null, 'pool'],
];

/** Noise, larger than a thumbnail where it is said. */
const draw = (seed: number, side: number): Promise<Buffer> =>
  sharp(
    Buffer.from(Array.from({ length: side * side * 3 }, (_, i) => (Math.imul(i + 7, seed * 7919 + 13) >>> 5) % 256)),
    { raw: { width: side, height: side, channels: 3 } },
  )
    .png()
    .toBuffer();

async function openProject() {
  const { db } = test.services;
  const owner = await createMember(db, { organizationId: await createOrganization(db), role: 'owner' });
  const project = await createProject(db, { organizationId: owner.organizationId, classes: ['cat', 'dog', 'emu'] });
  const { id: importId } = await insertImport(db, { projectId: project.id, createdBy: owner.memberId, name: 'test' });
  await importImages(
    test.services,
    {
      importId,
      projectId: project.id,
      memberId: owner.memberId,
      seed: 1,
      settings: { validationShare: 0, testShare: 0 },
    },
    (async function* files(): AsyncGenerator<ImportFile> {
      for (const [i, [name, className, split]] of SET.entries())
        yield { name, bytes: await draw(i + 1, i === 0 ? 300 : 24), className, split, tags: i === 0 ? ['night'] : [] };
    })(),
  );
  return { owner, projectId: project.id, as: test.as(owner) };
}

async function read(projectId: string) {
  const { db } = test.services;
  const classes = await listClasses(db, projectId);
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const rows = await db.select().from(image).where(eq(image.projectId, projectId));
  return {
    classes: classes.map(({ name, colour, hotkey, descriptionIn }) => ({ name, colour, hotkey, descriptionIn })),
    images: rows
      .map((row) => [
        row.fileName,
        names.get(row.consensusClassId ?? ''),
        row.split,
        row.consensusState,
        row.contentHash,
      ])
      .sort(),
  };
}

it('FORMAT-44 a snapshot is named, noted, and exported as it froze, whatever became of its images since', async () => {
  const { owner, projectId, as } = await openProject();
  const { id: snapshotId } = await as.export.createSnapshot({ projectId, name: 'before', note: 'the second pass' });
  await as.export.updateSnapshot({ projectId, snapshotId, name: 'Before it' });
  expect(await as.export.listSnapshots({ projectId })).toMatchObject([
    { name: 'Before it', note: 'the second pass', count: 3 },
  ]);
  const rows = await test.services.db.select().from(image).where(eq(image.projectId, projectId));
  const idOf = (name: string): string => rows.find(({ fileName }) => fileName === name)?.id ?? '';
  const dog = (await listClasses(test.services.db, projectId))[1]?.id ?? '';
  await as.gallery.decide({
    projectId,
    classId: dog,
    decisions: [{ id: randomUUID(), imageId: idOf('a.png') }],
  });
  await as.gallery.change({
    projectId,
    strokeId: randomUUID(),
    change: { kind: 'exclude', reason: 'blurred' },
    target: { kind: 'images', imageIds: [idOf('b.png')] },
  });
  const open = async (frozen: string | null): Promise<string[]> => {
    const request = {
      project: { id: projectId, name: 'Zoo' },
      format: 'csv',
      annotators: true,
      roundId: null,
      unlabeled: true,
      snapshotId: frozen,
    } as const;
    const { stream } = await openLabels(test.services, owner, request, new Date());
    return readLabelFile('l.csv', await readText(stream))
      .rows.filter(({ by }) => by === 'consensus')
      .map(({ source, className, split }) => `${source} ${className} ${split}`)
      .sort();
  };
  expect(await open(snapshotId)).toEqual(['a.png cat pool', 'b.png dog validation', 'c.png cat test']);
  expect(await open(null)).toEqual(['a.png dog pool', 'c.png cat test']);
  await expect(open(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('FORMAT-44 TEXT-16 a snapshot becomes a project of its own, and the one that it came from stays', async () => {
  const { db, blobs } = test.services;
  const { owner, projectId, as } = await openProject();
  const [cat] = await listClasses(db, projectId);
  await as.project.updateClass({ projectId, classId: cat?.id ?? '', descriptionIn: { ko: '뾰족한 귀' } });
  const { id: snapshotId } = await as.export.createSnapshot({ projectId, name: 'one' });
  const before = await read(projectId);
  expect(before.classes[0]?.descriptionIn).toEqual({ ko: '뾰족한 귀' });
  const source = await getProject(db, projectId);
  const made = await restoreSnapshot(test.services, owner, source, { projectId, snapshotId, name: 'Copy' });
  await made.finished;
  const after = await read(made.projectId);
  expect(after.classes).toEqual(before.classes);
  expect(after.images).toEqual(before.images.filter(([name]) => name !== 'd.png'));
  expect(await read(projectId)).toEqual(before);
  expect(await getImport(db, made.projectId, made.importId)).toMatchObject({
    status: 'ended',
    source: 'snapshot',
    imported: 3,
    labeled: 3,
    newBySplit: { pool: 1, validation: 1, test: 1 },
  });
  const tags = await db.select().from(imageTag).where(eq(imageTag.projectId, made.projectId));
  expect(tags.map(({ tag }) => tag)).toEqual(['night']);
  const rows = await db.select().from(image).where(eq(image.projectId, made.projectId));
  for (const { contentHash } of rows)
    for (const key of [imageKey, thumbnailKey])
      expect(await blobs.size(key(made.projectId, contentHash))).toBe(await blobs.size(key(projectId, contentHash)));
  const stranger = await createMember(db, { organizationId: await createOrganization(db), role: 'owner' });
  await expect(test.as(stranger).export.restoreSnapshot({ projectId, snapshotId, name: 'Mine' })).rejects.toMatchObject(
    { code: 'NOT_FOUND' },
  );
  expect((await getSnapshot(db, { projectId, snapshotId })).count).toBe(3);
});

it('FORMAT-44 an image whose file is lost is named, and the others come all the same', async () => {
  const { db, blobs } = test.services;
  const { owner, projectId, as } = await openProject();
  const { id: snapshotId } = await as.export.createSnapshot({ projectId, name: 'one' });
  const rows = await db.select().from(image).where(eq(image.projectId, projectId));
  const lose = (name: string) =>
    blobs.delete(imageKey(projectId, rows.find(({ fileName }) => fileName === name)?.contentHash ?? ''));
  await lose('b.png');
  // An image whose original alone is lost comes without it.
  await db
    .update(image)
    .set({ originalSha256: 'f'.repeat(64), originalBytes: 9 })
    .where(eq(image.fileName, 'a.png'));
  const source = await getProject(db, projectId);
  const restore = async () => {
    const made = await restoreSnapshot(test.services, owner, source, { projectId, snapshotId, name: randomUUID() });
    await made.finished;
    return getImport(db, made.projectId, made.importId);
  };
  expect(await restore()).toMatchObject({
    status: 'ended',
    imported: 2,
    failed: 1,
    errors: [{ file: 'b.png', message: expect.stringContaining('lost') }],
  });
  await lose('a.png');
  await lose('c.png');
  expect(await restore()).toMatchObject({ status: 'ended', imported: 0, failed: 3 });
});
