import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { unpackIds } from '../../packed-embeddings.ts';
import { featureSet, featureShard, reviewItem, round } from '../../schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createFinishedRun } from '../../seed/run-factory.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { findBestRound, findMapRound } from '../round/map-round.ts';
import { openFeatureSets } from '../image/feature-set.ts';
import { cutShards, finishShard } from '../image/feature-shard.ts';
import { listUncertain } from './insight.ts';
import { refillReview } from './refill-review.ts';
import { listUncertainApart } from './uncertain-apart.ts';
import { execute, text } from '../../execute.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('REVIEW-11 RUN-40 the model that stands best asks, and closes what weaker ones asked', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'lead' });
  const { id: projectId } = await createProject(db, { organizationId, classes: ['ape', 'bee'] });
  await createImages(db, { projectId, count: 120 });
  await createImages(db, { projectId, count: 40, split: 'validation', name: 'held' });
  const [first, second] = [
    await createFinishedRun(db, { projectId, memberId, seed: 3 }),
    await createFinishedRun(db, { projectId, memberId, seed: 4 }),
  ];
  // An older run holds the best model; a newer one is weaker, as is a held round that looked better.
  const best = first.roundIds[1] ?? '';
  const accuracies = [first, second].flatMap(({ roundIds }) => roundIds).map((id) => [id, id === best ? 0.9 : 0.6]);
  for (const [id, low] of accuracies)
    await db.execute(sql`
      update round set metrics = jsonb_set(metrics, '{valInterval}', ${JSON.stringify([low, 1])}::jsonb)
      where id = ${id}`);
  const heldBack = second.roundIds[1] ?? '';
  await db.execute(sql`update round set decision = 'hold', metrics = jsonb_set(metrics, '{valInterval}', '[0.95, 1]')
    where id = ${heldBack}`);
  expect((await findBestRound(db, { projectId }))?.id).toBe(best);
  expect((await findMapRound(db, { projectId }))?.id).not.toBe(best);

  await db.delete(reviewItem).where(eq(reviewItem.projectId, projectId));
  const [newest] = await db.select().from(round).where(eq(round.id, heldBack));
  const runId = newest?.runId ?? '';
  const rows = await execute(
    db,
    sql`
    select id from image where project_id = ${projectId} and split = 'pool' and consensus_state = 'none'
    order by id limit 7`,
    { id: text },
  );
  const [asked, held, audit, kept, , , picked] = rows.map(({ id }) => id);
  const item = (imageId: string | undefined, more: object) => ({
    projectId,
    runId,
    roundId: heldBack,
    imageId: imageId ?? '',
    reason: 'uncertain' as const,
    ...more,
  });
  await db
    .insert(reviewItem)
    .values([
      item(asked, {}),
      item(held, { heldBy: memberId, heldUntil: new Date(Date.now() + 60_000) }),
      item(audit, { reason: 'audit' }),
      item(kept, { roundId: best }),
      item(picked, { priority: 2 }),
    ]);
  await refillReview(db, { projectId, runId, limit: 8 });
  const open = await db
    .select()
    .from(reviewItem)
    .where(and(eq(reviewItem.projectId, projectId), eq(reviewItem.status, 'open')));
  const ids = open.map(({ imageId }) => imageId);
  expect(ids).toEqual(expect.arrayContaining([held, audit, kept]));
  expect(open.filter(({ roundId }) => roundId === best)).toHaveLength(8);
  expect(new Set(ids).size).toBe(ids.length);
  const guesses = open.filter(({ roundId, reason }) => roundId === best && reason === 'uncertain');
  expect(guesses.every(({ confidence, imageId }) => imageId === kept || confidence !== null)).toBe(true);
  const closed = await db.$count(reviewItem, and(eq(reviewItem.projectId, projectId), eq(reviewItem.status, 'closed')));
  expect(closed).toBe(1);
  await refillReview(db, { projectId, runId, limit: 8 });
  expect(await db.$count(reviewItem, eq(reviewItem.projectId, projectId))).toBe(open.length + closed);
});

it('FEATURE-9 asks doubts far apart by the features of the project where the round keeps no embeddings', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'lead' });
  const { id: projectId } = await createProject(db, { organizationId, classes: ['ape', 'bee'] });
  await createImages(db, { projectId, count: 100 });
  await createImages(db, { projectId, count: 40, split: 'validation', name: 'held' });
  const { roundIds } = await createFinishedRun(db, { projectId, memberId, seed: 3 });
  const roundId = roundIds[1] ?? '';
  await db.delete(reviewItem).where(eq(reviewItem.projectId, projectId));
  await db.execute(sql`delete from embedding_shard where round_id = ${roundId}`);
  const doubts = await listUncertain(db, { roundId, limit: 20 });
  expect(doubts).toHaveLength(20);
  const plain = await listUncertainApart(db, { projectId, roundId, limit: 4 });
  expect(plain).toEqual(doubts.slice(0, 4));

  // The ten surest to be asked are one picture; the others lie apart.
  await openFeatureSets(db);
  await cutShards(db);
  const [shard] = await db
    .select({ id: featureShard.id, setId: featureShard.setId, imageIds: featureShard.imageIds })
    .from(featureShard)
    .innerJoin(featureSet, and(eq(featureSet.id, featureShard.setId), eq(featureSet.projectId, projectId)));
  const imageIds = unpackIds(shard?.imageIds ?? new Uint8Array());
  const rank = new Map(doubts.map(({ imageId }, at) => [imageId, at]));
  await finishShard(db, {
    shardId: shard?.id ?? '',
    setId: shard?.setId ?? '',
    imageIds,
    width: 1,
    features: new Uint8Array(2 * imageIds.length),
    embeddings: Int8Array.from({ length: imageIds.length * EMBEDDING_BYTES }, (_, at) => {
      const own = rank.get(imageIds[Math.floor(at / EMBEDDING_BYTES)] ?? '') ?? 0;
      return own >= 10 && at % EMBEDDING_BYTES === own ? 100 : 0;
    }),
    places: new Float32Array(2 * imageIds.length),
    centre: new Int8Array(EMBEDDING_BYTES),
    compression: new Uint8Array(8),
    taps: null,
  });
  const apart = await listUncertainApart(db, { projectId, roundId, limit: 4 });
  expect(apart[0]).toEqual(doubts[0]);
  for (const { imageId } of apart.slice(1)) expect(rank.get(imageId)).toBeGreaterThanOrEqual(10);
  const without = await listUncertainApart(db, {
    projectId,
    roundId,
    limit: 4,
    except: new Set([doubts[0]?.imageId ?? '']),
  });
  expect(without.map(({ imageId }) => imageId)).not.toContain(doubts[0]?.imageId);
});
