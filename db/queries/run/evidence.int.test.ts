import { afterAll, beforeAll, expect, it } from 'vitest';
import { backbone, featureSet, featureShard } from '../../schema/index.ts';
import { createOrganization, createProject } from '../../seed/factories.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { listEmbedRates, listHeldFeatures } from './evidence.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

it('CHAIN-9 measures what a backbone embeds by whole shards, from when each could begin', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { id: projectId } = await createProject(db, { organizationId, classes: ['ape'] });
  const [body] = await db
    .insert(backbone)
    .values({ organizationId, name: 'net', blobKey: 'k', sha256: '0', bytes: 1, inputSize: 224 })
    .returning({ id: backbone.id });
  const backboneId = body?.id ?? '';
  const [set] = await db
    .insert(featureSet)
    .values({ projectId, backboneId, side: 224, width: 8 })
    .returning({ id: featureSet.id });
  const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  const shard = (images: number, createdAt: number, doneAt: number) => ({
    setId: set?.id ?? '',
    status: 'done' as const,
    images,
    imageIds: Buffer.alloc(0),
    createdAt: at(createdAt),
    doneAt: at(doneAt),
  });
  const rateOf = async () => (await listEmbedRates(db, organizationId)).get(backboneId);
  // The first one holds the start of its process, and tells no pace.
  await db.insert(featureShard).values(shard(256, 0, 20));
  expect(await rateOf()).toBeUndefined();
  // The last images of an import came half a minute later, four of them: that is no pace either.
  await db.insert(featureShard).values(shard(4, 48, 50));
  expect(await rateOf()).toBeUndefined();
  // Cut at second 60, when the one before was long done: 8 seconds for 256 images, not 18.
  await db.insert(featureShard).values(shard(256, 60, 68));
  expect(await rateOf()).toEqual({ rate: 32, side: 224 });

  // None of these kept its features; one that does and one that waits follow.
  expect(await listHeldFeatures(db, projectId)).toEqual([]);
  const features = Buffer.alloc(2);
  await db.insert(featureShard).values([
    { ...shard(100, 70, 72), features },
    { ...shard(50, 70, 73), features },
    { ...shard(9, 70, 73), status: 'queued' },
  ]);
  expect(await listHeldFeatures(db, projectId)).toEqual([{ backboneId, side: 224, images: 150 }]);
});
