import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { insertModelExport } from '#db/queries/export/export.ts';
import { findActiveApiToken } from '#db/queries/people/api-token.ts';
import { hasAnyOrganization, insertDemoMember } from '#db/queries/people/organization.ts';
import { modelExport } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { hashToken } from '../../auth/token.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let organizationId: string;
let owner: Person;
let lead: Person;

beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());
beforeEach(async () => {
  const { db } = test.services;
  organizationId = await createOrganization(db);
  owner = await createMember(db, { organizationId, role: 'owner', name: 'Olga' });
  lead = await createMember(db, { organizationId, role: 'lead', name: 'Lea' });
});

const link = async (who: Person, role: Person['role'] = 'annotator') =>
  (await test.as(who).people.invite({ organizationId, role, uses: 5, days: 7 })).path.split('/').pop() ?? '';
const join = (who: { userId: string }, token: string) => test.as(who).people.acceptInvitation({ token, person: null });
const remove = (who: Person) => test.as(owner).people.remove({ organizationId, memberId: who.memberId });

it('MEMBER-4 a removed member comes back by an invitation made afterwards only', async () => {
  const anna = await createMember(test.services.db, { organizationId });
  const old = await link(owner);
  await remove(anna);
  await expect(join(anna, old)).rejects.toThrow(/not valid any more/);
  // The refusal has used nothing up.
  expect((await test.as(owner).people.invitations({ organizationId })).map(({ usesLeft }) => usesLeft)).toEqual([5]);
  await join(anna, await link(owner));
  expect(await test.as(anna).project.list({ organizationId })).toEqual([]);
});

it('MEMBER-4 with a member go their links, API tokens and exports under way', async () => {
  const { db } = test.services;
  const [invitation, { token }] = [
    await link(lead),
    await test.as(lead).people.createToken({ organizationId, name: 'nightly' }),
  ];
  const anna = await createMember(db, { organizationId });
  const reset = await test.as(lead).people.makeReset({ organizationId, memberId: anna.memberId });
  const project = await createProject(db, { organizationId });
  const { roundIds } = await createFinishedRun(db, { projectId: project.id, memberId: lead.memberId });
  const row = { projectId: project.id, roundId: roundIds[0] ?? '', format: 'onnx', createdBy: lead.memberId };
  const { id } = await insertModelExport(db, row);
  await remove(lead);
  expect(await findActiveApiToken(db, hashToken(token))).toBeNull();
  expect(await test.as(null).people.checkInvitation({ token: invitation })).toBeNull();
  expect(await test.as(null).people.checkReset({ token: reset.path?.split('/').pop() ?? '' })).toBeNull();
  expect(await db.select().from(modelExport).where(eq(modelExport.id, id))).toMatchObject([{ status: 'failed' }]);
  // Nor does the token live again when its member does.
  await join(lead, await link(owner, 'lead'));
  expect(await findActiveApiToken(db, hashToken(token))).toBeNull();
});

it('MEMBER-4 a lower role takes back the links that it could not make, and lowers its tokens', async () => {
  const second = await createMember(test.services.db, { organizationId, role: 'owner' });
  const [high, low] = [await link(second, 'owner'), await link(second)];
  const change = (role: Person['role']) =>
    test.as(owner).people.changeRole({ organizationId, memberId: second.memberId, role });
  await change('lead');
  expect(await test.as(null).people.checkInvitation({ token: high })).toBeNull();
  expect(await test.as(null).people.checkInvitation({ token: low })).not.toBeNull();
  const token = test.asToken(second);
  await token.project.create({ organizationId, name: 'By a lead', classes: [] });
  await change('annotator');
  expect(await test.as(null).people.checkInvitation({ token: low })).toBeNull();
  await expect(token.project.create({ organizationId, name: 'No more', classes: [] })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

it('MEMBER-4 owners see and revoke everybody’s API tokens, leads their own', async () => {
  const { token } = await test.as(lead).people.createToken({ organizationId, name: 'nightly' });
  const listed = await test.as(owner).people.allTokens({ organizationId });
  expect(listed).toMatchObject([{ name: 'nightly', memberName: 'Lea', role: 'lead' }]);
  await expect(test.as(lead).people.allTokens({ organizationId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const other = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db, 'Elsewhere'),
    role: 'owner',
  });
  const id = listed[0]?.id ?? randomUUID();
  await expect(
    test.as(other).people.revokeAnyToken({ organizationId: other.organizationId, id }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await test.as(owner).people.revokeAnyToken({ organizationId, id });
  expect(await findActiveApiToken(test.services.db, hashToken(token))).toBeNull();
});

it('MEMBER-5 the author of the demo’s labels is in no list of people', async () => {
  const { db } = test.services;
  expect(await hasAnyOrganization(db)).toBe(true);
  await insertDemoMember(db, organizationId);
  const { id: projectId } = await createProject(db, { organizationId });
  const lists = [
    await test.as(owner).people.members({ organizationId }),
    await test.as(owner).project.members({ projectId }),
    (await test.as(owner).quality.team({ projectId })).members,
  ];
  for (const list of lists) expect(list.map(({ name }) => name).toSorted()).toEqual(['Lea', 'Olga']);
});
