import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { GRACE_SECONDS } from '../services/labeling/lease-time.ts';
import { createTestServices } from '../testing/services.ts';
import type { TestServices } from '../testing/services.ts';
import { createPresence } from './presence.ts';
import type { PupilSocket } from './sockets.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

/** As much of a socket as presence looks at. */
const window = (id: string): PupilSocket => ({ id, data: { actors: new Map() }, on: () => undefined }) as unknown as PupilSocket;

it('LEASE-7 what a member holds ends soon after their last window, unless one comes back', async () => {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const anna = await createMember(db, { organizationId, role: 'annotator', name: 'Anna' });
  const { id: projectId } = await createProject(db, { organizationId });
  await createImages(db, { projectId, count: 4 });
  const { hooks, listPresent } = createPresence(test.services);
  await test.as(anna).label.claim({ projectId, count: 4 });
  const secondsLeft = async () =>
    Number((await db.execute<{ s: string }>(sql`select max(extract(epoch from expires_at - now())) as s from lease where project_id = ${projectId}`)).rows[0]?.s);
  const [first, second] = [window('one'), window('two')];
  hooks.joined(first, projectId, anna);
  hooks.joined(second, projectId, anna);
  expect(listPresent(projectId)).toHaveLength(1);

  hooks.left(first, projectId, anna);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await secondsLeft()).toBeGreaterThan(GRACE_SECONDS + 1);

  hooks.left(second, projectId, anna);
  await vi.waitFor(async () => expect(await secondsLeft()).toBeLessThanOrEqual(GRACE_SECONDS));
  expect(listPresent(projectId)).toEqual([]);

  hooks.joined(window('three'), projectId, anna);
  await vi.waitFor(async () => expect(await secondsLeft()).toBeGreaterThan(GRACE_SECONDS + 1));
});
