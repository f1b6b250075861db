import { createHash } from 'node:crypto';
import { and, eq, or, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
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
import { listPairs, listUncompared } from '#db/queries/image/feature-pair.ts';
import { listSimilar } from '#db/queries/image/similar.ts';
import { floatsOf, signed } from '#db/packed-embeddings.ts';
import { findEmbeddingSource } from '#db/queries/round/map-round.ts';
import { backbone, featurePair, featureSet, featureShard, image, imageFeature } from '#db/schema/index.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { embedShard } from './embed-shard.ts';
import type { EmbedContext } from './embed-shard.ts';
import { openFeatures } from './open-features.ts';
import type { FeatureReader } from './open-features.ts';
import { pairFeatures } from './pair-features.ts';
import { sortFeatures } from './sort-features.ts';
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
    for (const shardId of await listQueuedShards(bench.db, 10))
      await failShard(bench.db, shardId, { message: 'Because.', said: null });
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

  it('FEATURE-7 keeps the place of each image on the map, also when embeddings are fitted anew', async () => {
    const project = await makeProject(7);
    await embedAll();
    const set = await findFeatureSet(bench.db, project.projectId);
    const read = async () => {
      const rows = await bench.db
        .select()
        .from(featureShard)
        .where(eq(featureShard.setId, set?.id ?? ''));
      return rows.flatMap(({ places, embeddings, images }) => {
        const own = floatsOf(places ?? new Uint8Array());
        expect(own).toHaveLength(2 * images);
        const bytes = signed(embeddings ?? new Uint8Array());
        return [...own].map((value, at) => ({
          value,
          byte: bytes[(at >> 1) * EMBEDDING_BYTES + (at & 1)] ?? 0,
        }));
      });
    };
    const before = await read();
    for (const { value, byte } of before) expect(Math.abs(value - byte)).toBeLessThanOrEqual(0.5001);
    expect(new Set(before.map(({ value }) => value)).size).toBeGreaterThan(before.length / 2);
    expect(await sortFeatures(bench.db, set?.id ?? '', () => true)).toBe(true);
    for (const { value, byte } of await read()) expect(Math.abs(value - byte)).toBeLessThanOrEqual(0.5001);
  });

  it('FEATURE-8 lists what is nearly the same once all is embedded, and again after more', async () => {
    const project = await makeProject(9);
    const { projectId } = project;
    const copy = async (imageId: string, name: string, split: 'pool' | 'test'): Promise<string> => {
      const [row] = await bench.db.select().from(image).where(eq(image.id, imageId));
      const key = imageKey(projectId, row?.contentHash ?? '');
      const { data, info } = await sharp(await bench.blobs.get(key))
        .modulate({ brightness: 1.01 })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const contentHash = createHash('sha256').update(data).digest('hex');
      const { width, height } = info;
      await bench.blobs.put(
        imageKey(projectId, contentHash),
        await sharp(data, { raw: { width, height, channels: 3 } })
          .webp({ lossless: true })
          .toBuffer(),
      );
      const [made] = await insertImages(bench.db, [
        { projectId, contentHash, fileName: name, width: 16, height: 16, channels: 3, bytes: 1, split },
      ]);
      return made?.id ?? '';
    };
    const oneShard = async (of: string) =>
      (await bench.db.select().from(featureShard).where(eq(featureShard.setId, of)))
        .map(({ id }) => id)
        .toSorted()[0] ?? '';
    const [first = '', second = ''] = project.ids.pool;
    const [held = ''] = project.ids.validation;
    const twin = await copy(first, 'twin.png', 'pool');
    const leak = await copy(second, 'leak.png', 'test');
    const both = await copy(held, 'held.png', 'test');
    await openFeatureSets(bench.db);
    await cutShards(bench.db);
    const setId = (await bench.db.select().from(featureSet).where(eq(featureSet.projectId, projectId)))[0]?.id ?? '';
    expect(await pairFeatures(bench.db, setId)).toBe(false);
    expect(await listUncompared(bench.db)).not.toContain(await oneShard(setId));
    await embedAll();
    // Whoever embedded the last shard may have died before this: the sweep finds it.
    expect(await listUncompared(bench.db)).toContain(await oneShard(setId));
    expect(await pairFeatures(bench.db, setId)).toBe(true);
    expect(await listUncompared(bench.db)).not.toContain(await oneShard(setId));
    expect(await pairFeatures(bench.db, setId)).toBe(false);
    const listed = async () =>
      (await listPairs(bench.db, { setId, after: null, limit: 50 })).map((pair) => [pair.image.id, pair.twin.id]);
    const pairs = await listed();
    expect(pairs).toContainEqual([first, twin].sort());
    expect(pairs).toContainEqual([second, leak]);
    // Neither of validation nor of test is anything to put aside.
    expect(pairs.flat()).not.toContain(both);
    await bench.db.execute(sql`update image set split = 'out' where id = ${twin}`);
    expect((await listed()).flat()).not.toContain(twin);
    // What is put aside takes no other pair's place, also when they are sought anew.
    const later = await copy(project.ids.pool[2] ?? '', 'later.png', 'pool');
    await embedAll();
    expect(await pairFeatures(bench.db, setId)).toBe(true);
    expect((await listed()).flat()).toContain(later);
    expect(
      await bench.db.$count(
        featurePair,
        and(eq(featurePair.setId, setId), or(eq(featurePair.imageId, twin), eq(featurePair.twinId, twin))),
      ),
    ).toBe(0);
    // Page by page every pair comes once.
    const [top] = await listPairs(bench.db, { setId, after: null, limit: 1 });
    const after = { distance: top?.distance ?? 0, imageId: top?.image.id ?? '', twinId: top?.twin.id ?? '' };
    const rest = await listPairs(bench.db, { setId, after, limit: 50 });
    expect([[top?.image.id, top?.twin.id], ...rest.map((pair) => [pair.image.id, pair.twin.id])]).toEqual(
      await listed(),
    );
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
