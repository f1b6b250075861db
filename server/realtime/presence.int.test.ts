import { EventEmitter } from 'node:events';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Presence } from '#core/events.ts';
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
const window = (id: string) => {
  const emitter = new EventEmitter();
  const socket = { id, data: { actors: new Map() }, on: emitter.on.bind(emitter) } as unknown as PupilSocket;
  return { socket, goTo: (projectId: string, page: Presence['page']) => emitter.emit('presence:set', projectId, page, null) };
};

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
  const [first, second] = [window('one').socket, window('two').socket];
  hooks.joined(first, projectId, anna);
  hooks.joined(second, projectId, anna);
  expect(listPresent(projectId)).toHaveLength(1);

  hooks.left(first, projectId, anna);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await secondsLeft()).toBeGreaterThan(GRACE_SECONDS + 1);

  hooks.left(second, projectId, anna);
  await vi.waitFor(async () => expect(await secondsLeft()).toBeLessThanOrEqual(GRACE_SECONDS));
  expect(listPresent(projectId)).toEqual([]);

  const third = window('three');
  hooks.attach(third.socket);
  third.socket.data.actors.set(projectId, anna);
  hooks.joined(third.socket, projectId, anna);
  third.goTo(projectId, 'gallery');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await secondsLeft()).toBeLessThanOrEqual(GRACE_SECONDS);
  third.goTo(projectId, 'label');
  await vi.waitFor(async () => expect(await secondsLeft()).toBeGreaterThan(GRACE_SECONDS + 1));
});
