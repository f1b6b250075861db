import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { io as connect } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { can } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import type { ClientToServerEvents, Presence, ServerToClientEvents } from '#core/events.ts';
import { insertUser } from '#db/queries/people/user.ts';
import { exportKey, imageKey } from '#core/image/media.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { notify } from '#db/notify.ts';
import { insertApiToken, listApiTokens } from '#db/queries/people/api-token.ts';
import { getImage, insertImport } from '#db/queries/image/image.ts';
import { upsertMember } from '#db/queries/people/member.ts';
import { image, modelExport } from '#db/schema/index.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createSessionCache } from '../auth/session-cache.ts';
import { hashToken, makeToken } from '../auth/token.ts';
import { createPresence } from '../realtime/presence.ts';
import { startRelay } from '#db/relay.ts';
import { announce, createSockets, endAccess } from '../realtime/sockets.ts';
import type { PupilServer } from '../realtime/sockets.ts';
import { createTestServices } from '../testing/services.ts';
import type { TestServices } from '../testing/services.ts';
import { createListener } from './listener.ts';
import { createMetrics } from './metrics.ts';
import { ROUTES } from './routes.ts';

/**
 * One address of each route, and what a member must be allowed to do there. A route that is missing here fails the
 * first test.
 */
const EXAMPLES: {
  method: string;
  action: Action;
  path: (at: Places) => string;
  body?: string | Uint8Array<ArrayBuffer>;
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
];

interface Places {
  projectId: string;
  imageId: string;
  importId: string;
  exportId: string;
}
const PASSWORD = 'a long enough password';
type Person = Awaited<ReturnType<typeof createMember>> & { token: string };
type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

let test: TestServices;
let http: Server;
let io: PupilServer;
let presence: ReturnType<typeof createPresence>;
let relay: ReturnType<typeof startRelay>;
let origin: string;
let organizationId: string;
let places: Places;
let people: Record<'outsider' | 'confined' | 'viewer' | 'annotator' | 'lead' | 'owner', Person>;

async function enlist(params: Parameters<typeof createMember>[1]): Promise<Person> {
  const member = await createMember(test.services.db, params);
  return { ...member, token: await tokenFor(member.memberId) };
}
async function tokenFor(memberId: string): Promise<string> {
  const token = makeToken('pupil_');
  await insertApiToken(test.services.db, { memberId, name: 'test', tokenHash: hashToken(token) });
  return token;
}

beforeAll(async () => {
  test = await createTestServices();
  const { db, blobs } = test.services;
  organizationId = await createOrganization(db);
  const elsewhere = await createOrganization(db, 'Elsewhere');
  people = {
    outsider: await enlist({ organizationId: elsewhere, role: 'owner' }),
    confined: await enlist({ organizationId, role: 'lead', projectIds: [] }),
    viewer: await enlist({ organizationId, role: 'viewer' }),
    annotator: await enlist({ organizationId, role: 'annotator' }),
    lead: await enlist({ organizationId, role: 'lead' }),
    owner: await enlist({ organizationId, role: 'owner' }),
  };
  const project = await createProject(db, { organizationId });
  const [imageId = ''] = await createImages(db, { projectId: project.id, count: 2 });
  await blobs.put(imageKey(project.id, (await getImage(db, project.id, imageId)).contentHash), Buffer.from('webp'));
  const started = await insertImport(db, { projectId: project.id, createdBy: people.lead.memberId, name: 'labels' });
  const exportId = randomUUID();
  await blobs.put(exportKey(project.id, exportId), Buffer.from('zip'));
  await db.insert(modelExport).values({
    id: exportId,
    projectId: project.id,
    kind: 'model',
    format: 'onnx',
    status: 'ready',
    blobKey: exportKey(project.id, exportId),
    bytes: 3,
  });
  places = { projectId: project.id, imageId, importId: started.id, exportId };

  http = createServer(
    createListener({
      services: test.services,
      metrics: createMetrics(test.services),
      pages: async (_req, res) => void res.writeHead(404).end('no page'),
    }),
  );
  const sessions = createSessionCache();
  test.services.sessions = sessions;
  presence = createPresence(test.services);
  io = createSockets(test.services, http, { hooks: presence.hooks });
  presence.start(io);
  relay = startRelay({
    url: test.url,
    log: test.services.log,
    onGap: () => undefined,
    onEvent: (event) => {
      if (event.name === 'member:changed') sessions.clear();
      announce(io, event);
    },
    onServerEvent: (event) => {
      if (event.name !== 'access:ended') return presence.hear(event);
      sessions.end(event.accessId);
      endAccess(io, event.accessId);
    },
  });
  await relay.ready;
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await relay.stop();
  await presence.stop();
  await io.close();
  await test.close();
});

const ask = (
  path: string,
  options: {
    method?: string;
    token?: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array<ArrayBuffer>;
  } = {},
) =>
  fetch(`${origin}${path}`, {
    method: options.method ?? 'GET',
    body: options.body ?? null,
    headers: { ...(options.token ? { authorization: `Bearer ${options.token}` } : {}), ...options.headers },
  });

it('ACCESS-7 every plain route is walked below', () => {
  const uncovered = ROUTES.filter(
    ({ method, pattern }) =>
      !EXAMPLES.some((example) => example.method === method && pattern.test(example.path(places).split('?')[0] ?? '')),
  );
  expect(uncovered.map(({ pattern }) => pattern.source)).toEqual([]);
});

describe.each(
  EXAMPLES.map((example) => ({
    ...example,
    name: example.path({ projectId: ':project', imageId: ':image', importId: ':import', exportId: ':export' }),
  })),
)('$method $name', ({ method, action, path, body }) => {
  const call = (at: Places, token?: string) =>
    ask(path(at), { method, ...(token ? { token } : {}), ...(body ? { body } : {}) });

  it('ACCESS-7 refuses a stranger', async () => {
    expect((await call(places)).status).toBe(401);
    expect((await call(places, 'pupil_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(401);
  });

  it.each([
    ['ACCESS-7', 'outsider'],
    ['MEMBER-1', 'confined'],
  ] as const)('%s answers a member who is %s as if nothing were there', async (_, who) => {
    const existing = await call(places, people[who].token);
    const invented = await call({ ...places, projectId: randomUUID() }, people[who].token);
    expect([existing.status, await existing.text()]).toEqual([invented.status, await invented.text()]);
    expect(existing.status).toBe(404);
  });

  it.each(['viewer', 'annotator', 'lead'] as const)(
    'ACCESS-7 lets a %s do what the table says and no more',
    async (role) => {
      expect((await call(places, people[role].token)).status).toBe(can(role, action) ? 200 : 403);
    },
  );
});

describe('a request', () => {
  it('ACCESS-8 with a token acts as one member, not as the person in their other organizations', async () => {
    const { lead } = people;
    const second = await createOrganization(test.services.db, 'Second');
    const memberId = await upsertMember(test.services.db, {
      organizationId: second,
      userId: lead.userId,
      role: 'owner',
    });
    const project = await createProject(test.services.db, { organizationId: second });
    const path = `/api/projects/${project.id}/exports/labels?format=csv`;
    expect((await ask(path, { token: lead.token })).status).toBe(404);
    expect((await ask(path, { token: await tokenFor(memberId) })).status).toBe(200);
  });

  it('MEMBER-4 that downloads ends with the access of its member', async () => {
    const member = await enlist({ organizationId, role: 'lead' });
    const { blobs } = test.services;
    await test.services.db.update(modelExport).set({ bytes: null });
    test.services.blobs = { ...blobs, stream: async () => Readable.from(drip()) };
    const path = `/api/projects/${places.projectId}/exports/${places.exportId}/file`;
    const answer = await ask(path, { token: member.token });
    test.services.blobs = blobs;
    expect(answer.status).toBe(200);
    const read = answer.arrayBuffer().then(
      () => 'read',
      () => 'cut',
    );
    await test.as(people.owner).people.remove({ organizationId, memberId: member.memberId });
    expect(await read).toBe('cut');
  });

  it('ACCESS-9 that changes something and comes from another site is refused', async () => {
    const example = EXAMPLES.find(({ method }) => method === 'PUT');
    const put = (from: string) =>
      ask(example?.path(places) ?? '', {
        method: 'PUT',
        token: people.lead.token,
        headers: { origin: from },
        body: example?.body ?? '',
      });
    expect((await put('https://evil.example')).status).toBe(403);
    expect((await put('null')).status).toBe(403);
    expect((await put(origin)).status).toBe(200);
  });

  it('ACCESS-7 for metrics through a proxy finds nothing', async () => {
    expect((await ask('/metrics')).status).toBe(200);
    expect((await ask('/metrics', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(404);
  });

  it('ACCESS-11 whose address cannot be read is told so, not blamed on us', async () => {
    const status = await new Promise<number>((done, failed) => {
      request({ host: '127.0.0.1', port: new URL(origin).port, path: '//' }, (res) =>
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
    const project = await createProject(db, { organizationId, settings: { validationShare: 0.5, testShare: 0 } });
    for (const brightness of [1, 1.02]) {
      const { id } = await insertImport(db, { projectId: project.id, createdBy: people.lead.memberId, name: 'images' });
      for (let index = 0; index < 12; index += 1) {
        const body = new Uint8Array(await drawStripes(index, brightness));
        const answer = await fetch(
          `${origin}/api/projects/${project.id}/imports/${id}/file?name=${index}.png&kind=image`,
          { method: 'PUT', headers: { authorization: `Bearer ${people.lead.token}` }, body },
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

describe('a socket', () => {
  const open: Client[] = [];
  afterEach(() => {
    for (const client of open.splice(0)) client.disconnect();
  });

  function dial(token: string | null, from?: string): Client {
    const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(from ? { origin: from } : {}) };
    const client: Client = connect(origin, {
      transports: ['websocket'],
      extraHeaders: headers,
      reconnection: false,
      forceNew: true,
    });
    open.push(client);
    return client;
  }
  const settled = (client: Client): Promise<string> =>
    new Promise((done) => {
      // It may be there before anybody asks: its event would never come again.
      if (client.connected) done('connected');
      client.once('connect', () => done('connected'));
      client.once('connect_error', (error) => done(error.message));
    });
  const join = (client: Client, projectId = places.projectId): Promise<boolean> =>
    client.timeout(5000).emitWithAck('project:join', projectId);
  const members = (): string[] => presence.listPresent(places.projectId).map((item: Presence) => item.memberId);

  /** What each event does for somebody who may not: nothing that others can see, and no word about what exists. */
  const EVENTS: Record<keyof ClientToServerEvents, (client: Client) => Promise<void>> = {
    'project:join': async (client) => {
      expect(await join(client)).toBe(false);
      expect(await join(client, randomUUID())).toBe(false);
    },
    'project:leave': async (client) => {
      client.emit('project:leave', places.projectId);
      expect(await join(client)).toBe(false);
    },
    'presence:set': async (client) => {
      client.emit('presence:set', places.projectId, 'label', places.imageId);
      expect(await join(client)).toBe(false);
      expect(members()).toEqual([]);
    },
  };

  it('ACCESS-7 is refused to a stranger', async () => {
    expect(await settled(dial(null))).toBe('UNAUTHORIZED');
  });

  it('ACCESS-9 from another site is refused', async () => {
    expect(await settled(dial(people.lead.token, 'https://evil.example'))).not.toBe('connected');
    expect(await settled(dial(people.lead.token, origin))).toBe('connected');
  });

  it.each(Object.keys(EVENTS) as (keyof ClientToServerEvents)[])(
    'ACCESS-7 MEMBER-1 gives an outsider, and a member without the project, nothing by %s',
    async (name) => {
      for (const who of ['outsider', 'confined'] as const) {
        const client = dial(people[who].token);
        expect(await settled(client)).toBe('connected');
        await EVENTS[name](client);
      }
    },
  );

  it('MEMBER-1 leaves a project that is taken from its member, hears no more of it, and may come back', async () => {
    const member = await enlist({ organizationId, role: 'annotator' });
    const { memberId } = member;
    const [client, witness] = [dial(member.token), dial(people.viewer.token)] as const;
    expect([await settled(client), await settled(witness)]).toEqual(['connected', 'connected']);
    expect([await join(client), await join(witness)]).toEqual([true, true]);
    const heard: string[] = [];
    client.on('event', (event) => heard.push(event.name));
    const choose = (projectIds: string[] | null) =>
      test.as(people.owner).people.chooseProjects({ organizationId, memberId, projectIds });
    await choose([]);
    await expect.poll(members).not.toContain(memberId);
    const told = new Promise<void>((done) => witness.on('event', (event) => event.name === 'class:changed' && done()));
    await notify(test.services.db, { name: 'class:changed', projectId: places.projectId });
    await told;
    expect(heard).not.toContain('class:changed');
    expect(await join(client)).toBe(false);
    await choose([places.projectId]);
    expect(await join(client)).toBe(true);
  });

  it('ACCESS-7 tells an outsider no event of a project, and members every one', async () => {
    const [outsider, viewer, annotator] = [people.outsider, people.viewer, people.annotator].map(({ token }) =>
      dial(token),
    ) as [Client, Client, Client];
    const heard = new Map<Client, string[]>();
    expect(await Promise.all([outsider, viewer, annotator].map(settled))).toEqual([
      'connected',
      'connected',
      'connected',
    ]);
    for (const client of [outsider, viewer, annotator]) {
      heard.set(client, []);
      client.on('event', (event) => heard.get(client)?.push(event.name));
    }
    expect(await Promise.all([outsider, viewer, annotator].map((client) => join(client)))).toEqual([false, true, true]);
    await notify(test.services.db, { name: 'project:changed', projectId: places.projectId });
    await expect
      .poll(() => [heard.get(viewer), heard.get(annotator)])
      .toEqual([['project:changed'], ['project:changed']]);
    expect(heard.get(outsider)).toEqual([]);
  });

  it('ACCESS-11 that sends rubbish, or an event without a reply, harms nobody', async () => {
    const client = dial(people.viewer.token);
    expect(await settled(client)).toBe('connected');
    const rubbish = client as unknown as { emit(name: string, ...values: unknown[]): void };
    for (const name of Object.keys(EVENTS))
      for (const values of [[], [null], [{}, 'x', 7], [places.projectId, 'nowhere', 'no-id']])
        rubbish.emit(name, ...values);
    expect(await join(client)).toBe(true);
  });

  it('ACCESS-5 of a removed member is closed at once, and opens no more', async () => {
    const leaver = await enlist({ organizationId, role: 'annotator' });
    const client = dial(leaver.token);
    expect(await settled(client)).toBe('connected');
    expect(await join(client)).toBe(true);
    const gone = new Promise<string>((done) => client.once('disconnect', done));
    await test.as(people.owner).people.remove({ organizationId, memberId: leaver.memberId });
    expect(await gone).toBe('io server disconnect');
    expect(await settled(dial(leaver.token))).toBe('UNAUTHORIZED');
    expect((await ask(EXAMPLES[0]?.path(places) ?? '', { token: leaver.token })).status).toBe(401);
  });

  it('ACCESS-12 of a revoked API token is closed at once, and the token opens nothing more', async () => {
    const { db } = test.services;
    const member = await enlist({ organizationId, role: 'lead' });
    const [client, other] = [dial(member.token), dial(await tokenFor(member.memberId))];
    expect([await settled(client), await settled(other)]).toEqual(['connected', 'connected']);
    const path = EXAMPLES[0]?.path(places) ?? '';
    expect((await ask(path, { token: member.token })).status).toBe(200);
    const gone = new Promise<string>((done) => client.once('disconnect', done));
    const id = (await listApiTokens(db, member.memberId)).at(-1)?.id ?? '';
    await test.as(member).people.revokeToken({ organizationId, id });
    expect((await ask(path, { token: member.token })).status).toBe(401);
    expect(await gone).toBe('io server disconnect');
    expect(await settled(dial(member.token))).toBe('UNAUTHORIZED');
    expect(other.connected).toBe(true);
  });

  /** Somebody who can sign in with a browser. */
  async function enroll(email: string): Promise<{ userId: string; memberId: string }> {
    const { db, auth } = test.services;
    const passwordHash = await (await auth.$context).password.hash(PASSWORD);
    const userId = (await db.transaction((tx) => insertUser(tx, { name: 'Sina', email, passwordHash }))) ?? '';
    return { userId, memberId: await upsertMember(db, { organizationId, userId, role: 'annotator' }) };
  }
  async function openBrowser(email: string): Promise<{ cookie: string; client: Client }> {
    const { headers } = await test.services.auth.api.signInEmail({
      body: { email, password: PASSWORD },
      returnHeaders: true,
    });
    const cookie = headers
      .getSetCookie()
      .map((pair) => pair.split(';')[0])
      .join('; ');
    const client: Client = connect(origin, {
      transports: ['websocket'],
      extraHeaders: { cookie, origin },
      reconnection: false,
      forceNew: true,
    });
    open.push(client);
    expect(await settled(client)).toBe('connected');
    return { cookie, client };
  }

  it('MEMBER-2 of a browser in no project hears who joins its organization; a token elsewhere does not', async () => {
    await enroll('watching@example.test');
    const { client } = await openBrowser('watching@example.test');
    const stranger = dial(people.outsider.token);
    expect(await settled(stranger)).toBe('connected');
    const [heard, overheard] = [client, stranger].map((one) => {
      const ids: string[] = [];
      one.on('event', (event) => event.name === 'member:changed' && ids.push(event.memberId));
      return ids;
    });
    const joined = await enlist({ organizationId, role: 'viewer' });
    const told = { name: 'member:changed', organizationId, userId: joined.userId, removed: false } as const;
    // The rooms of a socket are joined a moment after it connects.
    await expect
      .poll(async () => {
        await notify(test.services.db, { ...told, memberId: joined.memberId });
        return heard;
      })
      .toContain(joined.memberId);
    expect(overheard).toEqual([]);
  });

  it(
    'MENTION-4 of a browser of whom a comment names hears of it outside the project; an API token elsewhere and a ' +
      'removed member do not',
    async () => {
      const { db } = test.services;
      const [sina, gone] = [await enroll('mentioned@example.test'), await enroll('gone@example.test')];
      const elsewhere = await upsertMember(db, {
        organizationId: await createOrganization(db, 'Third'),
        userId: sina.userId,
        role: 'owner',
      });
      await test.as(people.owner).people.remove({ organizationId, memberId: gone.memberId });
      const clients = [
        (await openBrowser('mentioned@example.test')).client,
        (await openBrowser('gone@example.test')).client,
        dial(await tokenFor(elsewhere)),
        dial(people.annotator.token),
      ];
      await Promise.all(clients.map(settled));
      expect(await join(clients[3] as Client)).toBe(true);
      const heard = clients.map((client) => {
        const ids: string[] = [];
        client.on(
          'event',
          (event) =>
            event.name === 'comment:created' && event.mentioned.includes(sina.userId) && ids.push(event.commentId),
        );
        return ids;
      });
      const id = randomUUID();
      await test.as(people.lead).comment.create({
        projectId: places.projectId,
        imageId: places.imageId,
        id,
        body: '@Sina',
        mentions: [sina.memberId, gone.memberId],
      });
      await expect.poll(() => [heard[0], heard[3]]).toEqual([[id], [id]]);
      // What was sent to anybody before this has arrived once this has.
      const last = Promise.all(
        clients.map((client) => new Promise<void>((done) => client.once('access:revoked', () => done()))),
      );
      io.emit('access:revoked', randomUUID());
      await last;
      expect(heard).toEqual([[id], [], [], [id]]);
    },
  );

  it('ACCESS-12 of a session that is signed out, here or at another server, is closed at once', async () => {
    const { userId } = await enroll('sina@example.test');
    const path = EXAMPLES[0]?.path(places) ?? '';
    for (const leave of ['here', 'elsewhere'] as const) {
      const { cookie, client } = await openBrowser('sina@example.test');
      expect((await ask(path, { headers: { cookie } })).status).toBe(200);
      const gone = new Promise<string>((done) => client.once('disconnect', done));
      if (leave === 'here')
        expect((await ask('/api/auth/sign-out', { method: 'POST', headers: { cookie, origin } })).status).toBe(200);
      else await test.services.db.execute(sql`delete from session where user_id = ${userId}`);
      if (leave === 'here') expect((await ask(path, { headers: { cookie } })).status).toBe(401);
      expect(await gone).toBe('io server disconnect');
      expect((await ask(path, { headers: { cookie } })).status).toBe(401);
    }
  });

  it('ACCESS-11 that closes while its join is asked does not leave its member present for ever', async () => {
    const client = dial(people.annotator.token);
    expect(await settled(client)).toBe('connected');
    await expect.poll(() => io.sockets.sockets.size).toBe(1);
    const blocker = await test.services.pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table member in access exclusive mode');
    client.emit('project:join', places.projectId, () => undefined);
    const waiting =
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and ` +
      `wait_event_type = 'Lock'`;
    await expect.poll(async () => (await blocker.query<{ n: number }>(waiting)).rows[0]?.n).toBe(1);
    client.disconnect();
    await expect.poll(() => io.sockets.sockets.size).toBe(0);
    await blocker.query('commit');
    blocker.release();
    await wait(100);
    expect(members()).toEqual([]);
  });
});
