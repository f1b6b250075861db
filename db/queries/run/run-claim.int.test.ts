import { afterAll, beforeAll, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { reviewItem, round, run } from '../../schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { releaseAnsweredRuns } from './run-claim.ts';
import { insertRun } from './run-write.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('RUN-8 waits for the answers that the last of several teachers asked for', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'lead' });
  const { id: projectId, classes } = await createProject(db, { organizationId, classes: ['ape', 'bee'] });
  const imageIds = await createImages(db, { projectId, count: 3 });
  const { id: runId } = await insertRun(db, {
    projectId,
    config: { ...DEFAULT_RUN_CONFIG, teachers: 2, reviewGate: 'answers', reviewAnswers: 2 },
    classIds: classes.map(({ id }) => id),
    createdBy: memberId,
  });
  await db.update(run).set({ status: 'waiting-review' }).where(eq(run.id, runId));
  const base = { runId, index: 0, role: 'teacher' as const, model: 'xs' as const, seed: 1, stage: 'done' as const };
  const made = await db
    .insert(round)
    .values([
      { ...base, member: 0 },
      { ...base, member: 1 },
    ])
    .returning({ id: round.id, member: round.member });
  const roundId = made.find(({ member }) => member === 1)?.id ?? '';
  const items = await db
    .insert(reviewItem)
    .values(imageIds.map((imageId) => ({ projectId, runId, roundId, imageId, reason: 'uncertain' as const })))
    .returning({ id: reviewItem.id });
  const answer = (at: number) =>
    db
      .update(reviewItem)
      .set({ status: 'answered' })
      .where(eq(reviewItem.id, items[at]?.id ?? ''));
  expect(await releaseAnsweredRuns(db)).toEqual([]);
  await answer(0);
  expect(await releaseAnsweredRuns(db)).toEqual([]);
  await answer(1);
  expect(await releaseAnsweredRuns(db)).toEqual([runId]);
});

it('two runs that are made at once never share a number, whoever calls', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId: createdBy } = await createMember(db, { organizationId, role: 'lead' });
  const { id: projectId } = await createProject(db, { organizationId, classes: ['ape', 'bee'] });
  const made = await Promise.all(
    Array.from({ length: 8 }, () => insertRun(db, { projectId, config: DEFAULT_RUN_CONFIG, classIds: [], createdBy })),
  );
  expect(made.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
