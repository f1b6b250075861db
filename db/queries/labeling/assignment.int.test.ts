import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { annotation, image, reviewItem } from '../../schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createFinishedRun } from '../../seed/run-factory.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { assignSlice } from './assignment.ts';
import { claimThese } from './lease.ts';
import { execute, text } from '../../execute.ts';

let test: TestDatabase;
let projectId: string;
let memberId: string;
let imageIds: string[];
let classId: string;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(async () => {
  const organizationId = await createOrganization(test.db);
  ({ memberId } = await createMember(test.db, { organizationId, role: 'lead' }));
  const project = await createProject(test.db, { organizationId, classes: ['ape', 'bee'] });
  projectId = project.id;
  classId = project.classes[0]?.id ?? '';
  imageIds = await createImages(test.db, { projectId, count: 40 });
});

/** The member answers the first image, skips the second, and takes back an answer of the third. */
async function answerSome() {
  const row = { projectId, memberId, source: 'label' as const };
  const [answered = '', skipped = '', undone = ''] = imageIds;
  const id = randomUUID();
  await test.db.insert(annotation).values([
    { ...row, id: randomUUID(), imageId: answered, kind: 'decide', classIds: [classId] },
    { ...row, id: randomUUID(), imageId: skipped, kind: 'skip' },
    { ...row, id, imageId: undone, kind: 'decide', classIds: [classId] },
  ]);
  await test.db.insert(annotation).values({ ...row, id: randomUUID(), imageId: undone, kind: 'undo', undoesId: id });
  return { answered, skipped, undone };
}

it('ANNOTATION-11 a member is assigned no image that they answered or skipped: nobody would ever meet it', async () => {
  await test.db.execute(sql`update project set overlap = 2 where id = ${projectId}`);
  const { answered, skipped, undone } = await answerSome();
  expect(await assignSlice(test.db, { projectId, memberId, count: 40, split: null })).toBe(38);
  const assigned = await test.db.select({ id: image.id }).from(image).where(eq(image.assignedTo, memberId));
  const ids = assigned.map(({ id }) => id);
  expect(ids).toContain(undone);
  expect(ids).not.toContain(answered);
  expect(ids).not.toContain(skipped);
});

it('LEASE-2 a grid takes no image that the member answered, or that somebody answers in review just now', async () => {
  const { answered, skipped, undone } = await answerSome();
  const { roundIds, runId } = await createFinishedRun(test.db, { projectId, memberId, labelsPerClass: 3 });
  const open = await execute(
    test.db,
    sql`
    select id from image where project_id = ${projectId} and consensus_state = 'none'
      and id <> all(${sql.param([answered, skipped, undone])}::uuid[]) limit 2`,
    { id: text },
  );
  const [held = '', free = ''] = open.map(({ id }) => id);
  await test.db.delete(reviewItem).where(eq(reviewItem.projectId, projectId));
  await test.db.insert(reviewItem).values({
    projectId,
    runId,
    roundId: roundIds[0] ?? '',
    imageId: held,
    reason: 'flip',
    heldBy: memberId,
    heldUntil: new Date(Date.now() + 60_000),
  });
  const claimed = await claimThese(test.db, {
    projectId,
    memberId,
    imageIds: [answered, skipped, held, free],
    seconds: 60,
  });
  expect(claimed.map(({ imageId }) => imageId)).toEqual([free]);
});
