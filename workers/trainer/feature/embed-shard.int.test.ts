import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageKey } from '#core/image/media.ts';
import {
  deleteReplacedSets,
  findFeatureSet,
  listFeatureProgress,
  openFeatureSets,
} from '#db/queries/image/feature-set.ts';
import {
  cutShards,
  failShard,
  listQueuedShards,
  readFeatures,
  readFeaturesOf,
  retryShards,
} from '#db/queries/image/feature-shard.ts';
import { insertImages } from '#db/queries/image/image.ts';
import { listSimilar } from '#db/queries/image/similar.ts';
import { findEmbeddingSource } from '#db/queries/round/map-round.ts';
import { backbone, featureShard, image, imageFeature } from '#db/schema/index.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { embedShard } from './embed-shard.ts';
import type { EmbedContext } from './embed-shard.ts';
import { openFeatures } from './open-features.ts';
import type { FeatureReader } from './open-features.ts';
import { sweepFeatures } from './sweep-features.ts';

let bench: TrainerBench;
let context: EmbedContext;
const readers = new Map<string, Promise<FeatureReader>>();

beforeAll(async () => {
  bench = await openTrainerBench();
  context = {
    db: bench.db,
    blobs: bench.blobs,
    readerOf: (set) => {
      const reader =
        readers.get(set.id) ??
        openFeatures({ db: bench.db, blobs: bench.blobs, openEngine: () => openEngine('wasm', { threads: 1 }) }, set);
      readers.set(set.id, reader);
      return reader;
    },
  };
});
afterAll(() => bench.close());

const makeProject = (perClass = 6) =>
  createDrawnProject(bench.db, bench.blobs, {
    perClass: { pool: perClass, validation: 2, test: 1 },
    labeledPerClass: 2,
    seed: perClass,
  });

/** Embeds everything that waits, by two trainers at once. */
async function embedAll(): Promise<void> {
  for (;;) {
    const shards = await sweepFeatures(bench.db);
    if (shards.length === 0) return;
    for (const id of shards) await Promise.all([embedShard(context, id), embedShard(context, id)]);
  }
}

const embedded = async (setId: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { imageIds } of readFeatures(bench.db, setId)) ids.push(...imageIds);
  return ids.sort();
};

describe('embedding images as they arrive', () => {
  it('FEATURE-1 gives every image its features once, later ones too, however many trainers take a shard', async () => {
    const project = await makeProject();
    await embedAll();
    const set = await findFeatureSet(bench.db, project.projectId);
    expect(set).toMatchObject({ backboneId: null, ready: true });
    const all = Object.values({ ...project.ids, labeled: [] }).flat();
    expect(await embedded(set?.id ?? '')).toEqual([...all].sort());

    await bench.db.delete(image).where(eq(image.id, all[0] ?? ''));
    const [row] = await bench.db
      .select()
      .from(image)
      .where(eq(image.id, all[1] ?? ''));
    await bench.db.delete(image).where(eq(image.id, all[1] ?? ''));
    const { contentHash = '' } = row ?? {};
    const [again] = await insertImages(bench.db, [
      {
        projectId: project.projectId,
        contentHash,
        fileName: 'again.png',
        width: 16,
        height: 16,
        channels: 3,
        bytes: 1,
      },
    ]);
    await embedAll();
    const { imageIds } = await readFeaturesOf(bench.db, {
      setId: set?.id ?? '',
      width: set?.width ?? 0,
      imageIds: [again?.id ?? '', all[0] ?? '', all[2] ?? ''],
    });
    expect(imageIds).toEqual([again?.id, all[2]]);
  });

  it('FEATURE-1 stores a shard whole or not at all: a trainer that dies half way leaves it queued', async () => {
    const project = await makeProject(5);
    await openFeatureSets(bench.db);
    await cutShards(bench.db);
    const [shardId = ''] = await listQueuedShards(bench.db, 1);
    const dying: EmbedContext = {
      ...context,
      readerOf: async (set) => ({ ...(await context.readerOf(set)), read: () => Promise.reject(new Error('killed')) }),
    };
    await expect(embedShard(dying, shardId)).rejects.toThrow('killed');
    expect(await listQueuedShards(bench.db, 1)).toEqual([shardId]);
    expect(await findFeatureSet(bench.db, project.projectId)).toBeNull();
    await embedAll();
    expect((await listFeatureProgress(bench.db, project.projectId))[0]).toMatchObject({
      done: 24,
      total: 24,
      used: true,
    });
  });

  it('FEATURE-6 says why a shard failed and tries it again; an unreadable image alone is passed over', async () => {
    const project = await makeProject(4);
    const [broken = ''] = project.ids.pool;
    const [row] = await bench.db.select().from(image).where(eq(image.id, broken));
    await bench.blobs.put(imageKey(project.projectId, row?.contentHash ?? ''), Buffer.from('no image'));
    await openFeatureSets(bench.db);
    await cutShards(bench.db);
    for (const shardId of await listQueuedShards(bench.db, 10)) await failShard(bench.db, shardId, 'Because.');
    expect((await listFeatureProgress(bench.db, project.projectId))[0]).toMatchObject({ message: 'Because.' });
    expect(await retryShards(bench.db, project.projectId)).toBe(1);
    await embedAll();
    const set = await findFeatureSet(bench.db, project.projectId);
    expect(set).toMatchObject({ ready: true });
    const ids = await embedded(set?.id ?? '');
    expect(ids).not.toContain(broken);
    expect(ids).toHaveLength(20);
  });

  it('FEATURE-3 FEATURE-4 a new backbone embeds anew while the features before stay in use; they go then', async () => {
    const project = await makeProject(3);
    await embedAll();
    const before = await findFeatureSet(bench.db, project.projectId);
    const backboneId = await createDrawnBackbone(bench.db, bench.blobs, project.organizationId, { side: 32 });
    await openFeatureSets(bench.db);
    await cutShards(bench.db);
    await deleteReplacedSets(bench.db);
    expect(await findFeatureSet(bench.db, project.projectId)).toEqual(before);
    await embedAll();
    const after = await findFeatureSet(bench.db, project.projectId);
    expect(after).toMatchObject({ backboneId, side: 32, ready: true });
    expect(await listFeatureProgress(bench.db, project.projectId)).toHaveLength(1);
    const { rows } = await bench.db.execute(sql`
      select 1 from feature_shard where set_id = ${before?.id} union all select 1 from image_feature
        where set_id = ${before?.id}
      union all select 1 from feature_cell where set_id = ${before?.id}`);
    expect(rows).toEqual([]);

    await bench.db.delete(backbone).where(eq(backbone.id, backboneId));
    expect(
      await bench.db
        .select()
        .from(featureShard)
        .where(eq(featureShard.setId, after?.id ?? '')),
    ).toEqual([]);
    expect(
      await bench.db
        .select()
        .from(imageFeature)
        .where(eq(imageFeature.setId, after?.id ?? '')),
    ).toEqual([]);
  });

  it('FEATURE-5 finds similar images before any round: stripes of one direction first', async () => {
    const project = await makeProject(12);
    await embedAll();
    const source = await findEmbeddingSource(bench.db, project);
    expect(source).toHaveProperty('setId');
    const [asked = ''] = project.ids.pool;
    const found = await listSimilar(bench.db, {
      projectId: project.projectId,
      source: source ?? { setId: '' },
      imageId: asked,
      openOnly: false,
      limit: 8,
      blind: null,
    });
    expect(found).toHaveLength(8);
    const same = found.filter(({ imageId }) => project.truth.get(imageId) === project.truth.get(asked));
    expect(same.length).toBeGreaterThanOrEqual(6);
  });
});
