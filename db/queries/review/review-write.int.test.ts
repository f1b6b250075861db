import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_CHANNEL } from '#core/events.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { round } from '../../schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { insertRun } from '../run/run-write.ts';
import { insertReviewItems, notifyArrived } from './review-write.ts';
import { claimReviewItems, listReviewItemsById } from './review.ts';

let test: TestDatabase;
let listener: Client;
const heard: string[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
  listener = new Client({ connectionString: test.url });
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.connect();
  await listener.query(`listen ${EVENT_CHANNEL}`);
});
afterAll(async () => {
  await listener.end();
  await test.close();
});

it('REVIEW-1 the weightiest come first, whatever shard and reason they came with, and all are announced', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'lead' });
  const { id: projectId, classes } = await createProject(db, { organizationId, classes: ['ape', 'bee'] });
  const classIds = classes.map(({ id }) => id);
  const imageIds = await createImages(db, { projectId, count: 250 });
  const { id: runId } = await insertRun(db, { projectId, config: DEFAULT_RUN_CONFIG, classIds, createdBy: memberId });
  const [made] = await db
    .insert(round)
    .values({ runId, index: 0, role: 'teacher', model: 'xs', seed: 1, stage: 'done' })
    .returning({ id: round.id });
  const send = (reason: 'uncertain' | 'flip', from: number, weights: number[]) =>
    insertReviewItems(db, {
      projectId,
      runId,
      roundId: made?.id ?? '',
      reason,
      classIds,
      drawProbability: null,
      candidates: weights.map((priority, at) => ({
        imageId: imageIds[from + at] ?? '',
        classIndex: 0,
        confidence: 0.5,
        priority,
      })),
    });
  await send('uncertain', 0, [0.2, 0.1]);
  await send('uncertain', 2, [0.9, 0.8]);
  await send('flip', 4, [0.5]);
  const claimed = await claimReviewItems(db, { projectId, memberId, count: 5, reasons: [] });
  const items = await listReviewItemsById(db, projectId, claimed);
  expect(items.map(({ imageId }) => imageIds.indexOf(imageId))).toEqual([2, 3, 4, 0, 1]);

  const itemIds = await send(
    'flip',
    5,
    Array.from({ length: 245 }, () => 0.3),
  );
  heard.length = 0;
  await notifyArrived(db, { projectId, runId, reason: 'flip', itemIds });
  await listener.query('select 1');
  const announced = heard.map((payload) => JSON.parse(payload) as { name: string; itemIds: string[] });
  expect(announced.map(({ name }) => name)).toEqual(['review:arrived', 'review:arrived', 'review:arrived']);
  expect(announced.flatMap((event) => event.itemIds)).toEqual(itemIds);
});
