import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertMember } from '#db/queries/people/member.ts';
import { insertUser } from '#db/queries/people/user.ts';
import { session } from '#db/schema/index.ts';
import { createOrganization } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { changePassword, WRONG_PASSWORDS_A_MINUTE } from './change-password.ts';

const OLD = 'the password of last year';
const NEW = 'the password of this year';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

async function createPerson(name: string) {
  const { db, auth } = test.services;
  const email = `${name}@example.test`;
  const userId =
    (await insertUser(db, { name, email, passwordHash: await (await auth.$context).password.hash(OLD) })) ?? '';
  const organizationId = await createOrganization(db, `Lab of ${name}`);
  const memberId = await upsertMember(db, { organizationId, userId, role: 'lead' });
  const signIn = async (password: string): Promise<string> => {
    const { token } = await auth.api.signInEmail({ body: { email, password } });
    const [row] = await db.select({ id: session.id }).from(session).where(eq(session.token, token));
    return row?.id ?? '';
  };
  const sessions = async () =>
    (await db.select({ id: session.id }).from(session).where(eq(session.userId, userId))).map(({ id }) => id);
  return { userId, memberId, organizationId, signIn, sessions };
}

describe('one’s own password', () => {
  it(
    'ACCESS-15 is changed with the current one, and every other session of the person ends, nobody ' + 'else’s',
    async () => {
      const [ada, bob] = [await createPerson('ada'), await createPerson('bob')];
      const [here] = [await ada.signIn(OLD), await ada.signIn(OLD)];
      const other = await bob.signIn(OLD);
      const change = (current: string, next: string) =>
        changePassword(test.services, { userId: ada.userId, accessId: here }, { current, next });
      await expect(change('something else', NEW)).rejects.toThrow(/not your current password/);
      await expect(change(OLD, OLD)).rejects.toThrow(/Choose another/);
      expect(await ada.sessions()).toHaveLength(2);
      await change(OLD, NEW);
      expect(await ada.sessions()).toEqual([here]);
      expect(await bob.sessions()).toEqual([other]);
      await expect(ada.signIn(OLD)).rejects.toThrow();
      await expect(ada.signIn(NEW)).resolves.not.toBe('');
      await expect(bob.signIn(OLD)).resolves.not.toBe('');
    },
  );

  it('ACCESS-15 is refused for a while after many wrong tries, also with the right one', async () => {
    const eve = await createPerson('eve');
    const change = (current: string) =>
      changePassword(test.services, { userId: eve.userId, accessId: '' }, { current, next: NEW });
    for (let index = 0; index < WRONG_PASSWORDS_A_MINUTE; index += 1)
      await expect(change(`guess ${index}`)).rejects.toThrow(/not your current/);
    await expect(change(OLD)).rejects.toThrow(/Wait a minute/);
    await expect(eve.signIn(OLD)).resolves.not.toBe('');
  });

  it('ACCESS-15 and name are not changed by an API token, nor past these rules', async () => {
    const person = await createPerson('kim');
    const token = test.asToken(person);
    await expect(token.people.changePassword({ current: OLD, next: NEW })).rejects.toThrow(/API token/);
    await expect(token.people.changeName({ name: 'Somebody' })).rejects.toThrow(/API token/);
    for (const path of ['change-password', 'update-user']) {
      const request = new Request(`http://localhost:3000/api/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect((await test.services.auth.handler(request)).status, path).toBe(404);
    }
    await test.as(person).people.changeName({ name: '  Kim the Second ' });
    expect(
      (await test.as(person).people.members({ organizationId: person.organizationId })).map(({ name }) => name),
    ).toEqual(['Kim the Second']);
  });
});

it('TEXT-3 keeps the language that a person chose by their account, and takes only those that there are', async () => {
  const [dana, emil] = [await createPerson('dana'), await createPerson('emil')];
  const of = async (userId: string) => (await test.as({ userId }).people.me())?.language;
  expect(await of(dana.userId)).toBeNull();
  await test.as(dana).people.changeLanguage({ language: 'ko' });
  expect(await of(dana.userId)).toBe('ko');
  expect(await of(emil.userId)).toBeNull();
  await expect(test.as(dana).people.changeLanguage({ language: 'xx' as 'ko' })).rejects.toThrow();
  expect(await of(dana.userId)).toBe('ko');
});
