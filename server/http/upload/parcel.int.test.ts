import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashString } from '#core/math/random.ts';
import { parcelHead } from '#core/proposal/parcel.ts';
import type { ParcelEntry } from '#core/proposal/parcel.ts';
import { getImport, insertImport } from '#db/queries/image/image.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { image } from '#db/schema/index.ts';
import { createProject } from '#db/seed/factories.ts';
import { openAccessBench } from '../../testing/access.ts';
import type { AccessBench } from '../../testing/access.ts';

type Said = Omit<ParcelEntry, 'bytes'>;

let test: AccessBench;
beforeAll(async () => {
  test = await openAccessBench();
});
afterAll(() => test.close());

const draw = (seed: number): Promise<Buffer> => {
  const pixels = Buffer.from(Array.from({ length: 24 * 24 * 3 }, (_, at) => hashString(`${seed}:${at}`) % 256));
  return sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
    .png()
    .toBuffer();
};

async function open() {
  const { db } = test.services;
  const { organizationId, people } = test;
  const { id: projectId } = await createProject(db, {
    organizationId,
    classes: ['cat'],
    settings: { validationShare: 0, testShare: 0 },
  });
  const { id } = await insertImport(db, { projectId, createdBy: people.lead.memberId, name: 'set' });
  return {
    counts: () => getImport(db, projectId, id),
    async send(files: readonly (Said & { data: Buffer })[]) {
      const head = parcelHead(files.map(({ data, ...said }) => ({ ...said, bytes: data.length })));
      const answer = await test.ask(`/api/projects/${projectId}/imports/${id}/file?name=images&kind=images`, {
        method: 'PUT',
        token: people.lead.token,
        body: new Uint8Array(Buffer.concat([head, ...files.map(({ data }) => data)])),
      });
      return { status: answer.status, told: (await answer.json()) as { message?: string } };
    },
    async read() {
      const names = new Map((await listClasses(db, projectId)).map((one) => [one.id, one.name]));
      const rows = await db.select().from(image).where(eq(image.projectId, projectId));
      return rows
        .map((row) => [row.fileName, row.split, names.get(row.consensusClassId ?? '') ?? null])
        .sort(([a = ''], [b = '']) => (String(a) < String(b) ? -1 : 1));
    },
  };
}

it('IMAGE-37 images of one request are named, labeled and placed each by its own; what is none is told', async () => {
  const at = await open();
  const { status } = await at.send([
    { name: 'set/cat/1.png', data: await draw(1), className: 'cat' },
    { name: 'set/개/2.png', data: await draw(2), className: '개', split: 'test' },
    { name: 'broken.jpg', data: Buffer.from([0xff, 0xd8, 0xff, 1]) },
    { name: 'set/3.png', data: await draw(3), split: 'validation' },
    { name: 'set/3.png', data: await draw(3), split: 'validation' },
  ]);
  expect(status).toBe(200);
  expect(await at.read()).toEqual([
    ['set/3.png', 'validation', null],
    ['set/cat/1.png', 'pool', 'cat'],
    ['set/개/2.png', 'test', '개'],
  ]);
  const counts = await at.counts();
  expect(counts).toMatchObject({ imported: 3, duplicates: 1, failed: 1, labeled: 2 });
  expect(counts.errors.map(({ file }) => file)).toEqual(['broken.jpg']);
});

it('IMAGE-37 a parcel that comes twice, because its answer was lost, adds nothing', async () => {
  const at = await open();
  const parcel = await Promise.all(
    Array.from({ length: 12 }, async (_, i) => ({ name: `${i}.png`, data: await draw(100 + i), className: 'cat' })),
  );
  await at.send(parcel);
  const before = await at.read();
  await at.send(parcel);
  expect(await at.read()).toEqual(before);
  expect(await at.counts()).toMatchObject({ imported: 12, labeled: 12 });
});

it('IMAGE-37 a parcel whose list is wrong takes nothing in, and says about which file', async () => {
  const at = await open();
  const { status, told } = await at.send([
    { name: 'good.png', data: await draw(200) },
    { name: 'bad.png', data: await draw(201), className: 'x'.repeat(5000) },
  ]);
  expect(status).toBe(400);
  expect(told.message).toMatch(/^bad\.png: /u);
  expect(await at.read()).toEqual([]);
});
