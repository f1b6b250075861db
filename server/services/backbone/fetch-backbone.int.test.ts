import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { EVENT_CHANNEL } from '#core/events.ts';
import type { PublicBackbone } from '#core/run/backbones.ts';
import { checkpointKey } from '#core/image/media.ts';
import { insertCheckpoint } from '#db/queries/round/checkpoint.ts';
import { backbone } from '#db/schema/index.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { drawResNet, writeDrawnOnnx } from '#ml/backbone/testing-models.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { adoptRound } from './adopt-round.ts';
import { fetchBackbone } from './fetch-backbone.ts';

const files = new Map(drawBackbone().map(({ path, bytes }) => [`/mobile/${path}`, Buffer.from(bytes)]));
const model = JSON.parse(files.get('/mobile/model.json')?.toString() ?? '{}') as {
  weightsManifest: { paths: string[] }[];
};
files.set(
  '/elsewhere/model.json',
  Buffer.from(
    JSON.stringify({
      ...model,
      weightsManifest: model.weightsManifest.map((group) => ({
        ...group,
        paths: ['http://169.254.169.254/weights.bin'],
      })),
    }),
  ),
);

let test: TestServices;
let actor: Awaited<ReturnType<typeof createMember>>;
let base = '';
let projectId = '';
/** What the server says of a file beside it. */
let heads: Record<string, string> = {};
const server = createServer((req, res) => {
  const bytes = files.get(req.url ?? '');
  res.writeHead(bytes ? 200 : 404, { ...heads, 'content-length': bytes?.length ?? 0 }).end(bytes);
});
beforeAll(async () => {
  test = await createTestServices();
  actor = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'lead',
  });
  ({ id: projectId } = await createProject(test.services.db, { organizationId: actor.organizationId }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://models.test:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await test.close();
});

const net = {
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  isAllowed: (address: string) => address === '127.0.0.1',
};
const get = (path: string, rules = net as Parameters<typeof fetchBackbone>[3]) =>
  fetchBackbone(test.services, actor, { name: 'web', scale: 'symmetric', projectId, url: base + path }, rules);

describe('a backbone by its address', () => {
  it('LEARN-21 is fetched with the weights beside it, checked as an upload, and says where it came from', async () => {
    const { backboneId } = await get('/mobile/model.json');
    const [row] = await test.services.db.select().from(backbone).where(eq(backbone.id, backboneId));
    expect(row).toMatchObject({ name: 'web', inputSize: 16, sourceUrl: `${base}/mobile/model.json` });
    expect(row?.origin).toMatch(/^file SHA-256 [0-9a-f]{64}$/);
  });

  it('BACKBONE-9 keeps the hash of the file itself, and takes features at a layer that a lead names', async () => {
    const { nodes, constants } = drawResNet();
    const bytes = Buffer.from(writeDrawnOnnx(nodes, constants, { output: 'logits' }));
    files.set('/net.onnx', bytes);
    const take = (layer?: string) =>
      fetchBackbone(
        test.services,
        actor,
        { name: 'cut', scale: 'unit', projectId, url: `${base}/net.onnx`, layer },
        net,
      );
    const rowOf = async (id: string) => (await test.services.db.select().from(backbone).where(eq(backbone.id, id)))[0];
    const whole = await rowOf((await take()).backboneId);
    expect(whole?.origin).toContain(createHash('sha256').update(bytes).digest('hex'));
    await expect(take('no such layer')).rejects.toThrow('no such layer');
  });

  it('FORMAT-1 in the inner network is refused, and so are weights on another server', async () => {
    await expect(get('/mobile/model.json', {})).rejects.toThrow('cannot be reached');
    await expect(get('/elsewhere/model.json')).rejects.toThrow('another server');
  });

  it('BACKBONE-10 of the named ones is checked by our hash, and any by the one that its server names', async () => {
    const { nodes, constants } = drawResNet();
    const bytes = Buffer.from(writeDrawnOnnx(nodes, constants, { output: 'logits' }));
    files.set('/named.onnx', bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const named = (hash: string | null): PublicBackbone => ({
      name: 'Drawn net',
      url: `${base}/named.onnx`,
      scale: 'unit',
      what: 'Drawn at random',
      licence: 'MIT',
      sha256: hash,
    });
    await expect(get('/named.onnx', { ...net, named: [named('0'.repeat(64))] })).rejects.toThrow(
      'is not the Drawn net that was checked',
    );
    heads = { 'x-linked-etag': `"${'1'.repeat(64)}"` };
    await expect(get('/named.onnx', { ...net, named: [named(sha256)] })).rejects.toThrow('not what its server holds');
    const revision = 'c'.repeat(40);
    heads = { 'x-linked-etag': `"${sha256}"`, 'x-repo-commit': revision };
    const { backboneId } = await get('/named.onnx', { ...net, named: [named(sha256)] });
    heads = {};
    const [row] = await test.services.db.select().from(backbone).where(eq(backbone.id, backboneId));
    expect(row).toMatchObject({
      licence: 'MIT',
      origin: expect.stringContaining(`Drawn at random; revision ${revision}`),
    });
  });

  it('BACKBONE-10 tells how far it is, to whom it may concern', async () => {
    const told: string[] = [];
    const listener = new Client({ connectionString: test.services.env.DATABASE_URL });
    listener.on('notification', ({ payload }) => told.push(payload ?? ''));
    await listener.connect();
    await listener.query(`listen ${EVENT_CHANNEL}`);
    await get('/mobile/model.json');
    const progress = () => told.filter((text) => text.includes('backbone:progressed'));
    // What is told is not waited for by the download.
    await expect.poll(() => progress().at(-1)).toMatch(/"file":2,"files":2,.*"done":(\d+),"total":\1[,}]/);
    await listener.end();
    expect(progress().length).toBeGreaterThanOrEqual(2);
    for (const text of progress()) expect(text).toContain(actor.memberId);
  });

  it('BACKBONE-10 of a named one says in one sentence that there is no connection; others tell nothing', async () => {
    const offline = {
      ...net,
      resolve: () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })),
    };
    const url = `${base}/away.onnx`;
    const named = [{ name: 'Far net', url, scale: 'unit' as const, what: 'Far', licence: 'MIT', sha256: null }];
    await expect(get('/away.onnx', { ...offline, named })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message:
        'Far net was not fetched: models.test does not answer from here, so this server is probably offline. ' +
        `Download ${url} on another computer and import it as a file.`,
    });
    await expect(get('/away.onnx', offline)).rejects.toThrow('This address cannot be reached');
  });

  it('LEARN-21 that is not there, or no model, is refused', async () => {
    await expect(get('/nothing.json')).rejects.toThrow('answered 404');
    await expect(get('/mobile/weights.bin')).rejects.toThrow('of no kind that is known');
  });
});

describe('a round as a backbone', () => {
  it('LEARN-22 is copied for the organization, once; a round of another organization does not exist', async () => {
    const { db, blobs } = test.services;
    const project = await createProject(db, { organizationId: actor.organizationId });
    await createImages(db, { projectId: project.id, count: 30 });
    const made = await createFinishedRun(db, { projectId: project.id, memberId: actor.memberId, labelsPerClass: 2 });
    const [roundId = ''] = made.roundIds;
    const bytes = Buffer.from('weights of a round');
    const blobKey = checkpointKey(made.runId, roundId, 5);
    await blobs.put(blobKey, bytes);
    await insertCheckpoint(db, {
      roundId,
      step: 5,
      final: true,
      blobKey,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
    expect((await test.as(actor).run.adoptable({ projectId: project.id })).map((row) => row.roundId)).toContain(
      roundId,
    );
    const { backboneId } = await adoptRound(test.services, actor, { projectId: project.id, fromRoundId: roundId });
    expect(await adoptRound(test.services, actor, { projectId: project.id, fromRoundId: roundId })).toEqual({
      backboneId,
    });
    await blobs.delete(blobKey);
    const [row] = await db.select().from(backbone).where(eq(backbone.id, backboneId));
    expect(await blobs.get(row?.blobKey ?? '')).toEqual(bytes);
    const stranger = await createMember(db, {
      organizationId: await createOrganization(db, 'Elsewhere'),
      role: 'owner',
    });
    await expect(
      adoptRound(test.services, stranger, { projectId: project.id, fromRoundId: roundId }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
