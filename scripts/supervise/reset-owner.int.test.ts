import { afterAll, beforeAll, expect, it } from 'vitest';
import { findReset } from '#db/queries/people/password-reset.ts';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { createHash } from 'node:crypto';
import { makeOwnerReset } from './reset-owner.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('MEMBER-11 a locked-out owner gets a link from the command line, named where there are several', async () => {
  await expect(makeOwnerReset(test.url, null)).rejects.toThrow(/no owner yet/);
  const organizationId = await createOrganization(test.db);
  const owner = await createMember(test.db, { organizationId, role: 'owner', name: 'Olga' });
  await createMember(test.db, { organizationId, role: 'lead' });
  const { path, email } = await makeOwnerReset(test.url, null);
  const hash = createHash('sha256').update(path.replace('/reset/', '')).digest('hex');
  expect(await findReset(test.db, hash)).toMatchObject({ userId: owner.userId, email });
  await createMember(test.db, { organizationId, role: 'owner' });
  await expect(makeOwnerReset(test.url, null)).rejects.toThrow(/Name the owner/);
  expect((await makeOwnerReset(test.url, email)).email).toBe(email);
  expect(await findReset(test.db, hash)).toBeNull();
});
