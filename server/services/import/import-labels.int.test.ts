import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listClasses } from '#db/queries/project/project.ts';
import { image } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importLabels } from './import-labels.ts';
import { openRows, readArchiveAside } from './read-aside.ts';
import { PLAIN_READING, readArchiveLabels } from './read-labels.ts';

let test: TestServices;
let port = 0;
const server = createServer((req, res) => {
  if (!req.url?.startsWith('/pictures/')) return void res.writeHead(404).end();
  void sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
    .then((png) => res.end(png));
});
beforeAll(async () => {
  test = await createTestServices();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.close();
  await test.close();
});

async function take(name: string, text: string, fileNames: string[] = []) {
  const organizationId = await createOrganization(test.services.db);
  const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
  const project = await createProject(test.services.db, { organizationId, classes: [] });
  await createImages(test.services.db, { projectId: project.id, count: 3 });
  for (const fileName of fileNames) {
    const [id = ''] = await createImages(test.services.db, { projectId: project.id, count: 1, name: fileName });
    await test.services.db.update(image).set({ fileName }).where(eq(image.id, id));
  }
  const row = await test.as(owner).image.startImport({ projectId: project.id, name, total: null });
  const target = {
    importId: row.id,
    projectId: project.id,
    memberId: owner.memberId,
    seed: 1,
    settings: { validationShare: 0, testShare: 0 },
  };
  await importLabels(
    test.services,
    target,
    { name, bytes: Buffer.from(text) },
    { resolve: async () => [{ address: '127.0.0.1', family: 4 }], isAllowed: () => true },
  );
  const classes = new Map((await listClasses(test.services.db, project.id)).map((item) => [item.id, item.name]));
  const images = (await test.services.db.select().from(image)).filter((item) => item.projectId === project.id);
  return {
    counts: await test.as(owner).image.endImport({ projectId: project.id, importId: row.id }),
    labels: Object.fromEntries(images.map((item) => [item.fileName, classes.get(item.consensusClassId ?? '') ?? null])),
  };
}

describe('a label file alone', () => {
  it('FORMAT-3 labels the images that it names and lists what it names in vain', async () => {
    const { labels, counts } = await take(
      'labels.csv',
      'file,class\nimage-0.png,cat\nfolder/image-2.png,dog\nnowhere.png,cat\n',
    );
    expect(labels).toEqual({ 'image-0.png': 'cat', 'image-1.png': null, 'image-2.png': 'dog' });
    expect(Object.values(counts.labeledByClass)).toEqual([1, 1]);
    expect(counts).toMatchObject({
      labeled: 2,
      newBySplit: {},
      failed: 1,
      errors: [{ file: 'nowhere.png', message: 'No image of this project has this name.' }],
    });
  });

  it('FORMAT-3 fetches what it gives addresses of', async () => {
    const { labels, counts } = await take(
      'urls.csv',
      `file,class\nhttp://pictures.test:${port}/pictures/red.png,red\nhttp://pictures.test:${port}/gone.png,red\n`,
    );
    expect(labels['red.png']).toBe('red');
    expect(counts).toMatchObject({ imported: 1, labeled: 1, failed: 1 });
    expect(counts.errors[0]?.message).toMatch(/404/);
  });

  it('FORMAT-3 a row that names one image never labels another one of the same bare name', async () => {
    const files = ['cat/1.png', 'dog/1.png', 'cat/2.png'];
    const { labels, counts } = await take('labels.csv', 'file,class\ncat/1.png,cat\n1.png,bird\n2.png,cat\n', files);
    expect(labels).toMatchObject({ 'cat/1.png': 'cat', 'dog/1.png': null, 'cat/2.png': 'cat' });
    expect(counts.errors).toEqual([
      {
        file: '1.png',
        message: 'Several images end with this name. Write it with its folders.',
        said: { key: 'file.severalOfName', values: {} },
      },
    ]);
  });

  it('IMAGE-2 an address or a text that nobody can decode costs that row only', async () => {
    const { counts } = await take(
      'urls.csv',
      `file,class,split\nhttp://pictures.test:${port}/pictures/100%.png,red,\n` +
        `http://pictures.test:${port}/gone.png,red,a\u0000b\ngone\u0000.png,cat,\n`,
    );
    expect(counts).toMatchObject({ imported: 1, labeled: 1 });
    expect(counts.errors.map(({ message }) => message)).toContain('The address answered with 404.');
  });

  it('IMAGE-2 refuses a class name that is none, also beside an address', async () => {
    await expect(
      take('urls.csv', `file,class\nhttp://pictures.test:${port}/pictures/red.png,${'x'.repeat(300)}\n`),
    ).rejects.toThrow(/cannot be a class name/);
  });

  it('FORMAT-48 a large table is read in a thread: the server answers meanwhile, and takes every row', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `image-${i % 3}.png,${i % 3 === 0 ? 'cat' : 'dog'}`);
    const bytes = Buffer.from(`file,class\n${lines.join('\n')}\n`);
    const read = await openRows('labels.csv', bytes);
    expect(read).toMatchObject({ total: 60_000, problems: [], addresses: [] });
    const sizes: number[] = [];
    for await (const piece of read.pieces) sizes.push(piece.length);
    read.close();
    expect(sizes).toEqual(Array.from({ length: 30 }, () => 2000));
    await expect(openRows('labels.csv', Buffer.from(`nothing,else\n${lines.join('\n')}`))).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    // A reading that was left is over, and the next one is not held up by it.
    (await openRows('labels.csv', bytes)).close();
    const paths = Array.from({ length: 5001 }, (_, i) => `${i % 2 === 0 ? 'cat' : 'dog'}/${i}.jpg`);
    const aside = await readArchiveAside(paths, [], PLAIN_READING, null);
    const here = readArchiveLabels(paths, [], PLAIN_READING, null);
    expect(aside.proposal).toEqual(here.proposal);
    expect(paths.map(aside.find)).toEqual(paths.map(here.find));
  });

  it('FORMAT-3 several imports over the same images wait for each other and lose nothing', async () => {
    const { db } = test.services;
    const organizationId = await createOrganization(db);
    const owner = await createMember(db, { organizationId, role: 'owner' });
    const project = await createProject(db, { organizationId });
    await createImages(db, { projectId: project.id, count: 200 });
    const names = Array.from({ length: 200 }, (_, index) => `image-${index}.png`);
    const results = await Promise.all(
      [0, 1, 2, 3].map(async (turn) => {
        const row = await test.as(owner).image.startImport({ projectId: project.id, name: 'labels', total: null });
        const lines = (turn % 2 === 0 ? names : names.toReversed()).map((name) => `${name},cat`);
        const target = {
          importId: row.id,
          projectId: project.id,
          memberId: owner.memberId,
          seed: 1,
          settings: { validationShare: 0, testShare: 0 },
        };
        await importLabels(test.services, target, {
          name: 'labels.csv',
          bytes: Buffer.from(`file,class\n${lines.join('\n')}\n`),
        });
        return (await test.as(owner).image.endImport({ projectId: project.id, importId: row.id })).labeled;
      }),
    );
    expect(results).toEqual([200, 200, 200, 200]);
  });
});
