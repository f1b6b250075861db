import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { issueSetupLink } from './issue-setup-link.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
  await test.services.db.execute(
    sql.raw(`create function fail() returns trigger language plpgsql as $$ begin raise 'broken on purpose'; end $$`),
  );
});
afterAll(() => test.close());

let count = 0;
const somebody = () => ({ name: 'Ada', email: `ada-${(count += 1)}@example.test`, password: 'a long enough password' });

/** What a join writes, in its order. */
const STEPS = [
  { on: 'invitation', event: 'update' },
  { on: '"user"', event: 'insert' },
  { on: 'account', event: 'insert' },
  { on: 'member', event: 'insert' },
  { on: 'activity', event: 'insert' },
] as const;

async function breaking(on: string, event: string, work: () => Promise<void>): Promise<void> {
  await test.services.db.execute(
    sql.raw(`create trigger breaks before ${event} on ${on} for each row execute function fail()`),
  );
  try {
    await work();
  } finally {
    await test.services.db.execute(sql.raw(`drop trigger breaks on ${on}`));
  }
}

/** Rows of people who came through a link; those that a test made itself have no account. */
async function countPeople(): Promise<unknown> {
  const { rows } = await test.services.db.execute(sql`
    select (select count(*)::int from "user" where email like 'ada-%') as users,
      (select count(*)::int from account) as accounts,
      (select count(*)::int from member m join "user" u on u.id = m.user_id where u.email like 'ada-%') as members`);
  return rows[0];
}

describe('ACCESS-21 a join that fails', () => {
  it.each(STEPS)(
    'at the $event of $on leaves no account and an unused link, and goes well the next time',
    async (step) => {
      const organizationId = await createOrganization(test.services.db);
      const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
      const { path } = await test.as(owner).people.invite({ organizationId, role: 'annotator', uses: 1, days: 7 });
      const token = path.split('/').pop() ?? '';
      const person = somebody();
      const join = () => test.as(null).people.acceptInvitation({ token, person });
      const before = await countPeople();
      await breaking(step.on, step.event, async () => {
        await expect(join()).rejects.toThrow(/Something went wrong on our side/);
        expect(await countPeople()).toEqual(before);
        expect(await test.as(owner).people.invitations({ organizationId })).toMatchObject([{ usesLeft: 1 }]);
      });
      expect(await join()).toEqual({ organizationId, signedIn: true });
      expect(await test.as(owner).people.invitations({ organizationId })).toEqual([]);
    },
  );

  it.each([{ on: '"user"' }, { on: 'account' }, { on: 'member' }, { on: 'activity' }])(
    'as the first owner at $on leaves nobody, and the link works on',
    async ({ on }) => {
      await test.services.db.execute(sql`update member set removed_at = now() where role = 'owner'`);
      const token = (await issueSetupLink(test.services)) ?? '';
      const before = await countPeople();
      await breaking(on, 'insert', async () => {
        await expect(
          test.as(null).people.createOwner({ ...somebody(), token, organizationName: 'Lab' }),
        ).rejects.toThrow(/Something went wrong on our side/);
        expect(await countPeople()).toEqual(before);
        expect(await test.as(null).people.checkSetup({ token })).toBe(true);
      });
    },
  );
});
