import { once } from 'node:events';
import { request } from 'node:http';
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

type Sent = Omit<ParcelEntry, 'bytes'> & { data: Buffer };

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

const pack = (files: readonly Sent[]): Buffer =>
  Buffer.concat([
    parcelHead(files.map(({ data, ...said }) => ({ ...said, bytes: data.length }))),
    ...files.map(({ data }) => data),
  ]);

async function open() {
  const { db } = test.services;
  const { organizationId, people } = test;
  const { id: projectId } = await createProject(db, {
    organizationId,
    classes: ['cat'],
    settings: { validationShare: 0, testShare: 0 },
  });
  const { id } = await insertImport(db, { projectId, createdBy: people.lead.memberId, name: 'set' });
  const path = `/api/projects/${projectId}/imports/${id}/file?name=images&kind=images`;
  return {
    counts: () => getImport(db, projectId, id),
    /** Sends half of a parcel; then the connection is gone. */
    async sendHalf(files: readonly Sent[]) {
      const body = pack(files);
      const sending = request(`${test.origin}${path}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${people.lead.token}`, 'content-length': body.length },
      });
      const broken = once(sending, 'error');
      sending.write(body.subarray(0, body.length / 2), () => sending.destroy(new Error('The connection broke.')));
      await broken;
    },
    async send(files: readonly Sent[]) {
      const answer = await test.ask(path, {
        method: 'PUT',
        token: people.lead.token,
        body: new Uint8Array(pack(files)),
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

it('IMAGE-32 IMAGE-37 a folder that broke off in any tenth, sent again, is as one that never did', async () => {
  const files = await Promise.all(
    Array.from({ length: 40 }, async (_, i): Promise<Sent> => {
      const className = ['cat', '개', null][i % 3] ?? null;
      return { name: `${i}.png`, data: await draw(300 + i), className, split: i % 5 === 0 ? 'test' : null };
    }),
  );
  const parcels = Array.from({ length: 10 }, (_, at) => files.slice(at * 4, at * 4 + 4));
  const whole = await open();
  for (const parcel of parcels) await whole.send(parcel);
  const expected = await whole.read();
  expect(expected).toHaveLength(40);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const broken = await open();
    for (const parcel of parcels.slice(0, tenth)) await broken.send(parcel);
    await broken.sendHalf(parcels[tenth] ?? []);
    expect(await broken.read()).toHaveLength(tenth * 4);
    await broken.send(files);
    expect(await broken.read()).toEqual(expected);
    expect(await broken.counts()).toMatchObject({ imported: 40, duplicates: tenth * 4, failed: 0 });
  }
});
