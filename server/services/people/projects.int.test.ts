import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let organizationId: string;
let one: string;
let two: string;
let owner: Person;
let lead: Person;

beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());
beforeEach(async () => {
  const { db } = test.services;
  organizationId = await createOrganization(db);
  one = (await createProject(db, { organizationId, name: 'One' })).id;
  two = (await createProject(db, { organizationId, name: 'Two' })).id;
  owner = await createMember(db, { organizationId, role: 'owner', name: 'Olga' });
  lead = await createMember(db, { organizationId, role: 'lead', name: 'Lea', projectIds: [one] });
});

const inviteTo = async (who: Person, projectIds: string[] | null, role: Person['role'] = 'annotator') => {
  const { path } = await test.as(who).people.invite({ organizationId, role, uses: 3, days: 1, projectIds });
  return path.split('/').pop() ?? '';
};
const seenBy = async (user: { userId: string }) =>
  (await test.as(user).project.list({ organizationId })).map(({ name }) => name);

it('MEMBER-3 an invitation to a project lets in to it and no other, and widens who is in already', async () => {
  const { db } = test.services;
  const token = await inviteTo(lead, [one]);
  expect(await test.as(null).people.checkInvitation({ token })).toMatchObject({
    projects: [{ id: one, name: 'One' }],
    role: 'annotator',
  });
  const narrow = await createMember(db, { organizationId, role: 'viewer', projectIds: [two] });
  const wide = await createMember(db, { organizationId, role: 'viewer' });
  const guest = await createMember(db, { organizationId: await createOrganization(db, 'Elsewhere') });
  expect(await test.as(guest).people.acceptInvitation({ token, person: null })).toMatchObject({ organizationId });
  expect(await seenBy(guest)).toEqual(['One']);
  await expect(test.as(guest).project.get({ projectId: two })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await test.as(narrow).people.acceptInvitation({ token, person: null });
  expect(await seenBy(narrow)).toEqual(['One', 'Two']);
  expect((await test.as(narrow).project.get({ projectId: one })).me.role).toBe('viewer');
  await expect(test.as(wide).people.acceptInvitation({ token, person: null })).rejects.toThrow(/already/);
});

it('MEMBER-2 leads run annotators and viewers, within the projects that they see themselves', async () => {
  const { db } = test.services;
  const anna = await createMember(db, { organizationId, name: 'Anna', projectIds: [two] });
  const peer = await createMember(db, { organizationId, role: 'lead', projectIds: [one] });
  await expect(inviteTo(lead, [one], 'lead')).rejects.toThrow(/annotators and viewers/);
  await expect(inviteTo(lead, null)).rejects.toThrow(/chosen projects/);
  await expect(inviteTo(lead, [one, two])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(inviteTo(owner, [one], 'owner')).rejects.toThrow(/sees every project/);
  const choose = (who: Person, target: Person, projectIds: string[] | null) =>
    test.as(who).people.chooseProjects({ organizationId, memberId: target.memberId, projectIds });
  await expect(choose(lead, peer, [])).rejects.toThrow(/annotators and viewers/);
  await expect(choose(lead, anna, null)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  // What the lead does not see stays as it is.
  await choose(lead, anna, [one]);
  expect(await seenBy(anna)).toEqual(['One', 'Two']);
  await choose(lead, anna, []);
  expect(await seenBy(anna)).toEqual(['Two']);
  await choose(owner, anna, null);
  expect(await seenBy(anna)).toEqual(['One', 'Two']);
  await expect(choose(lead, anna, [one])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(choose(owner, owner, [one])).rejects.toThrow(/owner sees every project/);
  // Of the links of others they know those that are theirs to make.
  await inviteTo(owner, null);
  await inviteTo(owner, [two]);
  await inviteTo(owner, [one]);
  expect((await test.as(lead).people.invitations({ organizationId })).map(({ projects }) => projects)).toEqual([
    ['One'],
  ]);
  expect(await test.as(owner).people.invitations({ organizationId })).toHaveLength(3);
});

it('MEMBER-1 projects that are taken from somebody give back what they held, and name them no more', async () => {
  const { db } = test.services;
  const anna = await createMember(db, { organizationId, name: 'Anna' });
  const [first = ''] = await createImages(db, { projectId: one, count: 4 });
  await test.as(owner).gallery.assign({ projectId: one, imageIds: [first], memberId: anna.memberId });
  expect((await test.as(anna).label.claim({ projectId: one, count: 2 })).images).toHaveLength(2);
  await test.as(owner).people.chooseProjects({ organizationId, memberId: anna.memberId, projectIds: [two] });
  expect((await test.as(owner).label.claim({ projectId: one, count: 10 })).images).toHaveLength(4);
  await expect(
    test.as(owner).gallery.assign({ projectId: one, imageIds: [first], memberId: anna.memberId }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const names = async (projectId: string) =>
    (await test.as(owner).project.members({ projectId })).map(({ name }) => name);
  expect(await names(one)).toEqual(['Olga', 'Lea']);
  expect(await names(two)).toEqual(['Olga', 'Anna']);
  const { members } = await test.as(owner).quality.team({ projectId: one });
  expect(members.map(({ name }) => name)).not.toContain('Anna');
});

it('MEMBER-1 a lead with chosen projects sees the one that they make, an owner every one', async () => {
  await test.as(lead).project.create({ organizationId, name: 'Three', classes: [] });
  expect(await seenBy(lead)).toEqual(['One', 'Three']);
  await test.as(owner).people.changeRole({ organizationId, memberId: lead.memberId, role: 'owner' });
  expect(await seenBy(lead)).toEqual(['One', 'Two', 'Three']);
});
