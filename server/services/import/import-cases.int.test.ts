import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { image } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from './import-images.ts';
import { importLabels } from './import-labels.ts';
import { openArchive } from './read-archive.ts';

let test: TestServices;
let folder: string;
let drawn = 0;
beforeAll(async () => {
  test = await createTestServices();
  folder = await mkdtemp(join(tmpdir(), 'pupil-cases-'));
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

/** Pictures that differ everywhere. */
const draw = (format: 'png' | 'jpeg' | 'avif' | 'tiff' = 'png'): Promise<Buffer> => {
  let state = (drawn += 1) * 2654435761;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  const pixels = Buffer.from(Array.from({ length: 24 * 24 * 3 }, next));
  return sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
    .toFormat(format)
    .toBuffer();
};

async function openProject(classes: string[] = []) {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const owner = await createMember(db, { organizationId, role: 'owner' });
  const project = await createProject(db, { organizationId, classes });
  const begin = async (name: string) => {
    const { id } = await test.as(owner).image.startImport({ projectId: project.id, name, total: null });
    const settings = { validationShare: 0, testShare: 0 };
    return { importId: id, projectId: project.id, memberId: owner.memberId, seed: 1, settings };
  };
  return {
    project,
    as: test.as(owner),
    async zip(files: readonly { path: string; bytes: Buffer }[], change = (bytes: Buffer): Buffer => bytes) {
      const path = join(folder, `${(drawn += 1)}.zip`);
      await writeFile(path, change(await zipFiles(files)));
      const target = await begin('set.zip');
      const archive = await openArchive(path, { folderLabels: true });
      await importImages(test.services, target, archive.files).finally(archive.close);
      return test.as(owner).image.endImport({ projectId: project.id, importId: target.importId });
    },
    async labels(name: string, bytes: Buffer) {
      const target = await begin(name);
      await importLabels(test.services, target, { name, bytes });
      return test.as(owner).image.endImport({ projectId: project.id, importId: target.importId });
    },
    /** Class and split of each image, by the last part of its name. */
    async read() {
      const names = new Map((await listClasses(db, project.id)).map((item) => [item.id, item.name]));
      const rows = (await db.select().from(image)).filter((item) => item.projectId === project.id);
      const labels = rows.map((row) => [
        row.fileName.split('/').at(-1) ?? '',
        names.get(row.consensusClassId ?? '') ?? null,
      ]);
      return {
        classes: [...names.values()].sort(),
        labels: Object.fromEntries(labels) as Record<string, string | null>,
      };
    },
  };
}

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const pictures = (...paths: string[]) => Promise.all(paths.map(async (path) => ({ path, bytes: await draw() })));
/** 고양이, 강아지 in CP949. */
const [CAT, DOG] = ['b0edbee7c0cc', 'b0adbec6c1f6'].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, Buffer];

describe('what people bring', () => {
  it('FORMAT-37 a table that Korean Excel saved labels in Hangul', async () => {
    const at = await openProject();
    await at.zip(await pictures('a.png', 'b.png'));
    const table = Buffer.concat([text('file,label\r\na.png,'), CAT, text('\r\nb.png,'), DOG, text('\r\n')]);
    await at.labels('labels.csv', table);
    expect((await at.read()).labels).toEqual({ 'a.png': '고양이', 'b.png': '강아지' });
  });

  it('FORMAT-37 a zip that Korean Windows made has Hangul folders', async () => {
    const at = await openProject();
    const files = await pictures('set/AAAAAA/1.png', 'set/AAAAAA/2.png', 'set/BBBBBB/3.png');
    await at.zip(files, (bytes) => {
      const changed = Buffer.from(bytes);
      const put = (ascii: string, name: Buffer): void => {
        for (let i = changed.indexOf(ascii); i !== -1; i = changed.indexOf(ascii, i + 1)) changed.set(name, i);
      };
      put('AAAAAA', CAT);
      put('BBBBBB', DOG);
      // No entry says that its name is UTF-8, as Explorer leaves it.
      for (const [mark, at] of [
        ['PK\x03\x04', 6],
        ['PK\x01\x02', 8],
      ] as const)
        for (let i = changed.indexOf(mark, 0, 'latin1'); i !== -1; i = changed.indexOf(mark, i + 4, 'latin1'))
          changed.writeUInt16LE(changed.readUInt16LE(i + at) & ~0x800, i + at);
      return changed;
    });
    expect((await at.read()).labels).toEqual({ '1.png': '고양이', '2.png': '고양이', '3.png': '강아지' });
  });

  it('FORMAT-37 a label file that is no text is named, and takes no image down', async () => {
    const at = await openProject();
    const bytes = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 37) % 256));
    const ended = await at.zip([...(await pictures('a/1.png', 'b/2.png')), { path: 'notes.csv', bytes }]);
    expect((await at.read()).labels).toEqual({ '1.png': 'a', '2.png': 'b' });
    expect(ended.errors).toMatchObject([{ file: 'notes.csv', message: expect.stringContaining('no text') as string }]);
  });

  it('IMAGE-17 names from a Mac, in another case or with spaces are the class that is there', async () => {
    const at = await openProject(['고양이', 'Dog']);
    await at.zip(await pictures(`set/${'고양이'.normalize('NFD')}/1.png`, 'set/dog /2.png', 'set/DOG/3.png'));
    expect(await at.read()).toEqual({
      classes: ['Dog', '고양이'],
      labels: { '1.png': '고양이', '2.png': 'Dog', '3.png': 'Dog' },
    });
  });

  it('FORMAT-14 ids without extension and a breed are read from a table, beside images or alone', async () => {
    const table = text('id,breed\n000bec,boston_bull\n001513,dingo\n');
    const together = await openProject();
    await together.zip([
      ...(await pictures('train/000bec.png', 'train/001513.png')),
      { path: 'labels.csv', bytes: table },
    ]);
    const alone = await openProject();
    await alone.zip(await pictures('train/000bec.png', 'train/001513.png'));
    await alone.labels('labels.csv', table);
    for (const at of [together, alone])
      expect((await at.read()).labels).toEqual({ '000bec.png': 'boston_bull', '001513.png': 'dingo' });
  });

  it('FORMAT-39 one column a class: one 1 is the class, two are named and none is taken', async () => {
    const at = await openProject();
    const bytes = text('filename, cat, dog\n1.png,1,0\n2.png,0,1\n3.png,1,1\n');
    await at.zip([
      ...(await pictures('train/1.png', 'train/2.png', 'train/3.png')),
      { path: 'train/_classes.csv', bytes },
    ]);
    expect((await at.read()).labels).toEqual({ '1.png': 'cat', '2.png': 'dog', '3.png': null });
  });

  it('FORMAT-2 a list without classes leaves folders theirs; one with classes leaves others unlabeled', async () => {
    const folders = await openProject();
    const bytes = text('1 001.Black/a.png\n2 002.Laysan/b.png\n');
    await folders.zip([
      ...(await pictures('CUB/images/001.Black/a.png', 'CUB/images/002.Laysan/b.png')),
      { path: 'CUB/images.txt', bytes },
    ]);
    expect((await folders.read()).labels).toEqual({ 'a.png': '001.Black', 'b.png': '002.Laysan' });
    const table = await openProject();
    await table.zip([
      ...(await pictures('s/x/p0.png', 's/y/p1.png')),
      { path: 's/labels.csv', bytes: text('file,class\np0.png,cat\n') },
    ]);
    expect((await table.read()).labels).toEqual({ 'p0.png': 'cat', 'p1.png': null });
  });

  it('FORMAT-40 several answers of one image are settled by the most, and a tie is named', async () => {
    const judge = (...choices: string[]) =>
      choices.map((choice, i) => ({
        completed_by: i + 1,
        result: [{ type: 'choices', value: { choices: [choice] } }],
      }));
    const tasks = text(
      JSON.stringify([
        { id: 1, data: { image: 'a.png' }, annotations: judge('cat', 'dog', 'dog'), predictions: [] },
        { id: 2, data: { image: 'b.png' }, annotations: judge('cat', 'dog'), predictions: [] },
      ]),
    );
    const at = await openProject();
    await at.zip(await pictures('a.png', 'b.png'));
    const ended = await at.labels('tasks.json', tasks);
    expect((await at.read()).labels).toEqual({ 'a.png': 'dog', 'b.png': null });
    expect(ended.errors).toMatchObject([{ file: 'b.png', message: expect.stringContaining('do not agree') as string }]);
  });

  it('IMAGE-18 an image is what its bytes are, whatever it is called', async () => {
    const at = await openProject();
    const named = async (path: string, format: 'jpeg' | 'avif' | 'tiff') => ({ path, bytes: await draw(format) });
    const ended = await at.zip([
      await named('a.jfif', 'jpeg'),
      await named('b.jpe', 'jpeg'),
      await named('c', 'jpeg'),
      await named('d.png', 'jpeg'),
      await named('e.avif', 'avif'),
      await named('f.tif', 'tiff'),
      { path: 'README', bytes: text('no image') },
    ]);
    expect(Object.keys((await at.read()).labels).sort()).toEqual(['a.jfif', 'b.jpe', 'c', 'd.png', 'e.avif', 'f.tif']);
    expect(ended.errors.map(({ file }) => file)).toEqual(['README']);
  });

  it('IMAGE-17 a class cannot be renamed to another one of the project', async () => {
    const at = await openProject(['cat', 'dog']);
    const [cat] = await listClasses(test.services.db, at.project.id);
    const rename = (name: string) =>
      at.as.project.updateClass({ projectId: at.project.id, classId: cat?.id ?? '', name });
    await expect(rename('Dog ')).rejects.toThrow('There is a class "dog" already');
    await rename('Cat');
    expect((await at.read()).classes).toEqual(['Cat', 'dog']);
  });
});
