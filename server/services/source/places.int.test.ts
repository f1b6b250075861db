import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSource as addSchema } from '#core/schemas/source.ts';
import { MISSES_MOST } from '#core/source/source.ts';
import type { Source } from '#db/queries/source/source.ts';
import { claimSource } from '#db/queries/source/source.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { image, imageImport, source, sourceObject } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { addSource } from './add-source.ts';
import { openFolderPlace } from './open-folder-place.ts';
import type { OpenPlace } from './place.ts';
import { startSources } from './run-sources.ts';
import { LetGo, listSource } from './sync-source.ts';
import { takeSource } from './take-source.ts';

const paint = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 20, height: 20, channels: 3, background: { r: red, g: 10, b: 200 } } })
    .png()
    .toBuffer();

const local = {
  resolve: async (host: string) => [{ address: host.endsWith('.test') ? '127.0.0.1' : host, family: 4 }],
  isAllowed: (address: string) => address === '127.0.0.1',
};

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
let projectId: string;
let top: string;
let root: string;
let http: Server;
let origin: string;
/** Hosts that do not answer now. */
const away = new Set<string>();
const pages = new Map<string, { type: string; body: Buffer | string }>();
beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  lead = await createMember(db, { organizationId: await createOrganization(db), role: 'lead' });
  http = createServer((req, res) => {
    if (away.has(req.headers.host?.split(':')[0] ?? '')) return void res.destroy();
    const page = pages.get(req.url ?? '');
    res.writeHead(page ? 200 : 404, { 'content-type': page?.type ?? 'text/plain' }).end(page?.body);
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  origin = `http://list.test:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  http.close();
  await test.close();
});
beforeEach(async () => {
  projectId = (await createProject(test.services.db, { organizationId: lead.organizationId, classes: [] })).id;
  top = await mkdtemp(join(tmpdir(), 'pupil-source-'));
  root = join(top, 'allowed');
  await mkdir(join(root, 'in', 'cat'), { recursive: true });
  await mkdir(join(root, 'in', 'dog'), { recursive: true });
  for (const [name, red] of [
    ['cat/1.png', 1],
    ['cat/2.png', 40],
    ['dog/1.png', 80],
  ] as const)
    await writeFile(join(root, 'in', name), await paint(red));
  test.services.env.PUPIL_SOURCE_ROOTS = [root];
});
afterEach(async () => {
  away.clear();
  await rm(top, { recursive: true, force: true });
  await test.services.db.delete(source);
});

const api = () => test.as(lead).source;
const add = async (place: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  (
    await addSource(
      test.services,
      { ...lead, email: '', name: '', allProjects: true } as Parameters<typeof addSource>[1],
      {
        projectId,
        ...addSchema.parse({ name: 'Here', interval: 'hand', takesNew: false, readsLabels: true, place, ...more }),
      },
      local,
    )
  ).id;
async function work(): Promise<void> {
  const running = startSources(test.services, local);
  await running.settle();
  await running.stop();
}
async function read(sourceId: string) {
  const found = (await api().list({ projectId })).sources.find(({ id }) => id === sourceId);
  if (!found) throw new Error('there is no such source');
  return found;
}
const sync = async (sourceId: string) => {
  await api().sync({ projectId, sourceId });
  await work();
};
const take = async (sourceId: string) => {
  await api().take({ projectId, sourceId });
  await work();
};
const keys = async (sourceId: string) =>
  (
    await test.services.db
      .select({ key: sourceObject.key })
      .from(sourceObject)
      .where(eq(sourceObject.sourceId, sourceId))
      .orderBy(sql`key collate "C"`)
  ).map(({ key }) => key);
async function labels(): Promise<Record<string, string | null>> {
  const classes = new Map((await listClasses(test.services.db, projectId)).map((item) => [item.id, item.name]));
  const rows = await test.services.db.select().from(image).where(eq(image.projectId, projectId));
  return Object.fromEntries(rows.map((row) => [row.fileName, classes.get(row.consensusClassId ?? '') ?? null]));
}

describe('a folder of the server', () => {
  const folder = (path = join(root, 'in')) => add({ kind: 'folder', path });

  it('SOURCE-1 is listed, taken, and told when a file changes, comes or goes', async () => {
    const id = await folder();
    await work();
    await take(id);
    expect(await labels()).toEqual({ 'cat/1.png': 'cat', 'cat/2.png': 'cat', 'dog/1.png': 'dog' });
    await writeFile(join(root, 'in', 'cat/1.png'), await paint(120));
    await utimes(join(root, 'in', 'cat/1.png'), 1, 1);
    await rm(join(root, 'in', 'cat/2.png'));
    await writeFile(join(root, 'in', 'dog/2.png'), await paint(160));
    await sync(id);
    expect((await read(id)).counts).toMatchObject({ new: 1, changed: 1, vanished: 1, taken: 1 });
  });

  it('SOURCE-3 is refused unless the operator allows it, by whatever path, and in the data folder always', async () => {
    const secret = join(top, 'secret');
    await mkdir(secret);
    await writeFile(join(secret, 'x.png'), await paint(3));
    await symlink(secret, join(root, 'way-out'));
    const elsewhere = [secret, join(root, '../secret'), join(root, 'way-out'), '/etc', join(top, 'not-there')];
    for (const path of elsewhere) await expect(folder(path), path).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(folder(`${root}-not`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(folder(join(root, 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(folder(join(root, 'in/cat/1.png'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    test.services.env.PUPIL_SOURCE_ROOTS = [tmpdir()];
    await expect(folder(test.services.env.PUPIL_DATA)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    test.services.env.PUPIL_SOURCE_ROOTS = [];
    await expect(folder()).rejects.toMatchObject({
      message: expect.stringContaining('PUPIL_SOURCE_ROOTS=/srv/pictures') as string,
    });
    expect((await api().list({ projectId })).roots).toEqual([]);
  });

  it('SOURCE-3 passes links over, also one that takes the place of a file that was listed', async () => {
    const secret = join(top, 'secret.png');
    await writeFile(secret, await paint(3));
    await symlink(secret, join(root, 'in', 'link.png'));
    await symlink(top, join(root, 'in', 'up'));
    const id = await folder();
    await work();
    expect(await keys(id)).toEqual(['cat/1.png', 'cat/2.png', 'dog/1.png']);
    await rm(join(root, 'in', 'cat/1.png'));
    await symlink(secret, join(root, 'in', 'cat/1.png'));
    await rename(join(root, 'in', 'dog'), join(top, 'dog'));
    await symlink(join(top, 'dog'), join(root, 'in', 'dog'));
    await take(id);
    expect(await labels()).toEqual({ 'cat/2.png': 'cat' });
    expect((await read(id)).counts).toMatchObject({ taken: 1, failed: 2 });
  });

  it('SOURCE-9 that is gone says so, and is not tried for ever', async () => {
    const id = await folder();
    await work();
    await rm(join(root, 'in'), { recursive: true });
    await sync(id);
    expect(await read(id)).toMatchObject({ work: 'idle', dueAt: null, counts: { new: 3 } });
    expect((await read(id)).error).toContain('is not there');
  });

  it('SOURCE-5 is walked in the order of whole paths, from any of them on', async () => {
    for (const name of ['cat-1', 'cat/deep/er', 'cat.d', 'Z']) {
      await mkdir(join(root, 'in', name), { recursive: true });
      await writeFile(join(root, 'in', name, 'x.png'), 'x');
    }
    const place = await openFolderPlace(join(root, 'in'), { roots: [root], data: '/nowhere' });
    const listed = async (after: string | null): Promise<string[]> => {
      const found = [];
      for await (const { key } of place.list(after)) found.push(key);
      return found;
    };
    const all = await listed(null);
    expect(all).toEqual([...all].sort((a, b) => (a < b ? -1 : 1)));
    expect(all).toHaveLength(7);
    for (const [at, key] of all.entries()) expect(await listed(key)).toEqual(all.slice(at + 1));
  });
});

describe('a list of addresses', () => {
  it('SOURCE-4 SOURCE-9 gives what its lines name, and tells by number those that are no address', async () => {
    pages.set('/list.txt', {
      type: 'text/plain',
      body: `# birds\n${origin}/a.png\nnot an address\n\n${origin}/b.png\n`,
    });
    for (const [path, red] of [
      ['/a.png', 11],
      ['/b.png', 60],
    ] as const)
      pages.set(path, { type: 'image/png', body: await paint(red) });
    const id = await add({ kind: 'list', url: `${origin}/list.txt` });
    await work();
    expect(await read(id)).toMatchObject({
      error: null,
      counts: { new: 2 },
      problemCount: 1,
      problems: [{ where: 'line 3', said: { key: 'file.noAddress', values: {} } }],
    });
    await take(id);
    expect(await labels()).toEqual({ 'a.png': null, 'b.png': null });
    pages.set('/list.txt', { type: 'text/plain', body: `${origin}/b.png\n${origin}/none.png\nhttp://10.0.0.1/in.png` });
    await sync(id);
    expect((await read(id)).counts).toMatchObject({ new: 2, vanished: 1, taken: 1 });
    await take(id);
    const { objects } = await api().objects({ projectId, sourceId: id, state: 'failed' });
    expect(objects.map(({ message }) => message).sort()).toEqual([
      'The address answered with 404.',
      expect.stringContaining('cannot be reached'),
    ]);
  });

  it('SOURCE-6 of a table has classes beside its addresses', async () => {
    pages.set('/a.png', { type: 'image/png', body: await paint(11) });
    pages.set('/t.csv', { type: 'text/csv', body: `url,class,split\n${origin}/a.png,owl,test\n` });
    const id = await add({ kind: 'list', url: `${origin}/t.csv` });
    await work();
    await take(id);
    expect(await labels()).toEqual({ 'a.png': 'owl' });
    const [row] = await test.services.db.select().from(image).where(eq(image.projectId, projectId));
    expect(row?.split).toBe('test');
  });

  it('SOURCE-9 that is none, or does not answer, says so and what to do', async () => {
    pages.set('/page', { type: 'text/html', body: '<html>\n<body>Sign in</body>' });
    const wrong = await add({ kind: 'list', url: `${origin}/page` });
    const gone = await add({ kind: 'list', url: `${origin}/none` });
    const inner = await add({ kind: 'list', url: 'http://10.0.0.1/list.txt' });
    await work();
    expect((await read(wrong)).error).toContain('line 1 is no http or https address');
    expect((await read(gone)).error).toContain('answered with 404');
    expect((await read(inner)).error).toContain('cannot be fetched');
  });
});

describe('SOURCE-11 a place that does not answer', () => {
  const waits = (sourceId: string) => test.services.db.select().from(source).where(eq(source.id, sourceId));

  it('is waited for: nothing is marked as failed, other hosts go on, and the rest follows', async () => {
    const far = origin.replace('list.test', 'far.test');
    const near = ['/n1.png', '/n2.png'];
    const gone = Array.from({ length: 30 }, (_, at) => `/a${at}.png`);
    for (const [at, path] of [...near, ...gone].entries())
      pages.set(path, { type: 'image/png', body: await paint(100 + at) });
    pages.set('/two-hosts.txt', {
      type: 'text/plain',
      body: [...gone.map((path) => far + path), ...near.map((path) => origin + path)].join('\n'),
    });
    const id = await add({ kind: 'list', url: `${origin}/two-hosts.txt` });
    await work();
    away.add('far.test');
    await take(id);
    expect(await read(id)).toMatchObject({ work: 'taking', counts: { taken: 2, new: 30, failed: 0 } });
    expect((await read(id)).error).toMatch(/^30 files were not taken: far\.test:\d+ does not answer/);
    expect((await read(id)).waitUntil?.getTime()).toBeGreaterThan(Date.now() + 30_000);
    // Nobody tries before its time.
    await work();
    expect(await waits(id)).toMatchObject([{ misses: 1 }]);
    // A try that brings nothing makes no import, and the next one comes later.
    await test.services.db.update(source).set({ waitUntil: new Date(0) });
    await work();
    const imports = () => test.services.db.select().from(imageImport).where(eq(imageImport.projectId, projectId));
    expect(await imports()).toMatchObject([{ imported: 2, failed: 0, status: 'ended' }]);
    const [second] = await waits(id);
    expect(second?.misses).toBe(2);
    expect(second?.waitUntil?.getTime()).toBeGreaterThan(Date.now() + 90_000);
    away.clear();
    await sync(id);
    expect(await read(id)).toMatchObject({ work: 'idle', error: null, waitUntil: null, counts: { taken: 32, new: 0 } });
  });

  it('keeps a listing, and after a day the source rests with its reason', async () => {
    pages.set('/away.txt', { type: 'text/plain', body: `${origin}/a.png` });
    away.add('list.test');
    const id = await add({ kind: 'list', url: `${origin}/away.txt` });
    await work();
    const error = expect.stringContaining('cannot be fetched') as string;
    expect(await read(id)).toMatchObject({ work: 'listing', error });
    await test.services.db.update(source).set({ waitUntil: new Date(0), misses: MISSES_MOST });
    await work();
    expect(await read(id)).toMatchObject({ work: 'idle', waitUntil: null });
    away.clear();
    await sync(id);
    expect(await read(id)).toMatchObject({ work: 'idle', error: null, counts: { new: 1 } });
  });
});

describe('SOURCE-5 work that broke', () => {
  const always = (): boolean => true;
  /** A place of so many objects; it breaks at the one with this number, and tells what it was asked for. */
  function invented(count: number) {
    const asked = { after: [] as (string | null)[], got: 0, breakAt: Infinity };
    const name = (at: number): string => `${String(at).padStart(6, '0')}.png`;
    const place: OpenPlace = {
      async *list(after) {
        asked.after.push(after);
        for (let at = 0; at < count; at += 1) {
          if (after !== null && name(at) <= after) continue;
          if (at === asked.breakAt) throw new LetGo();
          yield { key: name(at), name: name(at), size: 1, mark: String(at), said: null };
        }
      },
      async get(key) {
        asked.got += 1;
        if (asked.got === asked.breakAt) throw new LetGo();
        return paint(Number.parseInt(key, 10));
      },
      nameOf: (key) => key,
      hostOf: () => 'invented',
      problems: () => ({ some: [], count: 0 }),
      close: () => undefined,
    };
    return { place, asked };
  }
  async function claimed(): Promise<Source> {
    await test.services.db.update(source).set({ heldUntil: null });
    const row = await claimSource(test.services.db);
    if (!row) throw new Error('there is nothing to do');
    return row;
  }

  it('goes on behind the last stored page of 100,000 objects, and who was left behind writes nothing', async () => {
    const id = await add({ kind: 'folder', path: join(root, 'in') });
    const { place, asked } = invented(100_000);
    asked.breakAt = 40_500;
    const first = await claimed();
    await expect(listSource(test.services, first, place, always)).rejects.toThrow(LetGo);
    expect(await read(id)).toMatchObject({ work: 'listing', listed: 40_000, syncedAt: null });
    // Nobody else takes it while it is held.
    expect(await claimSource(test.services.db)).toBeNull();
    asked.breakAt = Infinity;
    const second = await claimed();
    await expect(listSource(test.services, { ...first, work: 'listing' }, place, always)).rejects.toThrow(LetGo);
    await listSource(test.services, second, place, always);
    expect(asked.after).toEqual([null, null, '039999.png']);
    expect(await read(id)).toMatchObject({ work: 'idle', listed: 100_000, counts: { new: 100_000, vanished: 0 } });
  });

  it('takes the rest into the same import, nothing twice and nothing left out', async () => {
    const id = await add({ kind: 'folder', path: join(root, 'in') });
    const { place, asked } = invented(250);
    await listSource(test.services, await claimed(), place, always);
    await api().take({ projectId, sourceId: id });
    asked.breakAt = 200;
    await expect(takeSource(test.services, await claimed(), place, always)).rejects.toThrow(LetGo);
    const { counts, taking } = await read(id);
    expect(counts.taken).toBeGreaterThan(0);
    expect(counts.new).toBeGreaterThan(0);
    expect(taking?.done).toBe(counts.taken);
    asked.breakAt = Infinity;
    asked.got = 0;
    await takeSource(test.services, await claimed(), place, always);
    expect(asked.got).toBe(counts.new);
    expect(await read(id)).toMatchObject({ work: 'idle', taking: null, counts: { new: 0, taken: 250, failed: 0 } });
    expect(await test.services.db.$count(image, eq(image.projectId, projectId))).toBe(250);
    const imports = await test.services.db.select().from(imageImport).where(eq(imageImport.projectId, projectId));
    expect(imports).toMatchObject([{ status: 'ended', total: 250, imported: 250, duplicates: 0 }]);
  });

  it('stores no batch of a server that was left behind while it took', async () => {
    const id = await add({ kind: 'folder', path: join(root, 'in') });
    const { place } = invented(120);
    await listSource(test.services, await claimed(), place, always);
    await api().take({ projectId, sourceId: id });
    const row = await claimed();
    const get: OpenPlace['get'] = async (key, maxBytes) => {
      if (key === '000050.png') await test.services.db.update(source).set({ fence: row.fence + 1 });
      return place.get(key, maxBytes);
    };
    await expect(takeSource(test.services, row, { ...place, get }, always)).rejects.toThrow(LetGo);
    expect((await read(id)).counts).toMatchObject({ new: 120, taken: 0 });
    expect(await test.services.db.$count(image, eq(image.projectId, projectId))).toBe(0);
  });
});
