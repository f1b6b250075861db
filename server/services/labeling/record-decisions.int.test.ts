import { randomUUID } from 'node:crypto';
import { eq, inArray } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_CHANNEL } from '#core/events.ts';
import { openDatabase } from '#db/client.ts';
import { claimLeases } from '#db/queries/labeling/lease.ts';
import { annotation, image } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { watchRoundTrips } from '#db/testing/round-trips.ts';
import { submitAnnotation } from './submit-annotation.ts';

let test: TestDatabase;
let anna: Awaited<ReturnType<typeof createMember>>;
let projectId: string;
let classIds: string[];
beforeAll(async () => {
  test = await createTestDatabase();
  const organizationId = await createOrganization(test.db);
  anna = await createMember(test.db, { organizationId, role: 'annotator' });
  const project = await createProject(test.db, { organizationId });
  projectId = project.id;
  classIds = project.classes.slice(0, 1).map(({ id }) => id);
  await createImages(test.db, { projectId, count: 40 });
});
afterAll(() => test.close());

const claim = () => claimLeases(test.db, { projectId, memberId: anna.memberId, count: 2, seconds: 60 });
const decide = (item: { imageId: string; token: number } | undefined, id: string = randomUUID()) => ({
  id,
  imageId: item?.imageId ?? '',
  kind: 'decide' as const,
  classIds,
  token: item?.token ?? null,
  reviewItemId: null,
  guessShown: false,
  reason: null,
  durationMs: null,
});

it(
  'ANNOTATION-1 ANNOTATION-6 one id for two images at the same moment is one decision: counted once, announced ' +
    'once',
  async () => {
    const listener = new Client({ connectionString: test.url });
    const heard: string[] = [];
    listener.on('notification', ({ payload = '' }) => heard.push((JSON.parse(payload) as { imageId: string }).imageId));
    await listener.connect();
    await listener.query(`listen ${EVENT_CHANNEL}`);
    for (let time = 0; time < 10; time += 1) {
      const hand = await claim();
      const id = randomUUID();
      const answers = await Promise.allSettled(
        hand.map((item) => submitAnnotation(test, anna, projectId, decide(item, id))),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(answers.find((answer) => answer.status === 'rejected')?.reason).toMatchObject({ code: 'CONFLICT' });
      const [stored] = await test.db
        .select({ imageId: annotation.imageId })
        .from(annotation)
        .where(eq(annotation.id, id));
      const counts = await test.db
        .select({ id: image.id, n: image.answerCount })
        .from(image)
        .where(
          inArray(
            image.id,
            hand.map((item) => item.imageId),
          ),
        );
      expect(counts.filter(({ n }) => n > 0).map((row) => row.id)).toEqual([stored?.imageId]);
      await submitAnnotation(test, anna, projectId, decide(hand.find((item) => item.imageId !== stored?.imageId)));
    }
    // A backend passes on what it was told before it answers again.
    await listener.query('select 1');
    await listener.end();
    const stored = await test.db
      .select({ imageId: annotation.imageId })
      .from(annotation)
      .where(eq(annotation.projectId, projectId));
    expect(heard.sort()).toEqual(stored.map((row) => row.imageId).sort());
  },
);

it('ANNOTATION-2 a decision takes four round trips, and reads nothing before the lock', async () => {
  const one = openDatabase(test.url, { max: 1 });
  const seen = watchRoundTrips(one.pool);
  const [item] = await claim();
  expect(await submitAnnotation(one, anna, projectId, decide(item))).toMatchObject({
    ok: true,
    late: false,
    repeated: false,
  });
  expect(seen.count).toBe(4);
  expect(seen.statements.map((text) => text.split(/\s+/, 2).join(' '))).toEqual([
    'begin',
    'select "id",',
    'select settings,',
    'select distinct',
    'insert into',
    'with gone',
    'update "image"',
    'commit',
    'select pg_notify($1,',
  ]);
  expect(seen.statements[1]).toContain('for update');
  await one.close();
});
