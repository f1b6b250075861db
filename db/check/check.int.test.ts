import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { imageKey, originalKey, thumbnailKey } from '#core/image/media.ts';
import { openBlobStore } from '../blobs/index.ts';
import type { BlobStore } from '../blobs/types.ts';
import { claimLeases } from '../queries/labeling/lease.ts';
import { insertAnnotations } from '../queries/labeling/annotation.ts';
import { refreshConsensus } from '../queries/labeling/consensus.ts';
import { backbone, image } from '../schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '../seed/factories.ts';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { checkHashedBlobs, checkImageBlobs } from './check-blobs.ts';
import type { BlobTools } from './check-blobs.ts';
import { checkAnnotations, checkConsensus, checkCounters, checkLeases } from './check-rows.ts';

let test: TestDatabase;
let folder = '';
let blobs: BlobStore;
beforeAll(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pupil-check-'));
  blobs = await openBlobStore({ folder, s3: null });
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

const WHOLE = Buffer.from('whole');
const tools: BlobTools = {
  deep: false,
  repair: false,
  thumbnailSide: 192,
  decode: async (bytes) => {
    if (!bytes.equals(WHOLE)) throw new Error('damaged');
  },
  makeThumbnail: async () => WHOLE,
};
const rows = async (repair = false) =>
  (
    await Promise.all([checkLeases(test.db, repair), checkConsensus(test.db, repair), checkCounters(test.db, repair)])
  ).map(({ count }) => count);
const files = async (more: Partial<BlobTools> = {}) =>
  [
    ...(await checkImageBlobs({ db: test.db, blobs }, { ...tools, ...more })),
    await checkHashedBlobs({ db: test.db, blobs }, { ...tools, ...more }),
  ].map(({ count }) => count);

it('OPS-46 finds nothing in what stands, finds what does not, and mends what follows from other rows', async () => {
  const { db } = test;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'owner' });
  const { id: projectId, classes } = await createProject(db, { organizationId, classes: ['cat', 'dog'] });
  const [first = '', second = '', third = ''] = await createImages(db, { projectId, count: 10 });
  await claimLeases(db, { projectId, memberId, count: 3, seconds: 60 });
  await insertAnnotations(db, [
    {
      id: randomUUID(),
      projectId,
      imageId: first,
      memberId,
      kind: 'decide',
      classIds: [classes[0]?.id ?? ''],
      source: 'label',
    },
  ]);
  await refreshConsensus(db, { projectId, imageIds: [first] });
  expect(await rows()).toEqual([0, 0, 0]);
  await db.execute(sql`update image set lease_count = 7 where id in (${second}, ${third})`);
  await db.execute(sql`update image set consensus_state = 'none', consensus_class_ids = null where id = ${first}`);
  await db.execute(sql`update project_counter set images = images + 1 where project_id = ${projectId}`);
  expect(await rows()).toEqual([2, 1, 1]);
  await checkLeases(db, true);
  await checkConsensus(db, true);
  await checkCounters(db, true);
  expect(await rows()).toEqual([0, 0, 0]);
  const [row] = await db.select().from(image).where(eq(image.id, first));
  expect(row).toMatchObject({ consensusState: 'agreed', consensusClassId: classes[0]?.id });

  expect((await checkAnnotations(db)).count).toBe(0);
  await insertAnnotations(db, [
    {
      id: randomUUID(),
      projectId,
      imageId: first,
      memberId,
      kind: 'undo',
      source: 'label',
      undoesId: randomUUID(),
    },
  ]);
  expect((await checkAnnotations(db)).count).toBe(1);
});

it('OPS-46 names files that are lost, cut or damaged, and makes thumbnails anew', async () => {
  const { db } = test;
  await db.execute(sql`update image set bytes = ${WHOLE.length}, width = 400, height = 300`);
  const images = await db.select().from(image);
  for (const { projectId, contentHash } of images) {
    await blobs.put(imageKey(projectId, contentHash), WHOLE);
    await blobs.put(thumbnailKey(projectId, contentHash), WHOLE);
  }
  const organizationId = await createOrganization(db);
  const sha256 = createHash('sha256').update(WHOLE).digest('hex');
  const facts = { organizationId, name: 'b', blobKey: 'backbones/b.zip', sha256, bytes: WHOLE.length, inputSize: 8 };
  await db.insert(backbone).values(facts);
  await blobs.put(facts.blobKey, WHOLE);
  const [whose] = images;
  const original = originalKey(whose?.projectId ?? '', sha256);
  await db
    .update(image)
    .set({ originalSha256: sha256, originalBytes: WHOLE.length })
    .where(eq(image.id, whose?.id ?? ''));
  expect(await files()).toEqual([0, 0, 1, 0, 0]);
  await blobs.put(original, WHOLE);
  expect(await files({ deep: true })).toEqual([0, 0, 0, 0, 0]);
  await blobs.put(original, Buffer.from('wholf'));

  const [lost, cut, flipped, bare] = images.map(({ projectId, contentHash }) => ({
    full: imageKey(projectId, contentHash),
    small: thumbnailKey(projectId, contentHash),
  }));
  await blobs.delete(lost?.full ?? '');
  await blobs.put(cut?.full ?? '', WHOLE.subarray(1));
  await blobs.put(flipped?.full ?? '', Buffer.from('wholf'));
  await blobs.put(facts.blobKey, Buffer.from('wholf'));
  await blobs.delete(bare?.small ?? '');
  expect(await files()).toEqual([1, 1, 0, 1, 0]);
  expect(await files({ deep: true, repair: true })).toEqual([1, 2, 1, 1, 1]);
  expect(await files({ deep: true })).toEqual([1, 2, 1, 0, 1]);
  // Of a deleted project the files go first: rows that still wait for it are no fault.
  await db.execute(sql`update project set status = 'deleted'`);
  expect(await files({ deep: true })).toEqual([0, 0, 0, 0, 1]);
});
