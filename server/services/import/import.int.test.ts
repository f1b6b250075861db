import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { imageKey } from '#core/image/media.ts';
import { say } from '#core/text/said.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { image } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from './import-images.ts';
import { openArchive } from './read-archive.ts';

let test: TestServices;
let folder: string;
beforeAll(async () => {
  test = await createTestServices();
  folder = await mkdtemp(join(tmpdir(), 'pupil-zip-'));
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

const paint = (seed: number, side = 24) =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: { r: seed % 256, g: (seed * 7) % 256, b: (seed * 31) % 256 },
    },
  });

/** Pixels that differ everywhere, so that likenesses differ too. */
const noise = (seed: number) => {
  let state = seed * 2654435761 + 1;
  const pixels = Buffer.from(
    Array.from({ length: 24 * 24 * 3 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
  return sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
    .png()
    .toBuffer();
};

/** A PNG of one-bit black pixels, side × side: some 100 kB that would unfold to gigabytes. */
function bombPng(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    const zipped = gzipSync(body, { level: 0 });
    frame.writeUInt32BE(zipped.readUInt32LE(zipped.length - 8), 4 + body.length); // gzip ends with the same CRC-32
    return frame;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * side), { level: 1 });
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function writeZip(
  entries: Record<string, Buffer>,
  mangle: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<string> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(bytes, name);
  zip.end();
  const chunks = await (zip.outputStream as Readable).toArray();
  const path = join(folder, `${Math.random().toString(36).slice(2)}.zip`);
  const out = createWriteStream(path);
  out.end(mangle(Buffer.concat(chunks as Buffer[])));
  await finished(out);
  return path;
}

async function importZip(
  path: string,
  options: { folderLabels?: boolean; shares?: { validationShare: number; testShare: number } } = {},
) {
  const organizationId = await createOrganization(test.services.db);
  const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
  const project = await createProject(test.services.db, { organizationId, classes: [] });
  const row = await test.as(owner).image.startImport({ projectId: project.id, name: 'a zip', total: null });
  const archive = await openArchive(path, { folderLabels: options.folderLabels ?? false });
  await importImages(
    test.services,
    {
      importId: row.id,
      projectId: project.id,
      memberId: owner.memberId,
      seed: 1,
      settings: options.shares ?? { validationShare: 0, testShare: 0 },
    },
    archive.files,
  );
  archive.close();
  const images = (await test.services.db.select().from(image)).filter((item) => item.projectId === project.id);
  return {
    project,
    owner,
    images,
    counts: await test.as(owner).image.endImport({ projectId: project.id, importId: row.id }),
  };
}

describe('an import', () => {
  it('IMAGE-2 IMAGE-5 takes the good files and names every bad one', async () => {
    const good = await paint(1).jpeg().toBuffer();
    const path = await writeZip(
      {
        'ok.jpg': good,
        'AA/AA/evil.png': await paint(2).png().toBuffer(),
        'cut.jpg': good.subarray(0, good.length - 120),
        'script.png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        'drawing.svg': Buffer.from('<svg/>'),
        'huge.png': bombPng(30_000),
        'notes.pdf': Buffer.from('hello'),
      },
      (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('AA/AA/', '../../'), 'latin1'),
    );
    const { images, counts } = await importZip(path);
    expect(images.map((row) => row.fileName)).toEqual(['ok.jpg']);
    const reasons = Object.fromEntries(counts.errors.map(({ file, message }) => [file, message]));
    expect(Object.keys(reasons).sort()).toEqual([
      '../../evil.png',
      'cut.jpg',
      'drawing.svg',
      'huge.png',
      'notes.pdf',
      'script.png',
    ]);
    expect(reasons['../../evil.png']).toMatch(/outside/);
    expect(reasons['cut.jpg']).toMatch(/damaged or cut off/);
    expect(reasons['script.png']).toMatch(/SVG/);
    expect(reasons['huge.png']).toMatch(/pixels/);
    expect(counts).toMatchObject({ imported: 1, failed: 6, total: 7, status: 'ended' });
  });

  it('IMAGE-3 keeps one image for equal pixels, whatever the file is called', async () => {
    const png = await paint(3).png({ compressionLevel: 9 }).toBuffer();
    const again = await paint(3).png({ compressionLevel: 0 }).toBuffer();
    const { images, counts } = await importZip(
      await writeZip({ 'a.png': png, 'b/a.png': again, 'c.png': await paint(4).png().toBuffer() }),
    );
    expect(images).toHaveLength(2);
    expect(counts).toMatchObject({ imported: 2, duplicates: 1 });
  });

  it('IMAGE-1 applies the orientation and serves no uploaded byte', async () => {
    const turned = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'navy' } })
      .withMetadata({ orientation: 6, exif: { IFD0: { Artist: 'secret-artist' } } })
      .jpeg()
      .toBuffer();
    const { images, project } = await importZip(await writeZip({ 'turned.jpg': turned }));
    expect(images[0]).toMatchObject({ width: 20, height: 40 });
    const stored = await test.services.blobs.get(imageKey(project.id, images[0]?.contentHash ?? ''));
    expect(stored.includes('secret-artist')).toBe(false);
    expect((await sharp(stored).metadata()).format).toBe('webp');
  });

  it('IMAGE-4 draws the splits at random in the shares asked, and the same again', async () => {
    const entries = Object.fromEntries(
      await Promise.all(Array.from({ length: 300 }, async (_, index) => [`${index}.png`, await noise(index)] as const)),
    );
    const path = await writeZip(entries);
    const first = await importZip(path, { shares: { validationShare: 0.2, testShare: 0.1 } });
    const count = (split: string) => first.images.filter((row) => row.split === split).length;
    expect(count('validation')).toBeGreaterThan(35);
    expect(count('validation')).toBeLessThan(85);
    expect(count('test')).toBeGreaterThan(12);
    expect(count('test')).toBeLessThan(50);
    const second = await importZip(path, { shares: { validationShare: 0.2, testShare: 0.1 } });
    const splits = (images: typeof first.images) => new Map(images.map((row) => [row.fileName, row.split]));
    expect(splits(second.images)).toEqual(splits(first.images));
  });

  it('uses folder names as labels, below train and test', async () => {
    const { project, images, counts } = await importZip(
      await writeZip({
        'set/train/cat/1.png': await paint(10).png().toBuffer(),
        'set/train/dog/2.png': await paint(11).png().toBuffer(),
        'set/test/dog/3.png': await paint(12).png().toBuffer(),
      }),
      { folderLabels: true },
    );
    const classes = new Map((await listClasses(test.services.db, project.id)).map((row) => [row.id, row.name]));
    expect(images.map((row) => [row.fileName, row.split, classes.get(row.consensusClassId ?? '')]).sort()).toEqual([
      ['set/test/dog/3.png', 'test', 'dog'],
      ['set/train/cat/1.png', 'pool', 'cat'],
      ['set/train/dog/2.png', 'pool', 'dog'],
    ]);
    expect(counts.labeled).toBe(3);
  });

  it('IMAGE-16 tells its new images by split and its labels by class, as a count of the rows', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `${index % 3 === 0 ? 'cat' : 'dog'}/${index}.png`);
    const files = Object.fromEntries(
      await Promise.all(names.map(async (name, index) => [name, await noise(500 + index)] as const)),
    );
    const { images, counts, project } = await importZip(await writeZip(files), {
      folderLabels: true,
      shares: { validationShare: 0.3, testShare: 0.2 },
    });
    const count = (keys: (string | null)[]) =>
      Object.fromEntries([...new Set(keys)].map((key) => [key, keys.filter((other) => other === key).length]));
    expect(counts.newBySplit).toEqual(count(images.map(({ split }) => split)));
    expect(Object.keys(counts.newBySplit)).toHaveLength(3);
    const classes = new Map((await listClasses(test.services.db, project.id)).map((row) => [row.name, row.id]));
    expect(counts.labeledByClass).toEqual({ [classes.get('cat') ?? '']: 40, [classes.get('dog') ?? '']: 80 });
    expect(counts).toMatchObject({ imported: 120, duplicates: 0, labeled: 120 });
  });

  it(
    'IMAGE-16 counts an image once that comes again in a later batch, under the class that it came with ' + 'last',
    async () => {
      const distinct = Object.fromEntries(
        await Promise.all(
          Array.from({ length: 100 }, async (_, index) => [`cat/${index}.png`, await noise(2000 + index)] as const),
        ),
      );
      const { counts, project } = await importZip(
        await writeZip({
          ...distinct,
          'cat/again.png': distinct['cat/0.png'] ?? Buffer.alloc(0),
          'dog/other.png': distinct['cat/1.png'] ?? Buffer.alloc(0),
        }),
        { folderLabels: true },
      );
      const classes = new Map((await listClasses(test.services.db, project.id)).map((row) => [row.name, row.id]));
      expect(counts).toMatchObject({ imported: 100, duplicates: 2, labeled: 100 });
      expect(counts.labeledByClass).toEqual({ [classes.get('cat') ?? '']: 99, [classes.get('dog') ?? '']: 1 });
    },
  );

  it('FORMAT-2 takes the labels of a file that lies in the archive before those of its folders', async () => {
    const { project, images } = await importZip(
      await writeZip({
        'a/1.png': await paint(20).png().toBuffer(),
        'a/2.png': await paint(21).png().toBuffer(),
        'labels.csv': Buffer.from('file,class,split\na/1.png,cat,\na/2.png,dog,test\n'),
      }),
      { folderLabels: true },
    );
    const classes = new Map((await listClasses(test.services.db, project.id)).map((row) => [row.id, row.name]));
    expect(images.map((row) => [row.fileName, row.split, classes.get(row.consensusClassId ?? '')]).sort()).toEqual([
      ['a/1.png', 'pool', 'cat'],
      ['a/2.png', 'test', 'dog'],
    ]);
  });

  it('FORMAT-2 IMAGE-2 a text among the images is named and left out; folders still give the classes', async () => {
    const { images, counts } = await importZip(
      await writeZip({
        'cat/a.png': await noise(71),
        'dog/b.png': await noise(72),
        'cat/notes.txt': Buffer.from('hello'),
      }),
      { folderLabels: true },
    );
    expect(images).toHaveLength(2);
    expect(counts).toMatchObject({ imported: 2, labeled: 2, failed: 1 });
    expect(counts.errors[0]).toMatchObject({
      file: 'cat/notes.txt',
      message: expect.stringMatching(/^Not read as labels/),
    });
  });

  it('FORMAT-2 a row of a label file never labels another image of the same bare name', async () => {
    const { images } = await importZip(
      await writeZip({
        'a/1.png': await paint(30).png().toBuffer(),
        'b/1.png': await paint(31).png().toBuffer(),
        'labels.csv': Buffer.from('file,class\na/1.png,cat\n'),
      }),
      { folderLabels: true },
    );
    expect(images.map((row) => [row.fileName, row.consensusClassId !== null]).sort()).toEqual([
      ['a/1.png', true],
      ['b/1.png', false],
    ]);
  });

  it('IMAGE-2 a name that the database cannot hold takes no good file down with it', async () => {
    const path = await writeZip(
      {
        'bad0name.png': await paint(40).png().toBuffer(),
        'good.png': await paint(41).png().toBuffer(),
        'no0.pdf': Buffer.from('x'),
      },
      (bytes) =>
        Buffer.from(
          bytes.toString('latin1').replaceAll('bad0name', 'bad\0name').replaceAll('no0.pdf', 'no\0.pdf'),
          'latin1',
        ),
    );
    const { images, counts } = await importZip(path);
    expect(images.map((row) => row.fileName).sort()).toEqual(['bad name.png', 'good.png']);
    expect(counts.errors.map(({ file }) => file)).toEqual(['no .pdf']);
  });

  it(
    'IMAGE-10 that cannot go on is failed with the reason by whoever sent it; one that has ended stays as it ' + 'is',
    async () => {
      const { project, owner, counts } = await importZip(await writeZip({ 'a.png': await noise(80) }));
      const call = test.as(owner).image;
      const { id: importId } = await call.startImport({ projectId: project.id, name: 'birds', total: 3 });
      expect(
        await call.failImport({
          projectId: project.id,
          importId,
          message: '1 of 3 files were sent: the connection broke.',
        }),
      ).toMatchObject({
        status: 'failed',
        errors: [{ file: 'birds', message: '1 of 3 files were sent: the connection broke.' }],
      });
      expect(await call.failImport({ projectId: project.id, importId, message: 'Again.' })).toMatchObject({
        errors: [{ file: 'birds' }],
      });
      expect(await call.failImport({ projectId: project.id, importId: counts.id, message: 'Too late.' })).toMatchObject(
        {
          status: 'ended',
          errors: [],
        },
      );
      const other = await createProject(test.services.db, { organizationId: owner.organizationId });
      await expect(
        call.failImport({ projectId: other.id, importId: counts.id, message: 'Not here.' }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' });
      // A reason with what the database does not keep in it ends its import all the same.
      const { id: third } = await call.startImport({ projectId: project.id, name: 'owls', total: 3 });
      const said = say('error.filesSent', { sent: 1, total: 3, why: 'no\u0000.pdf \uD800' });
      expect(await call.failImport({ projectId: project.id, importId: third, message: 'x', said })).toMatchObject({
        status: 'failed',
        errors: [
          {
            message: '1 of 3 files were sent: no .pdf \uFFFD',
            said: { key: 'error.filesSent', values: { sent: 1, total: 3, why: 'no .pdf \uFFFD' } },
          },
        ],
      });
    },
  );

  it('IMAGE-2 says what is wrong with an archive as a whole', async () => {
    await expect(importZip(await writeZip({}))).rejects.toThrow(/no images in this zip/);
    await expect(
      importZip(await writeZip({ 'a.png': await paint(1).png().toBuffer() }, (bytes) => bytes.subarray(0, 60))),
    ).rejects.toThrow(/cannot be read/);
    const long = await writeZip({
      [`${'x'.repeat(10_000)}/a.png`]: await paint(1).png().toBuffer(),
      'y/b.png': await paint(2).png().toBuffer(),
    });
    await expect(importZip(long, { folderLabels: true })).rejects.toThrow(/cannot be a class name/);
  });
});
