import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertMember } from '#db/queries/people/member.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { limitMisses, MISSES_A_MINUTE } from './limit-misses.ts';
import { issueSetupLink } from './issue-setup-link.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

const person = (name: string) => ({ name, email: `${name}@example.test`, password: 'a long enough password' });

describe('the first owner', () => {
  it('ACCESS-3 is made by the one-time link, once, and can sign in', async () => {
    const token = await issueSetupLink(test.services);
    if (!token) throw new Error('there is an owner already');
    const stranger = test.as(null);
    expect(await stranger.people.checkSetup({ token })).toBe(true);
    await expect(
      stranger.people.createOwner({ ...person('eve'), token: 'x'.repeat(30), organizationName: 'Eve' }),
    ).rejects.toThrow(/not valid/);
    const { organizationId } = await stranger.people.createOwner({ ...person('ada'), token, organizationName: 'Lab' });
    await expect(stranger.people.createOwner({ ...person('bob'), token, organizationName: 'Lab' })).rejects.toThrow(
      /used already/,
    );
    const signedIn = await test.services.auth.api.signInEmail({
      body: { email: 'ada@example.test', password: 'a long enough password' },
    });
    const me = await test.as({ userId: signedIn.user.id }).people.me();
    expect(me?.memberships).toMatchObject([{ organizationId, role: 'owner', organizationName: 'Lab' }]);
    expect(await issueSetupLink(test.services)).toBeNull();
  });

  it('ACCESS-3 leaves sign-up shut', async () => {
    await expect(test.services.auth.api.signUpEmail({ body: { ...person('mallory') } })).rejects.toThrow();
  });
});

describe('invite links', () => {
  it('ACCESS-4 grant exactly their role, as often as they say', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const { path } = await test.as(owner).people.invite({ organizationId, role: 'annotator', uses: 1, days: 7 });
    const token = path.split('/').pop() ?? '';
    const joined = await Promise.allSettled([
      test.as(null).people.acceptInvitation({ token, person: person('first') }),
      test.as(null).people.acceptInvitation({ token, person: person('second') }),
    ]);
    expect(joined.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const members = await test.as(owner).people.members({ organizationId });
    expect(members.map((member) => member.role).sort()).toEqual(['annotator', 'owner']);
  });

  it('ACCESS-4 end when revoked', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const { id, path } = await test.as(owner).people.invite({ organizationId, role: 'lead', uses: 5, days: 7 });
    await test.as(owner).people.revokeInvitation({ organizationId, id });
    await expect(
      test.as(null).people.acceptInvitation({ token: path.split('/').pop() ?? '', person: person('late') }),
    ).rejects.toThrow(/not valid any more/);
  });
});

describe('secret links', () => {
  it('ACCESS-13 leave no account behind when they fail', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const { path } = await test.as(owner).people.invite({ organizationId, role: 'annotator', uses: 1, days: 7 });
    const token = path.split('/').pop() ?? '';
    const tries = await Promise.allSettled(
      ['one', 'two', 'three'].map((name) =>
        test.as(null).people.acceptInvitation({ token, person: person(`racer-${name}`) }),
      ),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { rows } = await test.services.db.execute(sql`select email from "user" where email like 'racer-%'`);
    expect(rows).toHaveLength(1);
    const { rows: accounts } = await test.services.db.execute(
      sql`select 1 from account a join "user" u on u.id = a.user_id where u.email like 'racer-%'`,
    );
    expect(accounts).toHaveLength(1);
  });

  it('ACCESS-13 are refused to an address that tried many wrong ones, for a minute', async () => {
    const { db } = test.services;
    const ask = (address: string, found: boolean) => limitMisses({ db }, address, async () => found);
    for (let index = 0; index < MISSES_A_MINUTE; index += 1) {
      expect(await ask('10.0.0.1', true)).toBe(true);
      expect(await ask('10.0.0.1', false)).toBe(false);
    }
    await expect(ask('10.0.0.1', true)).rejects.toThrow(/Too many wrong links/);
    expect(await ask('10.0.0.2', true)).toBe(true);
    await db.execute(sql`update rate_limit set last_request = last_request - 60000 where key = 'link|10.0.0.1'`);
    expect(await ask('10.0.0.1', true)).toBe(true);
  });
});

describe('roles', () => {
  it('ACCESS-6 change by owners only, and the last owner stays', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const lead = await createMember(test.services.db, { organizationId, role: 'lead' });
    await expect(
      test.as(lead).people.changeRole({ organizationId, memberId: lead.memberId, role: 'owner' }),
    ).rejects.toThrow(/does not allow/);
    await expect(
      test.as(owner).people.changeRole({ organizationId, memberId: owner.memberId, role: 'lead' }),
    ).rejects.toThrow(/last owner/);
    await test.as(owner).people.changeRole({ organizationId, memberId: lead.memberId, role: 'owner' });
    await test.as(owner).people.changeRole({ organizationId, memberId: owner.memberId, role: 'viewer' });
    const activity = await test.as(lead).people.activity({ organizationId });
    expect(activity.filter((row) => row.action === 'role:changed')).toHaveLength(2);
  });

  it('ACCESS-6 that may not label give back what they held and were given, and are given nothing more', async () => {
    const { db } = test.services;
    const organizationId = await createOrganization(db);
    const owner = await createMember(db, { organizationId, role: 'owner' });
    const member = await createMember(db, { organizationId, role: 'annotator' });
    const { id: projectId } = await createProject(db, { organizationId });
    const [first = ''] = await createImages(db, { projectId, count: 4 });
    await test.as(owner).gallery.assign({ projectId, imageIds: [first], memberId: member.memberId });
    expect((await test.as(member).label.claim({ projectId, count: 2 })).images).toHaveLength(2);
    await test.as(owner).people.changeRole({ organizationId, memberId: member.memberId, role: 'viewer' });
    expect((await test.as(owner).label.claim({ projectId, count: 10 })).images).toHaveLength(4);
    await expect(
      test.as(owner).gallery.assign({ projectId, imageIds: [first], memberId: member.memberId }),
    ).rejects.toThrow(/cannot label/);
    await expect(
      test.as(owner).quality.assignSlice({ projectId, memberId: member.memberId, count: 1 }),
    ).rejects.toThrow(/cannot label/);
  });

  it('ACCESS-5 end with removal', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const gone = await createMember(test.services.db, { organizationId, role: 'lead' });
    await test.as(owner).people.remove({ organizationId, memberId: gone.memberId });
    await expect(test.as(gone).people.members({ organizationId })).rejects.toThrow(/does not exist/);
  });
});

describe('an API token', () => {
  it('ACCESS-8 shows one membership, joins nothing and makes no other token', async () => {
    const { db } = test.services;
    const organizationId = await createOrganization(db);
    const lead = await createMember(db, { organizationId, role: 'lead' });
    const elsewhere = await createOrganization(db, 'Elsewhere');
    await upsertMember(db, { organizationId: elsewhere, userId: lead.userId, role: 'lead' });
    const token = test.asToken(lead);
    expect((await token.people.me())?.memberships.map((row) => row.organizationId)).toEqual([organizationId]);
    expect((await test.as(lead).people.me())?.memberships).toHaveLength(2);
    const third = await createMember(db, { organizationId: await createOrganization(db), role: 'owner' });
    const { path } = await test
      .as(third)
      .people.invite({ organizationId: third.organizationId, role: 'lead', uses: 1, days: 1 });
    await expect(token.people.acceptInvitation({ token: path.split('/').pop() ?? '', person: null })).rejects.toThrow(
      /API token/,
    );
    await expect(token.people.createToken({ organizationId, name: 'heir' })).rejects.toThrow(/API token/);
    await expect(token.people.members({ organizationId: elsewhere })).rejects.toThrow(/does not exist/);
  });
});

describe('two leads', () => {
  it('IMAGE-6 who change different settings at once both get theirs', async () => {
    const { db } = test.services;
    const organizationId = await createOrganization(db);
    const [one, two] = [
      await createMember(db, { organizationId, role: 'lead' }),
      await createMember(db, { organizationId, role: 'lead' }),
    ];
    const { id: projectId } = await createProject(db, { organizationId });
    for (const size of [2, 3, 4]) {
      await Promise.all([
        test.as(one).project.update({ projectId, settings: { batchSize: size } }),
        test.as(two).project.update({ projectId, settings: { goldShare: size / 10 } }),
      ]);
      expect((await test.as(one).project.get({ projectId })).settings).toMatchObject({
        batchSize: size,
        goldShare: size / 10,
      });
    }
  });
});

it('ACCESS-14 pages of the activity leave nothing out, whatever happened in one moment', async () => {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const owner = await createMember(db, { organizationId, role: 'owner' });
  await db.execute(sql`
    insert into activity (organization_id, action, subject, created_at)
    select ${organizationId}, 'project:created', n::text, '2026-01-01T00:00:00.0005Z'::timestamptz - make_interval(secs
      => n / 3 * 0.0001) from generate_series(1, 250) n`);
  const subjects = new Set<string | null>();
  for (let before: string | undefined; ;) {
    const page = await test.as(owner).people.activity({ organizationId, ...(before === undefined ? {} : { before }) });
    for (const row of page) subjects.add(row.subject);
    before = page.at(-1)?.id;
    if (page.length < 100) break;
  }
  expect(subjects.size).toBe(250);
});
