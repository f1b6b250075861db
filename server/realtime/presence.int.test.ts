import { EventEmitter } from 'node:events';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Presence } from '#core/events.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { GRACE_SECONDS } from '../services/labeling/lease-time.ts';
import { createTestServices } from '../testing/services.ts';
import type { TestServices } from '../testing/services.ts';
import { createPresence } from './presence.ts';
import { startRelay } from '#db/relay.ts';
import type { PupilServer, PupilSocket } from './sockets.ts';
import { execute, text } from '#db/execute.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

/** As much of a socket as presence looks at. */
const window = (id: string) => {
  const emitter = new EventEmitter();
  const socket = { id, data: { actors: new Map() }, on: emitter.on.bind(emitter) } as unknown as PupilSocket;
  return {
    socket,
    goTo: (projectId: string, page: Presence['page']) => emitter.emit('presence:set', projectId, page, null),
  };
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
    Number(
      (
        await execute(
          db,
          sql`select max(extract(epoch from expires_at - now())) as s from lease where project_id = ${projectId}`,
          { s: text },
        )
      )[0]?.s,
    );
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

it(
  'LEASE-11 a page that is left gives nothing back while another window of the member works, at whichever ' + 'server',
  async () => {
    const { db } = test.services;
    const organizationId = await createOrganization(db);
    const anna = await createMember(db, { organizationId, role: 'annotator', name: 'Anna' });
    const { id: projectId } = await createProject(db, { organizationId });
    await createImages(db, { projectId, count: 4 });
    const presence = createPresence(test.services, 'here');
    test.services.windows = presence;
    const held = async () => (await db.execute(sql`select 1 from lease where project_id = ${projectId}`)).rows.length;
    await test.as(anna).label.claim({ projectId, count: 4 });
    const [first, second] = [window('one'), window('two')];
    for (const { socket, goTo } of [first, second]) {
      presence.hooks.attach(socket);
      socket.data.actors.set(projectId, anna);
      presence.hooks.joined(socket, projectId, anna);
      goTo(projectId, 'label');
    }
    await test.as(anna).label.release({ projectId, windowId: 'one' });
    expect(await held()).toBe(4);
    second.goTo(projectId, 'gallery');
    presence.hear({
      name: 'presence:moved',
      serverId: 'there',
      projectId,
      windows: { three: { ...anna, page: 'grid', imageId: null } },
    });
    await test.as(anna).label.release({ projectId, windowId: 'one' });
    expect(await held()).toBe(4);
    presence.hear({ name: 'presence:moved', serverId: 'there', projectId, windows: { three: null } });
    await test.as(anna).label.release({ projectId, windowId: 'one' });
    expect(await held()).toBe(0);
    test.services.windows = null;
    await presence.stop();
  },
);

it('LEASE-9 servers of one database tell alike who is present, and forget one that dies', async () => {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  // Names of the longest that is allowed, in letters of three bytes.
  const people = await Promise.all(
    Array.from({ length: 45 }, (_, index) =>
      createMember(db, {
        organizationId,
        role: 'annotator',
        name: `${'한'.repeat(78)}${String(index).padStart(2, '0')}`,
      }),
    ),
  );
  const { id: projectId } = await createProject(db, { organizationId });
  const [first, second] = [createPresence(test.services, 'first'), createPresence(test.services, 'second')];
  const relays = [first, second].map((presence) =>
    startRelay({
      url: test.url,
      log: test.services.log,
      onEvent: () => undefined,
      onGap: () => undefined,
      onServerEvent: (event) => {
        if (event.name !== 'access:ended') presence.hear(event);
      },
    }),
  );
  await Promise.all(relays.map((relay) => relay.ready));
  const here = (presence: typeof first) => presence.listPresent(projectId).length;
  for (const [index, person] of people.entries())
    first.hooks.joined(window(`window ${index}`).socket, projectId, person);
  await vi.waitFor(() => expect(here(second)).toBe(45), 5000);

  const third = createPresence(test.services, 'third');
  const relay = startRelay({
    url: test.url,
    log: test.services.log,
    onEvent: () => undefined,
    onGap: () => undefined,
    onServerEvent: (event) => {
      if (event.name !== 'access:ended') third.hear(event);
    },
  });
  await relay.ready;
  third.ask();
  await vi.waitFor(() => expect(here(third)).toBe(45), 5000);

  // The same person at two servers is one; their leases are let go with the last window of all.
  const anna = people[0];
  if (!anna) throw new Error('nobody');
  await createImages(db, { projectId, count: 2 });
  await test.as(anna).label.claim({ projectId, count: 2 });
  second.hooks.joined(window('second window').socket, projectId, anna);
  second.hooks.joined(
    window('later window').socket,
    projectId,
    await createMember(db, { organizationId, role: 'lead', name: 'Lea' }),
  );
  await vi.waitFor(() => expect(here(first)).toBe(46), 5000);
  first.hooks.left(window('window 0').socket, projectId, anna);
  await first.stop();
  const [held] = await execute(
    db,
    sql`select min(extract(epoch from expires_at - now())) as s from lease where project_id = ${projectId}`,
    { s: text },
  );
  expect(Number(held?.s)).toBeGreaterThan(GRACE_SECONDS + 1);

  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  second.start({ to: () => ({ emit: () => undefined }) } as unknown as PupilServer);
  vi.advanceTimersByTime(20_001);
  vi.useRealTimers();
  expect(here(second)).toBe(2);
  await Promise.all([second.stop(), third.stop(), ...relays.map((one) => one.stop()), relay.stop()]);
});
