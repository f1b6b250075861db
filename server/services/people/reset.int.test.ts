import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { insertUser, setLanguage } from '#db/queries/people/user.ts';
import { upsertMember } from '#db/queries/people/member.ts';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import type { Letter } from '../../mail/mailer.ts';
import { languageOf } from '../../auth/language.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { ASKED_BY_ADDRESS, askForReset } from './mail-reset.ts';

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let organizationId: string;
let owner: Person;
let lead: Person;
let anna: { userId: string; memberId: string };
const EMAIL = 'anna@example.test';
const OLD = 'an old long password';

beforeAll(async () => {
  test = await createTestServices();
  const { db, auth } = test.services;
  organizationId = await createOrganization(db);
  owner = await createMember(db, { organizationId, role: 'owner' });
  lead = await createMember(db, { organizationId, role: 'lead' });
  const passwordHash = await (await auth.$context).password.hash(OLD);
  const userId = (await insertUser(db, { name: 'Anna', email: EMAIL, passwordHash })) ?? '';
  anna = { userId, memberId: await upsertMember(db, { organizationId, userId, role: 'annotator' }) };
});
afterAll(() => test.close());
beforeEach(() => test.services.db.execute(sql`delete from password_reset`));

const make = async (who: Person, memberId = anna.memberId) =>
  (await test.as(who).people.makeReset({ organizationId, memberId })).path?.split('/').pop() ?? '';
const check = (token: string) => test.as(null).people.checkReset({ token });
const set = (token: string, password: string) => test.as(null).people.resetPassword({ token, password });
const signIn = (password: string) => test.services.auth.api.signInEmail({ body: { email: EMAIL, password } });
const sessions = async () =>
  (await test.services.db.execute(sql`select 1 from session where user_id = ${anna.userId}`)).rows.length;

it('MEMBER-6 a link sets a new password once, ends every session and is told in the activity', async () => {
  await signIn(OLD);
  const token = await make(lead);
  expect(await check(token)).toEqual({ name: 'Anna', email: EMAIL });
  const tries = await Promise.allSettled([set(token, 'a new long password'), set(token, 'another long password')]);
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await sessions()).toBe(0);
  await expect(signIn(OLD)).rejects.toThrow();
  await expect(set(token, OLD)).rejects.toThrow(/does not work any more/);
  const told = (await test.as(owner).people.activity({ organizationId })).map(({ action }) => action);
  expect(told).toEqual(expect.arrayContaining(['password:reset-link-made', 'password:reset']));
  const { rows } = await test.services.db.execute(sql`select * from password_reset`);
  expect(rows).toEqual([]);
});

it('MEMBER-6 ends when a newer one is made, and with its time; its token is kept nowhere', async () => {
  const [first, second] = [await make(lead), await make(owner)];
  expect(await check(first)).toBeNull();
  expect(await check(second)).not.toBeNull();
  const { rows } = await test.services.db.execute(sql`select row_to_json(r)::text as text from password_reset r`);
  expect(JSON.stringify(rows)).not.toContain(second);
  await test.services.db.execute(sql`update password_reset set expires_at = now()`);
  expect(await check(second)).toBeNull();
  await expect(set(second, 'a new long password')).rejects.toThrow(/does not work any more/);
});

it('MEMBER-2 leads reset annotators and viewers, and nobody an account that is not theirs alone to run', async () => {
  const { db } = test.services;
  await expect(make(lead, owner.memberId)).rejects.toThrow(/annotators and viewers/);
  await expect(make(lead, lead.memberId)).rejects.toThrow(/annotators and viewers/);
  expect(await make(owner, lead.memberId)).not.toBe('');
  const elsewhere = await createOrganization(db, 'Elsewhere');
  await upsertMember(db, { organizationId: elsewhere, userId: anna.userId, role: 'owner' });
  await expect(make(owner)).rejects.toThrow(/not this organization’s alone/);
  await db.execute(sql`delete from member where organization_id = ${elsewhere}`);
  await expect(test.asToken(owner).people.makeReset({ organizationId, memberId: anna.memberId })).rejects.toThrow(
    /API token/,
  );
});

it('TEXT-8 a letter speaks the language that its reader has chosen, else that of the page that asks', async () => {
  const letters: Letter[] = [];
  test.services.mail = { send: async (letter) => void letters.push(letter) };
  const korean = { headers: { 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' } };
  await (
    await askForReset(test.services, '10.0.1.1', EMAIL, languageOf(korean))
  ).sending;
  await setLanguage(test.services.db, { userId: anna.userId, language: 'en' });
  await (
    await askForReset(test.services, '10.0.1.1', EMAIL, languageOf(korean))
  ).sending;
  expect(letters.map(({ subject }) => subject)).toEqual(['Pupil의 새 비밀번호', 'Your new password for Pupil']);
  expect(letters[0]?.text).toMatch(/Anna 님, 안녕하세요[^]*\/reset\//);
  expect(languageOf({ headers: { ...korean.headers, cookie: 'a=b; pupil-language=en' } })).toBe('en');
  test.services.mail = null;
});

it('MEMBER-7 by mail is the same for everybody who asks, and limited by address and by person', async () => {
  const letters: Letter[] = [];
  test.services.mail = { send: async (letter) => void letters.push(letter) };
  const ask = async (from: string, email: string) => (await askForReset(test.services, from, email)).sending;
  expect(await test.as(null).people.signInWays()).toMatchObject({ mail: true });
  expect(await test.as(null).people.askForReset({ email: 'nobody@example.test' })).toBeUndefined();
  await ask('10.0.0.1', EMAIL.toUpperCase());
  expect(letters.map(({ to }) => to)).toEqual([EMAIL]);
  const token = /\/reset\/([\w-]+)/.exec(letters[0]?.text ?? '')?.[1] ?? '';
  expect(await check(token)).toMatchObject({ name: 'Anna' });
  for (let n = 1; n < ASKED_BY_ADDRESS; n += 1) await ask('10.0.0.1', EMAIL);

  expect(letters.length).toBeLessThan(4);
  await expect(ask('10.0.0.1', 'nobody@example.test')).rejects.toThrow(/Too many/);
  test.services.mail = { send: () => Promise.reject(new Error('refused')) };
  await ask('10.0.0.2', 'lost@example.test');
  test.services.mail = null;
  await expect(ask('10.0.0.3', EMAIL)).rejects.toThrow(/sends no mail/);
});
