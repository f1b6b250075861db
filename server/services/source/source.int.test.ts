import { Writable } from 'node:stream';
import { pino } from 'pino';
import sharp from 'sharp';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSource as addSchema } from '#core/schemas/source.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { claimSource, releaseSource, stopSource } from '#db/queries/source/source.ts';
import { activity, image, imageAside, imageImport, source, sourceObject } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { startBucketServer } from '../../testing/bucket-server.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { addSource } from './add-source.ts';
import { startSources } from './run-sources.ts';

const SECRET = 'very-secret-key-of-the-source';
const KEYS = { accessKeyId: 'AKIASOURCE', secretAccessKey: SECRET };

const paint = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 20, height: 20, channels: 3, background: { r: red, g: 60, b: 20 } } })
    .png()
    .toBuffer();

/** The test's bucket stands on loopback, under a name of its own. */
const local = {
  resolve: async (host: string) => [{ address: host === 'bucket.test' ? '127.0.0.1' : host, family: 4 }],
  isAllowed: (address: string) => address === '127.0.0.1',
};

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
let bucket: Awaited<ReturnType<typeof startBucketServer>>;
let projectId: string;
const objects = new Map<string, Buffer>();
const logged: string[] = [];
beforeAll(async () => {
  test = await createTestServices();
  lead = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'lead',
  });
  bucket = await startBucketServer({ bucket: 'pictures', accessKeyId: KEYS.accessKeyId, objects });
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  test.services.log = pino({ level: 'trace' }, stream);
});
afterAll(async () => {
  bucket.close();
  await test.close();
});
beforeEach(async () => {
  projectId = (await createProject(test.services.db, { organizationId: lead.organizationId, classes: [] })).id;
  objects.clear();
  for (const [key, red] of Object.entries({ 'in/cat/1.png': 1, 'in/cat/2.png': 40, 'in/dog/1.png': 80 }))
    objects.set(key, await paint(red));
});
afterEach(async () => {
  await test.services.db.delete(source);
});

const add = async (more: Record<string, unknown> = {}, place: Record<string, unknown> = {}) =>
  (
    await addSource(
      test.services,
      { ...lead, email: '', name: '', allProjects: true } as Parameters<typeof addSource>[1],
      {
        projectId,
        ...addSchema.parse({
          name: 'The bucket',
          interval: 'hand',
          takesNew: false,
          readsLabels: true,
          place: {
            kind: 'bucket',
            bucket: 'pictures',
            prefix: 'in/',
            endpoint: `http://bucket.test:${bucket.port}`,
            ...KEYS,
            ...place,
          },
          ...more,
        }),
      },
      local,
    )
  ).id;

/** Lets a server do all there is to do. */
async function work(): Promise<void> {
  const running = startSources(test.services, local);
  await running.settle();
  await running.stop();
}
const api = () => test.as(lead).source;
const sync = async (sourceId: string) => {
  await api().sync({ projectId, sourceId });
  await work();
};
const take = async (sourceId: string) => {
  await api().take({ projectId, sourceId });
  await work();
};
async function read(sourceId: string) {
  const { sources } = await api().list({ projectId });
  const found = sources.find(({ id }) => id === sourceId);
  if (!found) throw new Error('there is no such source');
  return found;
}
async function labels(): Promise<Record<string, string | null>> {
  const classes = new Map((await listClasses(test.services.db, projectId)).map((item) => [item.id, item.name]));
  const rows = await test.services.db.select().from(image).where(eq(image.projectId, projectId));
  return Object.fromEntries(
    rows
      .filter(({ split }) => (split as string) !== 'out')
      .map((row) => [row.fileName, classes.get(row.consensusClassId ?? '') ?? null]),
  );
}
const images = () => test.services.db.$count(image, eq(image.projectId, projectId));

describe('a source', () => {
  it('SOURCE-1 SOURCE-6 tells what is new, changed and vanished, and takes it only when asked', async () => {
    objects.set('in/notes.pdf', Buffer.from('%PDF'));
    const id = await add();
    await work();
    expect(await read(id)).toMatchObject({ work: 'idle', error: null, counts: { new: 3, other: 1, taken: 0 } });
    expect(await images()).toBe(0);
    const told = await api().objects({ projectId, sourceId: id, state: 'new', limit: 2 });
    expect(told).toMatchObject({ objects: [{ key: 'in/cat/1.png' }, { key: 'in/cat/2.png' }], next: 'in/cat/2.png' });
    const proposal = await api().propose({ projectId, sourceId: id });
    expect(proposal.classes.map(({ name, images: n }) => [name, n])).toEqual([
      ['cat', 2],
      ['dog', 1],
    ]);

    await take(id);
    expect(await labels()).toEqual({ 'cat/1.png': 'cat', 'cat/2.png': 'cat', 'dog/1.png': 'dog' });
    expect(await read(id)).toMatchObject({ work: 'idle', taking: null, counts: { new: 0, taken: 3 } });

    objects.set('in/dog/2.png', await paint(120));
    objects.set('in/cat/1.png', await paint(160));
    objects.delete('in/cat/2.png');
    await sync(id);
    expect((await read(id)).counts).toMatchObject({ new: 1, changed: 1, vanished: 1, taken: 1 });
    expect(await images()).toBe(3);
    await take(id);
    // One new file of a class is read like those before it.
    expect((await labels())['dog/2.png']).toBe('dog');
    expect((await read(id)).counts).toMatchObject({ new: 0, changed: 0, vanished: 1, replaced: 1, taken: 3 });
    const imports = await test.services.db
      .select()
      .from(imageImport)
      .where(eq(imageImport.projectId, projectId))
      .orderBy(imageImport.createdAt);
    expect(imports.map(({ source: from, status, total }) => [from, status, total])).toEqual([
      ['source', 'ended', 3],
      ['source', 'ended', 2],
    ]);
  });

  it('SOURCE-6 reads labels as accepted, also from then on, and names what cannot be taken', async () => {
    objects.set('in/cat/bad.png', Buffer.from('no image'));
    const id = await add();
    await work();
    await api().take({ projectId, sourceId: id, choice: { layout: 'folders-0', names: { cat: 'puma' } } });
    await work();
    expect(await labels()).toEqual({ 'cat/1.png': 'puma', 'cat/2.png': 'puma', 'dog/1.png': 'dog' });
    const failed = await api().objects({ projectId, sourceId: id, state: 'failed' });
    expect(failed.objects).toMatchObject([
      { key: 'in/cat/bad.png', message: expect.stringContaining('image') as string },
    ]);
    await sync(id);
    expect((await read(id)).counts).toMatchObject({ new: 0, failed: 1 });
    objects.set('in/cat/bad.png', await paint(200));
    await sync(id);
    expect((await read(id)).counts).toMatchObject({ new: 1, failed: 0 });
    await take(id);
    expect((await labels())['cat/bad.png']).toBe('puma');
  });

  it('SOURCE-1 SOURCE-8 that is set to takes what is new by itself, when its time has come', async () => {
    const id = await add({ interval: 'hourly', takesNew: true });
    await work();
    expect(Object.keys(await labels())).toHaveLength(3);
    const { dueAt } = await read(id);
    expect((dueAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(3_500_000);
    objects.set('in/dog/2.png', await paint(120));
    await work();
    expect(Object.keys(await labels())).toHaveLength(3);
    await test.services.db.update(source).set({ dueAt: new Date(Date.now() - 1000) });
    await work();
    expect(Object.keys(await labels())).toHaveLength(4);
  });

  it('SOURCE-2 keeps its keys sealed: in no answer, no row in the clear, no activity and no log', async () => {
    const id = await add();
    await work();
    await add({ name: 'Wrong' }, { accessKeyId: 'AKIAWRONG' });
    await work();
    const everything = JSON.stringify([
      await api().list({ projectId }),
      await test.services.db.select().from(source),
      await test.services.db.select().from(activity),
      logged,
    ]);
    expect(everything).toContain('pictures');
    for (const secret of [SECRET, 'AKIASOURCE', 'AKIAWRONG']) expect(everything).not.toContain(secret);
    expect(await read(id)).toMatchObject({ hasKeys: true });
    // Another secret opens nothing, and says so.
    const { env } = test.services;
    test.services.env = { ...env, PUPIL_SECRET: 'y'.repeat(32) };
    try {
      await sync(id);
      expect((await read(id)).error).toContain('Give them again');
      await api().update({
        projectId,
        sourceId: id,
        name: 'The bucket',
        interval: 'hand',
        takesNew: false,
        keys: KEYS,
      });
      await sync(id);
      expect(await read(id)).toMatchObject({ error: null, counts: { new: 3 } });
    } finally {
      test.services.env = env;
    }
  });

  it('SOURCE-4 reaches no endpoint in the inner network', async () => {
    const place = { kind: 'bucket' as const, bucket: 'pictures', endpoint: `http://127.0.0.1:${bucket.port}`, ...KEYS };
    const given = { name: 'In', interval: 'hand' as const, takesNew: false, readsLabels: true, place };
    await expect(api().add({ projectId, ...given })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const before = bucket.requests.length;
    const id = await add();
    const running = startSources(test.services);
    await running.settle();
    await running.stop();
    expect((await read(id)).error).toContain('cannot be reached');
    expect(bucket.requests).toHaveLength(before);
  });

  it('SOURCE-9 says why it stopped, and a place with nothing in it changes nothing', async () => {
    const id = await add();
    await work();
    await take(id);
    objects.clear();
    await sync(id);
    expect(await read(id)).toMatchObject({ work: 'idle', counts: { taken: 3, vanished: 0 } });
    expect((await read(id)).error).toContain('nothing was changed');
    const none = await add({ name: 'None' }, { bucket: 'another' });
    const refused = await add({ name: 'Refused' }, { accessKeyId: 'AKIAWRONG' });
    await work();
    expect((await read(none)).error).toBe('There is no bucket of this name.');
    expect((await read(refused)).error).toContain('refused these keys');
  });

  it('SOURCE-11 is asked for again while a sync fails', async () => {
    const { db } = test.services;
    const id = await add();
    const row = await claimSource(db);
    if (!row) throw new Error('there is nothing to do');
    await api().sync({ projectId, sourceId: id });
    await stopSource(db, row, { message: 'broken', said: null });
    await releaseSource(db, row);
    expect((await claimSource(db))?.id).toBe(id);
  });

  it('SOURCE-10 that is removed leaves its images', async () => {
    const id = await add();
    await work();
    await take(id);
    await api().remove({ projectId, sourceId: id });
    expect(Object.keys(await labels())).toHaveLength(3);
    expect(await test.services.db.$count(sourceObject)).toBe(0);
    await expect(api().sync({ projectId, sourceId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const rows = await test.services.db.select().from(activity).where(eq(activity.projectId, projectId));
    expect(rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['source:added', 'source:taken', 'import:ended', 'source:removed']),
    );
  });
});

describe('SOURCE-7 what vanished', () => {
  const settle = (sourceId: string, how: 'exclude' | 'keep', strokeId = crypto.randomUUID()) =>
    api().settle({ projectId, sourceId, how, strokeId });

  it('is excluded with the source as the reason, to be undone, but for what another object still is', async () => {
    objects.set('in/dog/again.png', await paint(1));
    const id = await add();
    await work();
    await take(id);
    objects.delete('in/cat/1.png');
    objects.delete('in/cat/2.png');
    objects.set('in/dog/1.png', await paint(160));
    await sync(id);
    await take(id);
    const strokeId = crypto.randomUUID();
    // The first is still there as again.png; the second has gone, and what dog/1.png was has been replaced.
    expect(await settle(id, 'exclude', strokeId)).toEqual({ excluded: 2, held: 1, moved: 0, after: null });
    const aside = await test.services.db.select().from(imageAside).where(eq(imageAside.projectId, projectId));
    expect(aside.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['excluded', 'No longer at The bucket'],
      ['excluded', 'No longer at The bucket'],
    ]);
    expect((await read(id)).counts).toMatchObject({ vanished: 0, replaced: 0, taken: 2 });
    await test.as(lead).gallery.undoChange({ projectId, strokeId });
    expect(await test.services.db.$count(imageAside, eq(imageAside.projectId, projectId))).toBe(0);
  });

  it('is asked about also where it could not be taken again before it went', async () => {
    const id = await add();
    await work();
    await take(id);
    objects.set('in/dog/1.png', Buffer.from('no image'));
    await sync(id);
    await take(id);
    expect((await read(id)).counts).toMatchObject({ failed: 1 });
    await api().retry({ projectId, sourceId: id });
    expect((await read(id)).counts).toMatchObject({ changed: 1, new: 0 });
    await take(id);
    objects.delete('in/dog/1.png');
    await sync(id);
    expect((await read(id)).counts).toMatchObject({ vanished: 1 });
    expect(await settle(id, 'exclude')).toMatchObject({ excluded: 1 });
    expect(Object.keys(await labels())).not.toContain('dog/1.png');
  });

  it('stays where somebody keeps it, and where it seems to have another name now', async () => {
    const id = await add();
    await work();
    await take(id);
    objects.set('in/cat/moved.png', objects.get('in/cat/1.png') ?? Buffer.alloc(0));
    objects.delete('in/cat/1.png');
    objects.delete('in/cat/2.png');
    await sync(id);
    expect(await settle(id, 'exclude')).toEqual({ excluded: 1, held: 0, moved: 1, after: null });
    await take(id);
    expect(await settle(id, 'exclude')).toEqual({ excluded: 0, held: 1, moved: 0, after: null });
    expect(Object.keys(await labels()).sort()).toEqual(['cat/1.png', 'dog/1.png']);
    objects.delete('in/dog/1.png');
    await sync(id);
    await settle(id, 'keep');
    expect((await read(id)).counts).toMatchObject({ vanished: 0, taken: 1 });
    expect(Object.keys(await labels())).toContain('dog/1.png');
  });

  it('keeps every image in mind that an object was before, but for the one that it is again', async () => {
    const id = await add();
    await work();
    await take(id);
    for (const red of [120, 160, 200, 160]) {
      objects.set('in/dog/1.png', await paint(red));
      await sync(id);
      await take(id);
    }
    // 80, 120 and 200 have gone, 160 is there.
    expect((await read(id)).counts).toMatchObject({ taken: 3, replaced: 3 });
    expect(await settle(id, 'exclude')).toEqual({ excluded: 3, held: 0, moved: 0, after: null });
    expect((await read(id)).counts).toMatchObject({ taken: 3, replaced: 0 });
  });

  it('is settled a piece at a time, and no piece parts the images of one object', async () => {
    const id = await add();
    await work();
    const { db } = test.services;
    const put = (key: string, replacedHashes: string[]) => ({
      sourceId: id,
      key,
      state: 'vanished' as const,
      pass: 1,
      contentHash: `now-${key}`,
      replacedHashes,
    });
    await db
      .insert(sourceObject)
      .values([
        ...Array.from({ length: 998 }, (_, at) => put(`a${String(at).padStart(4, '0')}`, [])),
        put('b', ['b-1', 'b-2']),
        put('c', []),
      ]);
    expect((await read(id)).counts).toMatchObject({ vanished: 1000, replaced: 2 });
    const first = await settle(id, 'exclude');
    expect(first).toEqual({ excluded: 0, held: 998, moved: 0, after: 'a0997' });
    const strokeId = crypto.randomUUID();
    const second = await api().settle({ projectId, sourceId: id, how: 'exclude', strokeId, after: 'a0997' });
    expect(second).toEqual({ excluded: 0, held: 4, moved: 0, after: null });
    expect((await read(id)).counts).toMatchObject({ vanished: 0, replaced: 0 });
  });
});
