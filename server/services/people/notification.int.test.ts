import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_CHANNEL } from '#core/events.ts';
import type { DomainEvent } from '#core/events.ts';
import { notify } from '#db/notify.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let projectId: string;
let runId: string;
let lead: Person;
let anna: Person;
let confined: Person;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  projectId = (await createProject(db, { organizationId, name: 'Cats' })).id;
  lead = await createMember(db, { organizationId, role: 'lead' });
  anna = await createMember(db, { organizationId, role: 'annotator' });
  confined = await createMember(db, { organizationId, role: 'lead', projectIds: [] });
  ({ runId } = await createFinishedRun(db, { projectId, memberId: lead.memberId }));
});
afterAll(() => test.close());

const told = async (who: Person) => (await test.as(who).notification.list()).map(({ kind }) => kind);
const ended = (status: 'finished' | 'failed' | 'waiting-review' | 'training') =>
  notify(test.services.db, { name: 'run:changed', projectId, runId, status });
const arrived = () =>
  notify(test.services.db, { name: 'review:arrived', projectId, runId, itemIds: [randomUUID()], reason: 'uncertain' });

it('MEMBER-10 leads hear of runs and annotators of reviews, in projects that they see, once', async () => {
  const listener = new Client({ connectionString: test.url });
  await listener.connect();
  const events: DomainEvent[] = [];
  listener.on('notification', ({ payload }) => events.push(JSON.parse(payload ?? '') as DomainEvent));
  await listener.query(`listen ${EVENT_CHANNEL}`);
  await ended('training');
  for (const status of ['waiting-review', 'failed', 'finished', 'finished'] as const) await ended(status);
  for (let shard = 0; shard < 3; shard += 1) await arrived();
  expect(await told(lead)).toEqual(['run:finished', 'run:failed', 'run:waiting']);
  expect(await told(anna)).toEqual(['review:waiting']);
  expect(await told(confined)).toEqual([]);
  await expect
    .poll(() => events.flatMap((event) => (event.name === 'notification:created' ? [event.notified] : [])))
    .toEqual([[lead.userId], [lead.userId], [lead.userId], [anna.userId]]);
  await listener.end();
  expect(await test.as(lead).notification.list()).toMatchObject([
    { runId, projectName: 'Cats', readAt: null },
    { runId },
    { runId },
  ]);
});

it('MEMBER-10 are read by whoever opens what they tell of, and by nobody else', async () => {
  await test.as(anna).notification.read({});
  expect(await test.as(lead).notification.unread()).toBe(3);
  await test.as(lead).notification.read({ projectId });
  expect(await test.as(lead).notification.unread()).toBe(3);
  await test.as(lead).notification.read({ projectId, runId });
  expect(await test.as(lead).notification.unread()).toBe(0);
});

it('MEMBER-10 of a kind that a person has switched off are not told, of the others they are', async () => {
  const { db } = test.services;
  const other = await createMember(db, { organizationId: lead.organizationId, role: 'lead' });
  await test.as(other).notification.mute({ kind: 'run:finished', muted: true });
  await ended('finished');
  await ended('failed');
  expect(await told(other)).toEqual(['run:failed']);
  await test.as(other).notification.mute({ kind: 'run:finished', muted: false });
  expect(await test.as(other).notification.muted()).toEqual([]);
  await ended('finished');
  expect(await told(other)).toEqual(['run:finished', 'run:failed']);
});
