import { sql } from 'drizzle-orm';
import { OAuth2Server } from 'oauth2-mock-server';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { insertApiToken, findActiveApiToken } from '#db/queries/people/api-token.ts';
import { findUserByEmail, insertUser } from '#db/queries/people/user.ts';
import { upsertMember } from '#db/queries/people/member.ts';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { createTestServices } from '../testing/services.ts';
import type { TestServices } from '../testing/services.ts';
import { createAuth } from './auth.ts';
import type { Auth } from './auth.ts';
import { hashToken, makeToken } from './token.ts';

const BASE = 'http://localhost:3000';
const PASSWORD = 'a long enough password';
const issuer = new OAuth2Server();
let test: TestServices;
let auth: Auth;
let organizationId: string;
let owner: Awaited<ReturnType<typeof createMember>>;
/** What the issuer says of whoever signs in next. */
let claims: Record<string, unknown> = {};

beforeAll(async () => {
  test = await createTestServices();
  await issuer.issuer.keys.generate('RS256');
  await issuer.start(0, 'localhost');
  issuer.service.on('beforeTokenSigning', (token: { payload: Record<string, unknown> }) => {
    Object.assign(token.payload, claims);
  });
  organizationId = await createOrganization(test.services.db);
  owner = await createMember(test.services.db, { organizationId, role: 'owner' });
  auth = createAuth(test.services.db, {
    secret: 'test-secret-of-more-than-32-characters',
    baseURL: BASE,
    trustedOrigins: [],
    secure: false,
    oidc: {
      issuer: issuer.issuer.url ?? '',
      clientId: 'pupil',
      clientSecret: 'secret',
      domains: ['example.test'],
      role: 'viewer',
    },
  });
});
afterAll(async () => {
  await issuer.stop();
  await test.close();
});
afterEach(() => {
  claims = {};
});

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((pair) => pair.split(';')[0])
    .join('; ');

/** Goes the whole way that a browser goes; where it ends, and the cookies of the last answer. */
async function signIn(who: Record<string, unknown>, next = '/'): Promise<{ to: string; cookie: string }> {
  claims = who;
  const started = await auth.handler(
    new Request(`${BASE}/api/auth/sign-in/social`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: BASE },
      body: JSON.stringify({
        provider: 'oidc',
        callbackURL: next,
        errorCallbackURL: '/sign-in',
        disableRedirect: true,
      }),
    }),
  );
  const { url } = (await started.json()) as { url: string };
  const asked = await fetch(url, { redirect: 'manual' });
  const back = await auth.handler(
    new Request(asked.headers.get('location') ?? '', { headers: { cookie: cookiesOf(started) } }),
  );
  return { to: back.headers.get('location') ?? '', cookie: cookiesOf(back) };
}

const person = (name: string) => ({ sub: name, name, email: `${name}@example.test`, email_verified: true });
const membershipsOf = async (email: string) => {
  const user = await findUserByEmail(test.services.db, email);
  return user ? ((await test.as({ userId: user.id }).people.me())?.memberships ?? []) : null;
};

it('MEMBER-8 a first sign-in makes a member with the default role, and later ones the same person', async () => {
  for (const next of ['/', '/projects/new']) {
    const { to, cookie } = await signIn(person('nora'), next);
    expect(to).toBe(next);
    expect(cookie).toContain('pupil.session_token=');
  }
  expect(await membershipsOf('nora@example.test')).toMatchObject([{ organizationId, role: 'viewer' }]);
  const { rows } = await test.services.db.execute(sql`select * from account where provider_id = 'oidc'`);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ access_token: null, refresh_token: null, id_token: null });
});

it('MEMBER-8 another domain, and an unverified address, make nobody', async () => {
  const refused = async (who: Record<string, unknown>) => {
    const { to, cookie } = await signIn(who);
    expect(cookie).not.toContain('session_token=ey');
    expect(await findUserByEmail(test.services.db, String(who.email))).toBeNull();
    return new URL(to, BASE).searchParams.get('error');
  };
  expect(await refused({ ...person('eve'), email: 'eve@evil.test' })).toBe('wrong_domain');
  expect(await refused({ ...person('eve'), email: 'eve@example.test.evil.test' })).toBe('wrong_domain');
  expect(await refused({ ...person('eve'), email_verified: false })).toBe('email_not_verified');
});

it('MEMBER-8 a removed member is refused until they come by an invitation made afterwards', async () => {
  await signIn(person('rita'));
  const [first] = (await membershipsOf('rita@example.test')) ?? [];
  await test.as(owner).people.remove({ organizationId, memberId: first?.memberId ?? '' });
  expect((await signIn(person('rita'))).to).toMatch(/error=removed/);
  expect(await membershipsOf('rita@example.test')).toEqual([]);
  expect((await signIn(person('rita'), '/invite/some-token')).to).toBe('/invite/some-token');
  expect(await membershipsOf('rita@example.test')).toEqual([]);
});

it('MEMBER-8 whoever comes to an invitation gets its role', async () => {
  const { path } = await test.as(owner).people.invite({ organizationId, role: 'lead', uses: 1, days: 1 });
  expect((await signIn(person('lara'), path)).to).toBe(path);
  const user = await findUserByEmail(test.services.db, 'lara@example.test');
  await test
    .as({ userId: user?.id ?? '' })
    .people.acceptInvitation({ token: path.split('/').pop() ?? '', person: null });
  expect(await membershipsOf('lara@example.test')).toMatchObject([{ role: 'lead' }]);
});

it('MEMBER-9 an account is handed over to a verified address only, and what its maker had ends', async () => {
  const { db } = test.services;
  const passwordHash = await (await auth.$context).password.hash(PASSWORD);
  const email = 'paul@example.test';
  const userId = (await insertUser(db, { name: 'Paul', email, passwordHash })) ?? '';
  const memberId = await upsertMember(db, { organizationId, userId, role: 'lead' });
  const token = makeToken('pupil_');
  await insertApiToken(db, { memberId, name: 'nightly', tokenHash: hashToken(token) });
  const byPassword = () => auth.api.signInEmail({ body: { email, password: PASSWORD } });
  await byPassword();

  // Where no domains are named an unverified address may come in, but into no account that is there already.
  const open = createAuth(db, {
    secret: 'test-secret-of-more-than-32-characters',
    baseURL: BASE,
    trustedOrigins: [],
    secure: false,
    oidc: { issuer: issuer.issuer.url ?? '', clientId: 'pupil', clientSecret: 'secret', domains: [], role: 'viewer' },
  });
  const named = auth;
  auth = open;
  expect((await signIn({ ...person('paul'), email_verified: false })).to).toMatch(/error=account_not_linked/);
  auth = named;
  await byPassword();
  expect(await findActiveApiToken(db, hashToken(token))).not.toBeNull();

  expect((await signIn(person('paul'))).to).toBe('/');
  await expect(byPassword()).rejects.toThrow();
  expect(await findActiveApiToken(db, hashToken(token))).toBeNull();
  const { rows } = await db.execute(sql`select 1 from session where user_id = ${userId}`);
  expect(rows).toHaveLength(1);
  expect(await membershipsOf(email)).toMatchObject([{ role: 'lead' }]);
});
