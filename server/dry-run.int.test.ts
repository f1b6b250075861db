import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '#core/people/access.ts';
import { insertApiToken } from '#db/queries/people/api-token.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { hashToken, makeToken } from './auth/token.ts';
import { createListener } from './http/listener.ts';
import { createMetrics } from './http/metrics.ts';
import { createTestServices } from './testing/services.ts';
import type { TestServices } from './testing/services.ts';

let test: TestServices;
let http: Server;
let origin: string;
let organizationId: string;
beforeAll(async () => {
  test = await createTestServices();
  organizationId = await createOrganization(test.services.db);
  http = createServer(
    createListener({
      services: test.services,
      metrics: createMetrics(test.services),
      pages: async (_req, res) => void res.writeHead(404).end('no page'),
    }),
  );
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((done) => http.close(done));
  await test.close();
});

const draw = (light: number): Promise<Buffer> =>
  sharp({ create: { width: 20, height: 20, channels: 3, background: { r: light, g: 40, b: 90 } } })
    .png()
    .toBuffer();

async function openProject(role: Role = 'lead') {
  const { db } = test.services;
  const member = await createMember(db, { organizationId, role });
  const settings = { validationShare: 0.25, testShare: 0 };
  const project = await createProject(db, { organizationId, classes: ['dog'], settings });
  const token = makeToken('pupil_');
  await insertApiToken(db, { memberId: member.memberId, name: 'test', tokenHash: hashToken(token) });
  const send = (query: Record<string, string>, body: BodyInit, importId = 'proposal') => {
    const asked = new URLSearchParams({ name: 'set.zip', ...query });
    return fetch(`${origin}/api/projects/${project.id}/imports/${importId}/file?${asked}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body,
    });
  };
  return { projectId: project.id, as: test.as(member), send };
}

const PATHS = ['train/Dog/1.png', 'train/dog/2.png', 'train/cat/3.png', 'train/cat/4.png', 'notes/readme.exe'];
const zip = async (): Promise<Uint8Array<ArrayBuffer>> =>
  Uint8Array.from(
    await zipFiles(await Promise.all(PATHS.map(async (path, i) => ({ path, bytes: await draw(i * 60) })))),
  );

describe('PROPOSAL-2 dryRun', () => {
  it('tells of a zip what names alone tell, and what would not be taken, and stores nothing', async () => {
    const { projectId, as, send } = await openProject();
    const response = await send({ kind: 'zip', dryRun: '1' }, await zip());
    expect(response.status).toBe(200);
    const { proposal, refused } = (await response.json()) as Record<string, Record<string, unknown>>;
    expect(proposal).toMatchObject({
      images: 4,
      layout: 'folders-1',
      classes: [
        { name: 'dog', images: 2, isNew: false, spellings: ['Dog', 'dog'] },
        { name: 'cat', images: 2, isNew: true },
      ],
      expected: [
        { split: 'pool', images: 3, isDrawn: true },
        { split: 'validation', images: 1, isDrawn: true },
      ],
    });
    expect(refused).toMatchObject({ count: 1, some: [{ file: 'notes/readme.exe' }] });
    const paths = PATHS.slice(0, 4);
    expect(await as.image.propose({ projectId, paths })).toMatchObject({ classes: proposal?.['classes'] });
    expect(await as.image.imports({ projectId })).toEqual([]);
    expect((await as.project.get({ projectId })).classes).toHaveLength(1);
  });

  it('follows a choice, and the same choice with the same zip stores what it said', async () => {
    const { projectId, as, send } = await openProject();
    const choice = { kind: 'zip', layout: 'folders-1', names: JSON.stringify({ cat: 'dog' }) };
    const told = (await (await send({ ...choice, dryRun: '1' }, await zip())).json()) as {
      proposal: { classes: { name: string; images: number }[] };
    };
    expect(told.proposal.classes.map(({ name, images }) => [name, images])).toEqual([['dog', 4]]);
    const { id } = await as.image.startImport({ projectId, name: 'set', total: null });
    expect((await send({ ...choice, folderLabels: '1' }, await zip(), id)).status).toBe(200);
    const { labeledByClass } = await as.image.endImport({ projectId, importId: id });
    const { classes } = await as.project.get({ projectId });
    expect(classes.map((one) => [one.name, labeledByClass[one.id]])).toEqual([['dog', 4]]);
  });

  it('is for those who may import, for a zip, and for choices that make sense', async () => {
    const { send } = await openProject();
    const refusals = [
      [await (await openProject('annotator')).send({ kind: 'zip', dryRun: '1' }, await zip()), 403, ''],
      [await send({ kind: 'labels', dryRun: '1' }, 'file,class\n'), 400, 'image.propose'],
      [await send({ kind: 'zip', dryRun: '1', names: '[1]' }, await zip()), 400, 'names of classes'],
      [await send({ kind: 'zip', dryRun: '1', layout: 'magic' }, await zip()), 400, ''],
      [await send({ kind: 'zip', dryRun: '1' }, 'not a zip'), 400, 'cannot be read'],
    ] as const;
    for (const [response, status, words] of refusals) {
      expect(response.status).toBe(status);
      expect(((await response.json()) as { message: string }).message).toContain(words);
    }
  });
});
