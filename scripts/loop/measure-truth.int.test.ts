import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { image, prediction, roundLabel } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { measureTruth } from './measure-truth.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('measures a round on the pool images that it learned no answer of', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'owner' });
  const { id: projectId } = await createProject(db, { organizationId, classes: ['a', 'b', 'c'] });
  await createImages(db, { projectId, count: 120 });
  await createImages(db, { projectId, count: 30, split: 'validation' });
  const made = await createFinishedRun(db, { projectId, memberId });
  const truth = new Map([...made.truth].map(([id, position]) => [id, made.classIds[position] ?? '']));
  const states = await listRoundStates(db, made.runId);
  const found = await measureTruth(db, { runId: made.runId, states, truth });
  for (const { id } of states) {
    const labeled = new Set(
      (await db.select().from(roundLabel).where(eq(roundLabel.roundId, id))).map(({ imageId }) => imageId),
    );
    const rows = await db
      .select()
      .from(prediction)
      .innerJoin(image, and(eq(image.id, prediction.imageId), eq(image.split, 'pool')))
      .where(eq(prediction.roundId, id));
    const open = rows.filter((row) => !labeled.has(row.image.id));
    expect([labeled.size, open.length]).toEqual([30, 90]);
    const right = open.filter((row) => made.classIds[row.prediction.classIndex] === truth.get(row.image.id)).length;
    expect(found.get(id)?.poolAccuracy).toBeCloseTo(right / 90, 10);
  }
});
