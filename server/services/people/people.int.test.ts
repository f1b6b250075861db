import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
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
    await expect(stranger.people.createOwner({ ...person('eve'), token: 'x'.repeat(30), organizationName: 'Eve' })).rejects.toThrow(/not valid/);
    const { organizationId } = await stranger.people.createOwner({ ...person('ada'), token, organizationName: 'Lab' });
    await expect(stranger.people.createOwner({ ...person('bob'), token, organizationName: 'Lab' })).rejects.toThrow(/used already/);
    const signedIn = await test.services.auth.api.signInEmail({ body: { email: 'ada@example.test', password: 'a long enough password' } });
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
    await expect(test.as(null).people.acceptInvitation({ token: path.split('/').pop() ?? '', person: person('late') })).rejects.toThrow(/not valid any more/);
  });
});

describe('roles', () => {
  it('ACCESS-6 change by owners only, and the last owner stays', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const lead = await createMember(test.services.db, { organizationId, role: 'lead' });
    await expect(test.as(lead).people.changeRole({ organizationId, memberId: lead.memberId, role: 'owner' })).rejects.toThrow(/does not allow/);
    await expect(test.as(owner).people.changeRole({ organizationId, memberId: owner.memberId, role: 'lead' })).rejects.toThrow(/last owner/);
    await test.as(owner).people.changeRole({ organizationId, memberId: lead.memberId, role: 'owner' });
    await test.as(owner).people.changeRole({ organizationId, memberId: owner.memberId, role: 'viewer' });
    const activity = await test.as(lead).people.activity({ organizationId });
    expect(activity.filter((row) => row.action === 'role:changed')).toHaveLength(2);
  });

  it('ACCESS-5 end with removal', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const gone = await createMember(test.services.db, { organizationId, role: 'lead' });
    await test.as(owner).people.remove({ organizationId, memberId: gone.memberId });
    await expect(test.as(gone).people.members({ organizationId })).rejects.toThrow(/does not exist/);
  });
});
