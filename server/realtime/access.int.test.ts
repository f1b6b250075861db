import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { io as connect } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientToServerEvents, Presence, ServerToClientEvents } from '#core/events.ts';
import { insertUser } from '#db/queries/people/user.ts';
import { notify } from '#db/notify.ts';
import { listApiTokens } from '#db/queries/people/api-token.ts';
import { upsertMember } from '#db/queries/people/member.ts';
import { createOrganization } from '#db/seed/factories.ts';
import { openAccessBench } from '../testing/access.ts';
import type { AccessBench } from '../testing/access.ts';

const PASSWORD = 'a long enough password';
type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

let test: AccessBench;
beforeAll(async () => {
  test = await openAccessBench();
});
afterAll(() => test.close());

describe('a socket', () => {
  const open: Client[] = [];
  afterEach(() => {
    for (const client of open.splice(0)) client.disconnect();
  });

  function dial(token: string | null, from?: string): Client {
    const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(from ? { origin: from } : {}) };
    const client: Client = connect(test.origin, {
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
  const join = (client: Client, projectId = test.places.projectId): Promise<boolean> =>
    client.timeout(5000).emitWithAck('project:join', projectId);
  /** What a token or a session of a member opens. */
  const imagePath = () => `/media/projects/${test.places.projectId}/images/${test.places.imageId}`;
  const members = (): string[] =>
    test.presence.listPresent(test.places.projectId).map((item: Presence) => item.memberId);

  /** What each event does for somebody who may not: nothing that others can see, and no word about what exists. */
  const EVENTS: Record<keyof ClientToServerEvents, (client: Client) => Promise<void>> = {
    'project:join': async (client) => {
      expect(await join(client)).toBe(false);
      expect(await join(client, randomUUID())).toBe(false);
    },
    'project:leave': async (client) => {
      client.emit('project:leave', test.places.projectId);
      expect(await join(client)).toBe(false);
    },
    'presence:set': async (client) => {
      client.emit('presence:set', test.places.projectId, 'label', test.places.imageId);
      expect(await join(client)).toBe(false);
      expect(members()).toEqual([]);
    },
  };

  it('ACCESS-7 is refused to a stranger', async () => {
    expect(await settled(dial(null))).toBe('UNAUTHORIZED');
  });

  it('ACCESS-9 from another site is refused', async () => {
    expect(await settled(dial(test.people.lead.token, 'https://evil.example'))).not.toBe('connected');
    expect(await settled(dial(test.people.lead.token, test.origin))).toBe('connected');
  });

  it.each(Object.keys(EVENTS) as (keyof ClientToServerEvents)[])(
    'ACCESS-7 MEMBER-1 gives an outsider, and a member without the project, nothing by %s',
    async (name) => {
      for (const who of ['outsider', 'confined'] as const) {
        const client = dial(test.people[who].token);
        expect(await settled(client)).toBe('connected');
        await EVENTS[name](client);
      }
    },
  );

  it('MEMBER-1 leaves a project that is taken from its member, hears no more of it, and may come back', async () => {
    const member = await test.enlist({ organizationId: test.organizationId, role: 'annotator' });
    const { memberId } = member;
    const [client, witness] = [dial(member.token), dial(test.people.viewer.token)] as const;
    expect([await settled(client), await settled(witness)]).toEqual(['connected', 'connected']);
    expect([await join(client), await join(witness)]).toEqual([true, true]);
    const heard: string[] = [];
    client.on('event', (event) => heard.push(event.name));
    const choose = (projectIds: string[] | null) =>
      test.as(test.people.owner).people.chooseProjects({ organizationId: test.organizationId, memberId, projectIds });
    await choose([]);
    await expect.poll(members).not.toContain(memberId);
    const told = new Promise<void>((done) => witness.on('event', (event) => event.name === 'class:changed' && done()));
    await notify(test.services.db, { name: 'class:changed', projectId: test.places.projectId });
    await told;
    expect(heard).not.toContain('class:changed');
    expect(await join(client)).toBe(false);
    await choose([test.places.projectId]);
    expect(await join(client)).toBe(true);
  });

  it('ACCESS-7 tells an outsider no event of a project, and members every one', async () => {
    const [outsider, viewer, annotator] = [test.people.outsider, test.people.viewer, test.people.annotator].map(
      ({ token }) => dial(token),
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
    await notify(test.services.db, { name: 'project:changed', projectId: test.places.projectId });
    await expect
      .poll(() => [heard.get(viewer), heard.get(annotator)])
      .toEqual([['project:changed'], ['project:changed']]);
    expect(heard.get(outsider)).toEqual([]);
  });

  it('ACCESS-11 that sends rubbish, or an event without a reply, harms nobody', async () => {
    const client = dial(test.people.viewer.token);
    expect(await settled(client)).toBe('connected');
    const rubbish = client as unknown as { emit(name: string, ...values: unknown[]): void };
    for (const name of Object.keys(EVENTS))
      for (const values of [[], [null], [{}, 'x', 7], [test.places.projectId, 'nowhere', 'no-id']])
        rubbish.emit(name, ...values);
    expect(await join(client)).toBe(true);
  });

  it('ACCESS-5 of a removed member is closed at once, and opens no more', async () => {
    const leaver = await test.enlist({ organizationId: test.organizationId, role: 'annotator' });
    const client = dial(leaver.token);
    expect(await settled(client)).toBe('connected');
    expect(await join(client)).toBe(true);
    const gone = new Promise<string>((done) => client.once('disconnect', done));
    await test.as(test.people.owner).people.remove({ organizationId: test.organizationId, memberId: leaver.memberId });
    expect(await gone).toBe('io server disconnect');
    expect(await settled(dial(leaver.token))).toBe('UNAUTHORIZED');
    expect((await test.ask(imagePath(), { token: leaver.token })).status).toBe(401);
  });

  it('ACCESS-12 of a revoked API token is closed at once, and the token opens nothing more', async () => {
    const { db } = test.services;
    const member = await test.enlist({ organizationId: test.organizationId, role: 'lead' });
    const [client, other] = [dial(member.token), dial(await test.tokenFor(member.memberId))];
    expect([await settled(client), await settled(other)]).toEqual(['connected', 'connected']);
    const path = imagePath();
    expect((await test.ask(path, { token: member.token })).status).toBe(200);
    const gone = new Promise<string>((done) => client.once('disconnect', done));
    const id = (await listApiTokens(db, member.memberId)).at(-1)?.id ?? '';
    await test.as(member).people.revokeToken({ organizationId: test.organizationId, id });
    expect((await test.ask(path, { token: member.token })).status).toBe(401);
    expect(await gone).toBe('io server disconnect');
    expect(await settled(dial(member.token))).toBe('UNAUTHORIZED');
    expect(other.connected).toBe(true);
  });

  /** Somebody who can sign in with a browser. */
  async function enroll(email: string): Promise<{ userId: string; memberId: string }> {
    const { db, auth } = test.services;
    const passwordHash = await (await auth.$context).password.hash(PASSWORD);
    const userId = (await db.transaction((tx) => insertUser(tx, { name: 'Sina', email, passwordHash }))) ?? '';
    return {
      userId,
      memberId: await upsertMember(db, { organizationId: test.organizationId, userId, role: 'annotator' }),
    };
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
    const client: Client = connect(test.origin, {
      transports: ['websocket'],
      extraHeaders: { cookie, origin: test.origin },
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
    const stranger = dial(test.people.outsider.token);
    expect(await settled(stranger)).toBe('connected');
    const [heard, overheard] = [client, stranger].map((one) => {
      const ids: string[] = [];
      one.on('event', (event) => event.name === 'member:changed' && ids.push(event.memberId));
      return ids;
    });
    const joined = await test.enlist({ organizationId: test.organizationId, role: 'viewer' });
    const told = {
      name: 'member:changed',
      organizationId: test.organizationId,
      userId: joined.userId,
      removed: false,
    } as const;
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
      await test.as(test.people.owner).people.remove({ organizationId: test.organizationId, memberId: gone.memberId });
      const clients = [
        (await openBrowser('mentioned@example.test')).client,
        (await openBrowser('gone@example.test')).client,
        dial(await test.tokenFor(elsewhere)),
        dial(test.people.annotator.token),
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
      await test.as(test.people.lead).comment.create({
        projectId: test.places.projectId,
        imageId: test.places.imageId,
        id,
        body: '@Sina',
        mentions: [sina.memberId, gone.memberId],
      });
      await expect.poll(() => [heard[0], heard[3]]).toEqual([[id], [id]]);
      // What was sent to anybody before this has arrived once this has.
      const last = Promise.all(
        clients.map((client) => new Promise<void>((done) => client.once('access:revoked', () => done()))),
      );
      test.io.emit('access:revoked', randomUUID());
      await last;
      expect(heard).toEqual([[id], [], [], [id]]);
    },
  );

  it('ACCESS-12 of a session that is signed out, here or at another server, is closed at once', async () => {
    const { userId } = await enroll('sina@example.test');
    const path = imagePath();
    for (const leave of ['here', 'elsewhere'] as const) {
      const { cookie, client } = await openBrowser('sina@example.test');
      expect((await test.ask(path, { headers: { cookie } })).status).toBe(200);
      const gone = new Promise<string>((done) => client.once('disconnect', done));
      if (leave === 'here')
        expect(
          (await test.ask('/api/auth/sign-out', { method: 'POST', headers: { cookie, origin: test.origin } })).status,
        ).toBe(200);
      else await test.services.db.execute(sql`delete from session where user_id = ${userId}`);
      if (leave === 'here') expect((await test.ask(path, { headers: { cookie } })).status).toBe(401);
      expect(await gone).toBe('io server disconnect');
      expect((await test.ask(path, { headers: { cookie } })).status).toBe(401);
    }
  });

  it('ACCESS-11 that closes while its join is asked does not leave its member present for ever', async () => {
    const client = dial(test.people.annotator.token);
    expect(await settled(client)).toBe('connected');
    await expect.poll(() => test.io.sockets.sockets.size).toBe(1);
    const blocker = await test.services.pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table member in access exclusive mode');
    client.emit('project:join', test.places.projectId, () => undefined);
    const waiting =
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and ` +
      `wait_event_type = 'Lock'`;
    await expect.poll(async () => (await blocker.query<{ n: number }>(waiting)).rows[0]?.n).toBe(1);
    client.disconnect();
    await expect.poll(() => test.io.sockets.sockets.size).toBe(0);
    await blocker.query('commit');
    blocker.release();
    await wait(100);
    expect(members()).toEqual([]);
  });
});
