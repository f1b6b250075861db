import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listClasses } from '#db/queries/project.ts';
import { image } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importLabels } from './import-labels.ts';

let test: TestServices;
let port = 0;
const server = createServer((req, res) => {
  if (req.url !== '/pictures/red.png') return void res.writeHead(404).end();
  void sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } }).png().toBuffer().then((png) => res.end(png));
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

async function take(name: string, text: string) {
  const organizationId = await createOrganization(test.services.db);
  const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
  const project = await createProject(test.services.db, { organizationId, classes: [] });
  await createImages(test.services.db, { projectId: project.id, count: 3 });
  const row = await test.as(owner).image.startImport({ projectId: project.id, name, total: null });
  const target = { importId: row.id, projectId: project.id, memberId: owner.memberId, seed: 1, settings: { validationShare: 0, testShare: 0 } };
  await importLabels(test.services, target, { name, text }, { resolve: async () => [{ address: '127.0.0.1', family: 4 }], isAllowed: () => true });
  const classes = new Map((await listClasses(test.services.db, project.id)).map((item) => [item.id, item.name]));
  const images = (await test.services.db.select().from(image)).filter((item) => item.projectId === project.id);
  return {
    counts: await test.as(owner).image.endImport({ projectId: project.id, importId: row.id }),
    labels: Object.fromEntries(images.map((item) => [item.fileName, classes.get(item.consensusClassId ?? '') ?? null])),
  };
}

describe('a label file alone', () => {
  it('FORMAT-3 labels the images that it names and lists what it names in vain', async () => {
    const { labels, counts } = await take('labels.csv', 'file,class\nimage-0.png,cat\nfolder/image-2.png,dog\nnowhere.png,cat\n');
    expect(labels).toEqual({ 'image-0.png': 'cat', 'image-1.png': null, 'image-2.png': 'dog' });
    expect(counts).toMatchObject({ labeled: 2, failed: 1, errors: [{ file: 'nowhere.png', message: 'No image of this project has this name.' }] });
  });

  it('FORMAT-3 fetches what it gives addresses of', async () => {
    const { labels, counts } = await take('urls.csv', `file,class\nhttp://pictures.test:${port}/pictures/red.png,red\nhttp://pictures.test:${port}/gone.png,red\n`);
    expect(labels['red.png']).toBe('red');
    expect(counts).toMatchObject({ imported: 1, labeled: 1, failed: 1 });
    expect(counts.errors[0]?.message).toMatch(/404/);
  });
});
