import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { io as connect } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { createAuth } from '../auth/auth.ts';
import { createPresence } from '../realtime/presence.ts';
import { createSockets } from '../realtime/sockets.ts';
import type { PupilServer } from '../realtime/sockets.ts';
import { createTestServices } from '../testing/services.ts';
import type { TestServices } from '../testing/services.ts';
import { createListener } from './listener.ts';
import { createMetrics } from './metrics.ts';
import { makeOriginRule } from '../net/origin.ts';

const PERSON = { name: 'Ada', email: 'ada@example.test', password: 'a long enough password' };
/** Browsers reach the test by these names; the connection itself always comes from 127.0.0.1, as behind a proxy. */
const LAN = 'labbox:3000';
const NAMED = 'https://pupil.example';

let test: TestServices;
let http: Server;
let io: PupilServer;
let port: number;

beforeAll(async () => {
  test = await createTestServices();
  const origins = makeOriginRule({ urls: [NAMED], proxies: ['127.0.0.1'] });
  const makeAuth = (secure: boolean) =>
    createAuth(test.services.db, {
      secret: 'test-secret-of-more-than-32-characters',
      baseURL: NAMED,
      trustedOrigins: origins.named,
      secure,
      oidc: null,
    });
  const services = { ...test.services, auth: makeAuth(false), secureAuth: makeAuth(true), origins };
  http = createServer(
    createListener({
      services,
      metrics: createMetrics(services),
      pages: async (req, res) => void res.writeHead(200).end(req.headers['content-security-policy']),
    }),
  );
  io = createSockets(services, http, { hooks: createPresence(services).hooks });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  ({ port } = http.address() as AddressInfo);
  const organizationId = await createOrganization(test.services.db);
  const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
  const { path } = await test.as(owner).people.invite({ organizationId, role: 'annotator', uses: 1, days: 7 });
  const joined = await ask('/api/trpc/people.acceptInvitation', {
    headers: { host: LAN, origin: `http://${LAN}` },
    body: { json: { token: path.split('/').pop(), person: PERSON } },
  });
  expect(joined.status).toBe(200);
  // Joining signs in with the same answer: nothing can fail between the account and its first page.
  expect(await whoIs({ host: LAN, cookie: cookiesOf(joined) })).toBe(PERSON.email);
});
afterAll(async () => {
  await io.close();
  await test.close();
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** `fetch` sets Host itself; a browser under another name is played by hand. */
function ask(path: string, options: { headers?: OutgoingHttpHeaders; body?: unknown } = {}): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: options.body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...options.headers },
      },
      (res) => void text(res).then((body) => done({ status: res.statusCode ?? 0, headers: res.headers, body }), failed),
    );
    sent.on('error', failed);
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

const cookiesOf = (answer: Answer): string =>
  (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');

const signIn = (headers: OutgoingHttpHeaders): Promise<Answer> =>
  ask('/api/auth/sign-in/email', { headers, body: { email: PERSON.email, password: PERSON.password } });

async function whoIs(headers: OutgoingHttpHeaders): Promise<string | null> {
  const { body } = await ask('/api/trpc/people.me', { headers });
  return (JSON.parse(body) as { result: { data: { json: { email: string } | null } } }).result.data.json?.email ?? null;
}

const dial = (headers: Record<string, string>): Promise<string> =>
  new Promise((done) => {
    const socket = connect(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      extraHeaders: headers,
      reconnection: false,
      forceNew: true,
    });
    socket.once('connect', () => done('connected'));
    socket.once('connect_error', (error) => done(error.message));
  });

/** An address in the local network, one behind a trusted proxy, one that was named. */
const DOORS: { name: string; headers: Record<string, string> & { origin: string }; secure: boolean }[] = [
  { name: 'the local network', headers: { host: LAN, origin: `http://${LAN}` }, secure: false },
  {
    name: 'a trusted proxy with TLS',
    headers: {
      host: 'inner:3000',
      'x-forwarded-host': 'outer.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
      origin: 'https://outer.example',
    },
    secure: true,
  },
  { name: 'a named address', headers: { host: 'pupil.example', origin: NAMED }, secure: true },
];

describe.each(DOORS)('ACCESS-18 by $name', ({ headers, secure }) => {
  it('sign-in, API and sockets work, and nothing of it from another origin', async () => {
    const entered = await signIn(headers);
    expect(entered.status).toBe(200);
    const cookie = cookiesOf(entered);
    expect(await whoIs({ ...headers, cookie })).toBe(PERSON.email);
    expect(await dial({ ...headers, cookie })).toBe('connected');
    const change = { body: { json: { name: 'Ada L' } } };
    const rename = (more: object) =>
      ask('/api/trpc/people.changeName', { headers: { ...headers, cookie, ...more }, ...change });
    expect((await rename({})).status).toBe(200);
    const scheme = secure ? 'http' : 'https';
    for (const origin of ['https://evil.example', 'null', headers.origin.replace(/^https?/, scheme)]) {
      const refused = await rename({ origin });
      expect(refused.status, origin).toBe(403);
      expect(refused.body, origin).toContain('--url');
      expect((await signIn({ ...headers, origin })).status, origin).toBe(403);
      expect(await dial({ ...headers, cookie, origin }), origin).not.toBe('connected');
    }
  });

  it('ACCESS-20 cookies are Secure on https and plain on http, and the policy names its sockets', async () => {
    const [cookie = ''] = (await signIn(headers)).headers['set-cookie'] ?? [];
    expect(cookie.startsWith(`${secure ? '__Secure-' : ''}pupil.session_token=`)).toBe(true);
    expect(/; Secure/i.test(cookie)).toBe(secure);
    expect(/; HttpOnly/i.test(cookie)).toBe(true);
    expect(/; Domain/i.test(cookie)).toBe(false);
    const page = await ask('/', { headers });
    expect(page.headers['content-security-policy']).toContain(` ${headers.origin.replace(/^http/, 'ws')}`);
    expect(page.headers['content-security-policy']).not.toMatch(/connect-src[^;]* wss?:[ ;]/);
    expect(page.headers['cross-origin-opener-policy']).toBe(secure ? 'same-origin' : undefined);
    // For a year, for every port of that name: only where the operator said so.
    expect(page.headers['strict-transport-security']).toBe(headers.origin === NAMED ? 'max-age=31536000' : undefined);
  });
});

it('ACCESS-20 a cookie that plain http may have planted is no session on https', async () => {
  const cookie = cookiesOf(await signIn({ host: LAN, origin: `http://${LAN}` }));
  expect(await whoIs({ host: LAN, cookie })).toBe(PERSON.email);
  expect(await whoIs({ host: 'pupil.example', cookie })).toBeNull();
});

describe('ACCESS-19 a name that somebody bent to this machine (DNS rebinding)', () => {
  const evil = { host: 'evil.example:3000', origin: 'http://evil.example:3000' };

  it('brings no session along: cookies stay with the name that they came from', async () => {
    const [cookie = ''] = (await signIn({ host: LAN, origin: `http://${LAN}` })).headers['set-cookie'] ?? [];
    expect(/; Domain/i.test(cookie)).toBe(false);
    expect(await whoIs(evil)).toBeNull();
    expect(await dial(evil)).toBe('UNAUTHORIZED');
  });

  it('reads no metrics, though it connects from this machine', async () => {
    for (const host of ['evil.example:3000', '127.0.0.1.evil.example', LAN])
      expect((await ask('/metrics', { headers: { host } })).status, host).toBe(404);
    for (const host of ['127.0.0.1:3000', 'localhost:3000', '[::1]:3000'])
      expect((await ask('/metrics', { headers: { host } })).status, host).toBe(200);
  });

  it('learns of the health check only that something answers', async () => {
    expect((await ask('/api/health', { headers: evil })).body).toBe('{"ok":true}');
  });

  it('puts nothing of its own into the policy of our pages', async () => {
    const page = await ask('/', { headers: { host: "x; script-src 'unsafe-inline'" } });
    expect(page.headers['content-security-policy']).not.toContain("script-src 'unsafe-inline'");
    expect(page.headers['content-security-policy']).toContain(`connect-src 'self' blob: data: wss://pupil.example;`);
  });
});
