import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { io as dial } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertApiToken } from '#db/queries/people/api-token.ts';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { hashToken, makeToken } from './auth/token.ts';
import { boundSockets } from './realtime/bound-sockets.ts';
import { createSockets } from './realtime/sockets.ts';
import type { PupilServer } from './realtime/sockets.ts';
import { ACCOUNT_TRIES_A_MINUTE } from './services/people/limit-misses.ts';
import { createTestServices } from './testing/services.ts';
import type { TestServices } from './testing/services.ts';
import { createListener } from './http/listener.ts';
import { createMetrics } from './http/metrics.ts';

let test: TestServices;
let http: Server;
let io: PupilServer;
let origin = '';
let metrics: ReturnType<typeof createMetrics>;
beforeAll(async () => {
  test = await createTestServices();
  metrics = createMetrics(test.services);
  http = createServer(
    createListener({ services: test.services, metrics, pages: async (_req, res) => void res.writeHead(200).end() }),
  );
  const nothing = () => undefined;
  io = createSockets(test.services, http, { hooks: { joined: nothing, left: nothing, attach: nothing } });
  boundSockets(io);
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await io.close();
  await test.close();
});

const post = (path: string, body: string | object, headers: Record<string, string> = {}) =>
  fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const signIn = async (email: string) => post('/api/auth/sign-in/email', { email, password: 'not the password' });

async function tokenOf(): Promise<string> {
  const organizationId = await createOrganization(test.services.db);
  const { memberId } = await createMember(test.services.db, { organizationId, role: 'owner' });
  const token = `pupil_${makeToken()}`;
  await insertApiToken(test.services.db, { memberId, name: 'bounds', tokenHash: hashToken(token) });
  return token;
}

describe('OPS-44 calls', () => {
  it('of a stranger are small, of a member larger, and of nobody without bounds', async () => {
    const [small, large] = ['x'.repeat(60_000), 'x'.repeat(200_000)];
    for (const path of ['/api/auth/sign-in/email', '/api/trpc/people.checkInvitation']) {
      expect((await post(path, small)).status, path).not.toBe(413);
      expect((await post(path, large)).status, path).toBe(413);
    }
    const authorization = `Bearer ${await tokenOf()}`;
    expect((await post('/api/trpc/people.me', large, { authorization })).status).not.toBe(413);
    expect((await post('/api/trpc/people.me', 'x'.repeat(1_100_000), { authorization })).status).toBe(413);
  });

  it('come at most twenty in one request', async () => {
    const ask = (count: number) =>
      fetch(`${origin}/api/trpc/${Array.from({ length: count }, () => 'people.me').join(',')}?batch=1&input={}`);
    expect((await ask(20)).status).toBe(200);
    expect((await ask(21)).status).toBe(400);
  });

  it('to pages only read, and an address that is none is refused as such', async () => {
    expect((await post('/label', '{}')).status).toBe(404);
    const status = await new Promise((done) => {
      const { port } = new URL(origin);
      request({ port, path: '*', method: 'OPTIONS', agent: false }, (res) => done(res.statusCode)).end();
    });
    expect(status).toBe(400);
  });

  it('with names that nobody knows make no figure each', async () => {
    for (let index = 0; index < 20; index += 1) await fetch(`${origin}/api/trpc/invented.number${'x'.repeat(index)}`);
    expect(await (await fetch(`${origin}/metrics`)).text()).not.toContain('invented');
  });
});

describe('ACCESS-22', () => {
  it('of better-auth only what the pages use is open', async () => {
    for (const path of ['verify-password', 'change-password', 'change-email', 'sign-up/email', 'revoke-sessions', 'x'])
      expect((await post(`/api/auth/${path}`, {})).status, path).toBe(404);
    for (const path of ['list-sessions', 'ok', 'list-accounts'])
      expect((await fetch(`${origin}/api/auth/${path}`)).status, path).toBe(404);
    expect((await fetch(`${origin}/api/auth/get-session`)).status).toBe(200);
  });

  it('passwords of one account are tried so often a minute, many at once no more than one by one', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => signIn('Tried@example.test')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(ACCOUNT_TRIES_A_MINUTE);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30 - ACCOUNT_TRIES_A_MINUTE);
    expect((await signIn('other@example.test')).status).toBe(401);
    await test.services.db.execute(sql`delete from rate_limit`);
  });

  it('an invitation joins who has an account, by its password, and tells nobody else that there is one', async () => {
    const { db } = test.services;
    const owner = async () => {
      const organizationId = await createOrganization(db);
      const member = await createMember(db, { organizationId, role: 'owner' });
      const { path } = await test.as(member).people.invite({ organizationId, role: 'annotator', uses: 50, days: 7 });
      return { organizationId, token: path.split('/').pop() ?? '' };
    };
    const [here, elsewhere] = [await owner(), await owner()];
    const person = { name: 'Ada', email: 'ada@example.test', password: 'a long enough password' };
    const join = ({ token }: { token: string }, password = person.password) =>
      test.as(null).people.acceptInvitation({ token, person: { ...person, password } });
    await join(elsewhere);
    await expect(join(here, 'another long password')).rejects.toThrow(/do not go together/);
    expect(await join(here)).toMatchObject({ organizationId: here.organizationId });
    const found = await db.execute(sql`select 1 from "user" where email = ${person.email}`);
    expect(found.rows).toHaveLength(1);
    const tries = await Promise.allSettled(Array.from({ length: 30 }, () => join(here, 'a guess of somebody')));
    expect(
      tries.filter((item) => item.status === 'rejected' && /do not go together/.test(String(item.reason))).length,
    ).toBeLessThan(ACCOUNT_TRIES_A_MINUTE);
  });
});

it('OPS-44 a socket that sends very much is closed, and one person has so many', async () => {
  const authorization = `Bearer ${await tokenOf()}`;
  const open = () =>
    dial(origin, {
      transports: ['websocket'],
      extraHeaders: { authorization },
      reconnection: false,
      forceNew: true,
    });
  const settle = (socket: ReturnType<typeof open>) =>
    new Promise<string>((done) => {
      socket.once('connect', () => done('connected'));
      socket.once('connect_error', (error) => done(error.message));
    });
  const flooder = open();
  expect(await settle(flooder)).toBe('connected');
  const closed = new Promise((done) => flooder.once('disconnect', done));
  for (let index = 0; index < 500; index += 1) flooder.emit('presence:set', 'x', 'label', null);
  await closed;
  const sockets = Array.from({ length: 45 }, open);
  const told = await Promise.all(sockets.map(settle));
  expect(told.filter((word) => word === 'connected')).toHaveLength(40);
  for (const socket of sockets) socket.disconnect();
});
