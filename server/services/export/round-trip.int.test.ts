import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, LABEL_FORMATS } from '#core/export/export.ts';
import type { Split } from '#core/project/project.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { insertImport } from '#db/queries/image/image.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { addTags } from '#db/queries/image/change.ts';
import { listLiveAnnotations, refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { annotation, image, imageTag, projectClass, user } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile } from '../import/import-images.ts';
import { importLabels } from '../import/import-labels.ts';
import { openArchive } from '../import/read-archive.ts';
import { addClasses } from '../project/add-classes.ts';
import { openLabels } from './open-labels.ts';

/** What is labeled: hard names, every split, one image without a label, two of one bare name. */
const SET: { name: string; className: string | null; split: Split }[] = [
  { name: 'one/tom, the cat.png', className: 'ape, "big"', split: 'pool' },
  { name: 'one/b.png', className: '=bee', split: 'validation' },
  { name: 'two/b.png', className: 'a/b', split: 'test' },
  { name: 'c.png', className: 'naïve 猫', split: 'pool' },
  { name: 'd.png', className: 'ape, "big"', split: 'test' },
  { name: 'unlabeled.png', className: null, split: 'pool' },
];

let test: TestServices;
let folder: string;
let owner: Awaited<ReturnType<typeof createMember>>;
let pictures: Buffer[];
beforeAll(async () => {
  test = await createTestServices();
  folder = await mkdtemp(join(tmpdir(), 'pupil-round-trip-'));
  owner = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'owner',
  });
  // One grey each, so that an image is known by its look, whatever an export calls it.
  pictures = await Promise.all(
    SET.map((_, index) =>
      sharp({
        create: { width: 20, height: 20, channels: 3, background: { r: index * 40, g: index * 40, b: index * 40 } },
      })
        .png()
        .toBuffer(),
    ),
  );
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

async function openTarget() {
  const project = await createProject(test.services.db, { organizationId: owner.organizationId, classes: [] });
  const row = await insertImport(test.services.db, { projectId: project.id, createdBy: owner.memberId, name: 'test' });
  return {
    project,
    target: {
      importId: row.id,
      projectId: project.id,
      memberId: owner.memberId,
      seed: 1,
      settings: { validationShare: 0, testShare: 0 },
    },
  };
}

async function importSet(labeled: boolean) {
  const opened = await openTarget();
  await importImages(
    test.services,
    opened.target,
    (async function* files(): AsyncGenerator<ImportFile> {
      for (const [index, { name, className, split }] of SET.entries())
        yield { name, bytes: pictures[index] ?? Buffer.alloc(0), className: labeled ? className : null, split };
    })(),
  );
  return opened;
}

async function importZip(bytes: Buffer) {
  const opened = await openTarget();
  const path = join(folder, `${opened.project.id}.zip`);
  await writeFile(path, bytes);
  const archive = await openArchive(path, { folderLabels: true });
  const classes = archive.proposal.classes.map(({ name }) => name);
  await test.services.db.transaction((tx) => addClasses(tx, opened.project.id, classes));
  await importImages(test.services, opened.target, archive.files);
  archive.close();
  return opened.project.id;
}

/** Every image of a project by its grey, with its class and split. */
async function labelsOf(projectId: string): Promise<string[]> {
  const names = new Map((await listClasses(test.services.db, projectId)).map(({ id, name }) => [id, name]));
  const rows = await test.services.db.select().from(image).where(eq(image.projectId, projectId));
  const found = await Promise.all(
    rows.map(async ({ contentHash, consensusClassId, split }) => {
      const grey =
        (
          await sharp(await test.services.blobs.get(`projects/${projectId}/images/${contentHash}.webp`))
            .raw()
            .toBuffer()
        )[0] ?? 0;
      return `${Math.round(grey / 40)} ${names.get(consensusClassId ?? '') ?? 'no label'} ${split}`;
    }),
  );
  return found.sort();
}

const expected = (labeledOnly: boolean): string[] =>
  SET.map(({ className, split }, index) => `${index} ${className ?? 'no label'} ${split}`)
    .filter((line) => !labeledOnly || !line.includes('no label'))
    .sort();

describe('an export taken in by another project', () => {
  it.each(EXPORT_FORMATS)('FORMAT-22 %s keeps every label', async (format) => {
    const { project } = await importSet(true);
    const actor = { ...owner, email: '' };
    const { stream, fileName } = await openLabels(
      test.services,
      actor,
      { project: { id: project.id, name: 'Zoo' }, format, annotators: true, roundId: null },
      new Date(),
    );
    const bytes = await buffer(stream);
    if (LABEL_FORMATS[format].imagePath !== null) {
      expect(await labelsOf(await importZip(bytes))).toEqual(expected(true));
      return;
    }
    const { project: other, target } = await importSet(false);
    await importLabels(test.services, target, { name: fileName, bytes });
    expect(await labelsOf(other.id)).toEqual(expected(false));
  });
});

/** Where the team stands before the export: tags, two people who agree, who do not, and a lead who decided. */
async function openTeam() {
  const { db } = test.services;
  const { project } = await importSet(true);
  const [ada, bob] = await Promise.all([
    createMember(db, { organizationId: owner.organizationId, role: 'annotator' }),
    createMember(db, { organizationId: owner.organizationId, role: 'annotator' }),
  ]);
  const classes = await listClasses(db, project.id);
  const [a, b, c] = classes.map(({ id }) => id);
  const rows = await db.select().from(image).where(eq(image.projectId, project.id));
  const idOf = (name: string): string => rows.find(({ fileName }) => fileName === name)?.id ?? '';
  const say = async (name: string, said: [string, string | undefined, 'label' | 'adjudicate'][]) => {
    await db.delete(annotation).where(eq(annotation.imageId, idOf(name)));
    for (const [memberId, classId, source] of said)
      await db.insert(annotation).values({
        id: randomUUID(),
        projectId: project.id,
        imageId: idOf(name),
        memberId,
        classIds: [classId ?? ''],
        kind: 'decide',
        source,
      });
    await refreshConsensus(db, { projectId: project.id, imageIds: [idOf(name)] });
  };
  await say('c.png', [
    [ada.memberId, a, 'label'],
    [bob.memberId, a, 'label'],
  ]);
  await say('d.png', [
    [ada.memberId, a, 'label'],
    [bob.memberId, b, 'label'],
  ]);
  await say('one/b.png', [
    [ada.memberId, a, 'label'],
    [bob.memberId, b, 'label'],
    [owner.memberId, c, 'adjudicate'],
  ]);
  await addTags(db, project.id, [
    { imageId: idOf('c.png'), tag: 'night' },
    { imageId: idOf('c.png'), tag: 'a; "b"' },
    { imageId: idOf('d.png'), tag: '=1+1' },
    { imageId: idOf('unlabeled.png'), tag: 'to be asked' },
  ]);
  await db.insert(projectClass).values({ projectId: project.id, name: 'aardvark', position: 9, colour: '#000000' });
  return project;
}

/** All that people said of each image, by its grey. */
async function storyOf(projectId: string) {
  const { db, blobs } = test.services;
  const classes = await listClasses(db, projectId);
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const rows = await db.select().from(image).where(eq(image.projectId, projectId));
  const said = await listLiveAnnotations(
    db,
    rows.map(({ id }) => id),
  );
  const tags = await db.select().from(imageTag).where(eq(imageTag.projectId, projectId));
  const images = await Promise.all(
    rows.map(async ({ id, contentHash, consensusClassId, consensusState, split }) => ({
      grey: Math.round(
        ((
          await sharp(await blobs.get(`projects/${projectId}/images/${contentHash}.webp`))
            .raw()
            .toBuffer()
        )[0] ?? 0) / 40,
      ),
      className: names.get(consensusClassId ?? '') ?? null,
      state: consensusState,
      split,
      tags: tags.flatMap((one) => (one.imageId === id ? one.tag : [])).sort(),
      said: said
        .flatMap((one) =>
          one.imageId === id ? `${one.memberId} ${one.classIds?.map((id) => names.get(id)).join()}` : [],
        )
        .sort(),
    })),
  );
  return { images: images.sort((a, b) => a.grey - b.grey), classes: classes.map(({ name }) => name) };
}

const usedIn = (images: { className: string | null; said: string[] }[]): string[] =>
  [
    ...new Set(images.flatMap(({ className, said }) => [className ?? [], said.map((one) => one.slice(37))].flat())),
  ].sort();

describe('a whole project', () => {
  it.each(EXPORT_FORMATS)('FORMAT-42 %s brings back classes, splits, answers and tags', async (format) => {
    const project = await openTeam();
    const { stream, fileName } = await openLabels(
      test.services,
      owner,
      { project: { id: project.id, name: 'Zoo' }, format, annotators: true, roundId: null, unlabeled: true },
      new Date(),
    );
    const bytes = await buffer(stream);
    const { imagePath, listsClasses } = LABEL_FORMATS[format];
    let otherId: string;
    if (imagePath !== null) otherId = await importZip(bytes);
    else {
      const { project: other, target } = await importSet(false);
      await importLabels(test.services, target, { name: fileName, bytes });
      otherId = other.id;
    }
    const [before, after] = [await storyOf(project.id), await storyOf(otherId)];
    expect(after.images).toEqual(before.images);
    expect(before.images.filter(({ state }) => state === 'adjudicated' || state === 'disputed')).toHaveLength(2);
    if (listsClasses) expect(after.classes).toEqual(before.classes);
    else expect(after.classes.toSorted()).toEqual(usedIn(before.images));
  });

  it('FORMAT-43 answers of nobody here, and of members of another team, are the importing person’s', async () => {
    const { db } = test.services;
    const stranger = await createMember(db, { organizationId: await createOrganization(db), role: 'owner' });
    const [account] = await db.select().from(user).where(eq(user.id, stranger.userId));
    const { project, target } = await importSet(false);
    const line = (who: string, className: string): string => `c.png,${className},${who},person\n`;
    const rows = [line(account?.email ?? '', 'cat'), line('nobody@x.test', 'cat'), line('eve', 'dog')];
    const text = `file,class,annotator,source\n${rows.join('')}`;
    await importLabels(test.services, target, { name: 'labels.csv', bytes: Buffer.from(text) });
    const { images } = await storyOf(project.id);
    expect(images[3]).toMatchObject({ className: 'cat', state: 'agreed', said: [`${owner.memberId} cat`] });
  });
});

const asZip = async (texts: Record<string, string>): Promise<Buffer> =>
  zipFiles([
    ...SET.map(({ name }, index) => ({ path: `pictures/${name}`, bytes: pictures[index] ?? Buffer.alloc(0) })),
    ...Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
  ]);
const inPool = expected(false).map((line) => line.replace(/ (validation|test)$/u, ' pool'));
const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

describe('what other tools export, beside the images', () => {
  it('FORMAT-18 a Label Studio export whose files carry its upload prefix, in a zip and alone', async () => {
    const tasks = SET.map(({ name, className }, index) => ({
      id: index,
      data: {
        image: name.includes('/')
          ? `/data/local-files/?d=${encodeURIComponent(`pictures/${name}`)}`
          : `/data/upload/1/f0e1d2c${index}-${name}`,
      },
      annotations:
        className === null
          ? []
          : [
              {
                id: index,
                was_cancelled: false,
                completed_by: 1,
                result: [{ type: 'choices', from_name: 'choice', to_name: 'image', value: { choices: [className] } }],
              },
            ],
      predictions: [
        { result: [{ type: 'choices', from_name: 'choice', to_name: 'image', value: { choices: ['=bee'] } }] },
      ],
    }));
    const text = JSON.stringify(tasks);
    expect(await labelsOf(await importZip(await asZip({ 'project-1.json': text })))).toEqual(inPool);
    const { project, target } = await importSet(false);
    await importLabels(test.services, target, { name: 'project-1.json', bytes: Buffer.from(text) });
    expect(await labelsOf(project.id)).toEqual(expected(false));
  });

  it('FORMAT-19 a CVAT export', async () => {
    const images = SET.map(
      ({ name, className }, index) =>
        `<image id="${index}" name="pictures/${xml(name)}" width="20" height="20">${
          className === null ? '' : `<tag ` + `label="${xml(className)}" source="manual"/>`
        }</image>`,
    );
    expect(
      await labelsOf(
        await importZip(
          await asZip({ 'annotations.xml': `<?xml version="1.0"?><annotations>${images.join('')}</annotations>` }),
        ),
      ),
    ).toEqual(inPool);
  });

  it('FORMAT-17 a COCO export', async () => {
    const names = [...new Set(SET.flatMap(({ className }) => className ?? []))];
    const coco = {
      images: SET.map(({ name }, id) => ({ id, file_name: `pictures/${name}`, width: 20, height: 20 })),
      categories: names.map((name, id) => ({ id, name })),
      annotations: SET.flatMap(({ className }, id) =>
        className === null ? [] : [{ id, image_id: id, category_id: names.indexOf(className) }],
      ),
    };
    expect(await labelsOf(await importZip(await asZip({ 'annotations.json': JSON.stringify(coco) })))).toEqual(inPool);
  });

  it.each([
    [
      'CSV',
      'labels.csv',
      (): string =>
        'file,class\n' +
        SET.map(({ name, className }) => `"pictures/${name}","${(className ?? '').replaceAll('"', '""')}"\n`).join(''),
    ],
    [
      'JSON',
      'labels.json',
      (): string => JSON.stringify(SET.map(({ name, className }) => ({ file: `pictures/${name}`, label: className }))),
    ],
  ])('FORMAT-14 a %s manifest', async (_, path, write) => {
    expect(await labelsOf(await importZip(await asZip({ [path]: write() })))).toEqual(inPool);
  });
});
