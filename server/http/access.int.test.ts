import { request } from 'node:http';
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { can } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import { imageKey, thumbnailKey } from '#core/image/media.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { insertImport } from '#db/queries/image/image.ts';
import { upsertMember } from '#db/queries/people/member.ts';
import { image, modelExport } from '#db/schema/index.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { createOrganization, createProject } from '#db/seed/factories.ts';
import { ROUTES } from './routes.ts';
import { openAccessBench } from '../testing/access.ts';
import type { AccessBench, Places } from '../testing/access.ts';

/**
 * One address of each route, and what a member must be allowed to do there. A route that is missing here fails the
 * first test.
 */
const EXAMPLES: {
  method: string;
  action: Action;
  path: (at: Places) => string;
  body?: string | Uint8Array<ArrayBuffer>;
  /** What whoever may gets; 200 unless said. */
  allowed?: number;
}[] = [
  { method: 'GET', action: 'image:read', path: (at) => `/media/projects/${at.projectId}/images/${at.imageId}` },
  { method: 'GET', action: 'image:read', path: (at) => `/media/projects/${at.projectId}/thumbnails/${at.imageId}` },
  {
    method: 'PUT',
    action: 'image:import',
    path: (at) => `/api/projects/${at.projectId}/imports/${at.importId}/file?name=l.csv&kind=labels`,
    body: 'file,class\nimage-0.png,cat\n',
  },
  {
    method: 'PUT',
    action: 'run:start',
    path: (at) => `/api/projects/${at.projectId}/backbones?name=drawn`,
    body: Uint8Array.from(await zipFiles(drawBackbone())),
  },
  { method: 'GET', action: 'export:create', path: (at) => `/api/projects/${at.projectId}/exports/labels?format=csv` },
  { method: 'GET', action: 'export:read', path: (at) => `/api/projects/${at.projectId}/exports/${at.exportId}/file` },
  { method: 'GET', action: 'export:read', path: (at) => `/api/projects/${at.projectId}/runs/${at.runId}/tensorboard` },
  { method: 'GET', action: 'export:read', path: (at) => `/api/projects/${at.projectId}/runs/mlflow?runs=${at.runId}` },
  {
    method: 'POST',
    action: 'model:ask',
    path: (at) => `/api/projects/${at.projectId}/predict`,
    body: 'no image',
    allowed: 409,
  },
  {
    method: 'GET',
    action: 'model:ask',
    path: (at) => `/media/projects/${at.projectId}/asked/${at.imageId}`,
    allowed: 404,
  },
];

let test: AccessBench;
beforeAll(async () => {
  test = await openAccessBench();
});
afterAll(() => test.close());

/** Routes that ask for a secret in their address instead of a member; each has a test of its own. */
const BY_SECRET = ['sources'];

it('ACCESS-7 every plain route is walked below', () => {
  const uncovered = ROUTES.filter(
    ({ method, pattern }) =>
      !BY_SECRET.some((part) => pattern.source.includes(part)) &&
      !EXAMPLES.some(
        (example) => example.method === method && pattern.test(example.path(test.places).split('?')[0] ?? ''),
      ),
  );
  expect(uncovered.map(({ pattern }) => pattern.source)).toEqual([]);
});

describe.each(
  EXAMPLES.map((example) => ({
    ...example,
    name: example.path({
      projectId: ':project',
      imageId: ':image',
      importId: ':import',
      exportId: ':export',
      runId: ':run',
    }),
  })),
)('$method $name', ({ method, action, path, body, allowed = 200 }) => {
  const call = (at: Places, token?: string) =>
    test.ask(path(at), { method, ...(token ? { token } : {}), ...(body ? { body } : {}) });

  it('ACCESS-7 refuses a stranger', async () => {
    expect((await call(test.places)).status).toBe(401);
    expect((await call(test.places, 'pupil_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(401);
  });

  it.each([
    ['ACCESS-7', 'outsider'],
    ['MEMBER-1', 'confined'],
  ] as const)('%s answers a member who is %s as if nothing were there', async (_, who) => {
    const existing = await call(test.places, test.people[who].token);
    const invented = await call({ ...test.places, projectId: randomUUID() }, test.people[who].token);
    expect([existing.status, await existing.text()]).toEqual([invented.status, await invented.text()]);
    expect(existing.status).toBe(404);
  });

  it.each(['viewer', 'annotator', 'lead'] as const)(
    'ACCESS-7 lets a %s do what the table says and no more',
    async (role) => {
      expect((await call(test.places, test.people[role].token)).status).toBe(can(role, action) ? allowed : 403);
    },
  );
});

describe('a request', () => {
  it('ACCESS-8 with a token acts as one member, not as the person in their other organizations', async () => {
    const { lead } = test.people;
    const second = await createOrganization(test.services.db, 'Second');
    const memberId = await upsertMember(test.services.db, {
      organizationId: second,
      userId: lead.userId,
      role: 'owner',
    });
    const project = await createProject(test.services.db, { organizationId: second });
    const path = `/api/projects/${project.id}/exports/labels?format=csv`;
    expect((await test.ask(path, { token: lead.token })).status).toBe(404);
    expect((await test.ask(path, { token: await test.tokenFor(memberId) })).status).toBe(200);
  });

  it('MEMBER-4 that downloads ends with the access of its member', async () => {
    const member = await test.enlist({ organizationId: test.organizationId, role: 'lead' });
    const { blobs } = test.services;
    await test.services.db.update(modelExport).set({ bytes: null });
    test.services.blobs = { ...blobs, stream: async () => Readable.from(drip()) };
    const path = `/api/projects/${test.places.projectId}/exports/${test.places.exportId}/file`;
    const answer = await test.ask(path, { token: member.token });
    test.services.blobs = blobs;
    expect(answer.status).toBe(200);
    const read = answer.arrayBuffer().then(
      () => 'read',
      () => 'cut',
    );
    await test.as(test.people.owner).people.remove({ organizationId: test.organizationId, memberId: member.memberId });
    expect(await read).toBe('cut');
  });

  it('ACCESS-9 that changes something and comes from another site is refused', async () => {
    const example = EXAMPLES.find(({ method }) => method === 'PUT');
    const put = (from: string) =>
      test.ask(example?.path(test.places) ?? '', {
        method: 'PUT',
        token: test.people.lead.token,
        headers: { origin: from },
        body: example?.body ?? '',
      });
    expect((await put('https://evil.example')).status).toBe(403);
    expect((await put('null')).status).toBe(403);
    expect((await put(test.origin)).status).toBe(200);
  });

  it('ACCESS-7 for metrics through a proxy finds nothing', async () => {
    expect((await test.ask('/metrics')).status).toBe(200);
    expect((await test.ask('/metrics', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(404);
  });

  it('ACCESS-11 whose address cannot be read is told so, not blamed on us', async () => {
    const status = await new Promise<number>((done, failed) => {
      request({ host: '127.0.0.1', port: new URL(test.origin).port, path: '//' }, (res) =>
        done(res.resume().statusCode ?? 0),
      )
        .on('error', failed)
        .end();
    });
    expect(status).toBe(400);
  });
});

/** A file that never comes to its end. */
async function* drip(): AsyncGenerator<Buffer> {
  for (;;) {
    yield Buffer.from('x');
    await wait(50);
  }
}

describe('an upload', () => {
  it('IMAGE-4 look-alikes fall on one side, though they come in different imports', async () => {
    const { db } = test.services;
    const project = await createProject(db, {
      organizationId: test.organizationId,
      settings: { validationShare: 0.5, testShare: 0 },
    });
    for (const brightness of [1, 1.02]) {
      const { id } = await insertImport(db, {
        projectId: project.id,
        createdBy: test.people.lead.memberId,
        name: 'images',
      });
      for (let index = 0; index < 12; index += 1) {
        const body = new Uint8Array(await drawStripes(index, brightness));
        const answer = await fetch(
          `${test.origin}/api/projects/${project.id}/imports/${id}/file?name=${index}.png&kind=image`,
          { method: 'PUT', headers: { authorization: `Bearer ${test.people.lead.token}` }, body },
        );
        expect(answer.status).toBe(200);
      }
    }
    const rows = await db
      .select({ name: image.fileName, split: image.split })
      .from(image)
      .where(eq(image.projectId, project.id));
    const splits = new Map(
      rows.map(({ name }) => [name, rows.filter((row) => row.name === name).map(({ split }) => split)]),
    );
    expect(splits.size).toBe(12);
    for (const pair of splits.values()) expect(pair).toEqual([pair[0], pair[0]]);
    expect(new Set(rows.map(({ split }) => split)).size).toBe(2);
  });
});

/**
 * Bars of gray whose order depends on the index: a hue of brightness leaves what is darker than its neighbour as it is.
 */
function drawStripes(index: number, brightness: number): Promise<Buffer> {
  const pixels = Buffer.from(
    Array.from({ length: 72 * 64 * 3 }, (_, at) =>
      Math.round(
        ((index * 37 + ((Math.floor(at / 3) % 72) >> 3) * 91 + (Math.floor(at / 216) >> 3) * 57) % 200) * brightness,
      ),
    ),
  );
  return sharp(pixels, { raw: { width: 72, height: 64, channels: 3 } })
    .png()
    .toBuffer();
}

it('IMAGE-33 a file that was cut is never handed out as a whole image, nor kept by a browser', async () => {
  const { places, services } = test;
  const { db, blobs } = services;
  const hash = 'c0ffee'.repeat(10);
  const sizes = { width: 900, height: 600 };
  const webp = await sharp({ create: { ...sizes, channels: 3, background: '#57a' } })
    .webp()
    .toBuffer();
  const thumbnail = await sharp(webp).resize(300).webp().toBuffer();
  const [made] = await db
    .insert(image)
    .values({
      ...sizes,
      projectId: places.projectId,
      contentHash: hash,
      fileName: 'cut.png',
      channels: 3,
      bytes: webp.length,
    })
    .returning();
  const { token } = test.people.owner;
  const ask = (size: string) => test.ask(`/media/projects/${places.projectId}/${size}/${made?.id}`, { token });
  await blobs.put(imageKey(places.projectId, hash), webp);
  await blobs.put(thumbnailKey(places.projectId, hash), thumbnail);
  for (const [size, bytes] of [
    ['images', webp],
    ['thumbnails', thumbnail],
  ] as const) {
    const whole = await ask(size);
    expect(whole.headers.get('cache-control')).toMatch(/immutable/);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  }
  // The image stands in for a thumbnail that is cut, and nobody keeps it as one.
  await blobs.put(thumbnailKey(places.projectId, hash), thumbnail.subarray(0, thumbnail.length / 2));
  const instead = await ask('thumbnails');
  expect(instead.headers.get('cache-control')).toBe('private, no-store');
  expect(Buffer.from(await instead.arrayBuffer()).equals(webp)).toBe(true);
  for (const length of [0, webp.length / 2]) {
    await blobs.put(imageKey(places.projectId, hash), webp.subarray(0, length));
    await expect(ask('images').then((answer) => answer.arrayBuffer())).rejects.toThrow();
  }
});
