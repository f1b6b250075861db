import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertSource } from '#db/queries/source/source.ts';
import { source } from '#db/schema/index.ts';
import { openAccessBench } from '../../testing/access.ts';
import type { AccessBench } from '../../testing/access.ts';

let test: AccessBench;
beforeAll(async () => {
  test = await openAccessBench();
});
afterAll(() => test.close());

it('SOURCE-8 a secret address asks for a sync, so often a minute, and every other one is not found', async () => {
  const { db } = test.services;
  const { projectId } = test.places;
  const { id: sourceId } = await insertSource(db, {
    projectId,
    memberId: test.people.lead.memberId,
    name: 'Folder',
    place: { kind: 'folder', path: '/srv' },
    interval: 'hand',
    takesNew: false,
    choice: { layout: null, names: {} },
  });
  const dueAt = async () => (await db.select().from(source).where(eq(source.id, sourceId)))[0]?.dueAt;
  const api = test.as(test.people.lead).source;
  const post = (path: string, body?: string) => test.ask(path, { method: 'POST', ...(body ? { body } : {}) });
  const { path } = await api.hook({ projectId, sourceId, isOn: true });
  if (path === null) throw new Error('no path');

  const stored = JSON.stringify(await db.select().from(source));
  expect(stored).not.toContain(path.split('/').at(-1));
  expect(JSON.stringify(await api.list({ projectId }))).not.toContain('hookHash');

  const answer = await post(path, '{"Records":[]}');
  expect([answer.status, await answer.json()]).toEqual([202, { asked: true }]);
  expect(await dueAt()).not.toBeNull();
  await db.update(source).set({ dueAt: null });

  const others = [
    `${path}x`,
    path.replace(/sync_[\w-]+$/, 'sync_wrong'),
    path.replace(sourceId, randomUUID()),
    path.replace(projectId, randomUUID()),
    path.replace(sourceId, 'none'),
  ];
  for (const other of others) expect((await post(other)).status, other).toBe(404);
  expect((await test.ask(path)).status).toBe(404);
  expect(await dueAt()).toBeNull();

  for (let again = 0; again < 5; again += 1) expect((await post(path)).status).toBe(202);
  const refused = await post(path);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);

  // A new address takes the place of the one before, and it can be taken away.
  const made = await api.hook({ projectId, sourceId, isOn: true });
  expect((await post(path)).status).toBe(404);
  expect((await post(made.path ?? '')).status).toBe(429);
  await api.hook({ projectId, sourceId, isOn: false });
  expect((await post(made.path ?? '')).status).toBe(404);
});
