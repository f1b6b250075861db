import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_CLASS, NO_TAG, unpackMap } from '#core/round/point-map.ts';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { openFeatureSets } from '#db/queries/image/feature-set.ts';
import { cutShards, finishShard } from '#db/queries/image/feature-shard.ts';
import { storeFit, storeGuesses } from '#db/queries/labeling/live-teacher.ts';
import { unpackIds } from '#db/packed-embeddings.ts';
import { featureShard, image, liveSuspect } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { NO_FIGURES } from '#db/seed/live-teacher-factory.ts';
import { createTestServices } from './testing/services.ts';
import type { TestServices } from './testing/services.ts';

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let lead: Person;
let anna: Person;
let projectId = '';
let classIds: string[] = [];
/** The pool in the order of its places: image n lies at (n, −n). */
let pool: string[] = [];
let held: string[] = [];

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  lead = await createMember(db, { organizationId, role: 'lead' });
  anna = await createMember(db, { organizationId, role: 'annotator' });
  const project = await createProject(db, { organizationId, classes: ['cat', 'dog'], settings: { guess: 'after' } });
  projectId = project.id;
  classIds = project.classes.map(({ id }) => id);
  pool = await createImages(db, { projectId, count: 12 });
  held = await createImages(db, { projectId, count: 4, split: 'validation', name: 'v' });
  const place = new Map([...pool, ...held].map((id, at) => [id, at]));
  await openFeatureSets(db);
  await cutShards(db);
  const [shard] = await db.select().from(featureShard);
  const imageIds = unpackIds(shard?.imageIds ?? new Uint8Array());
  await finishShard(db, {
    shardId: shard?.id ?? '',
    setId: shard?.setId ?? '',
    imageIds,
    width: 1,
    features: new Uint8Array(2 * imageIds.length),
    embeddings: Int8Array.from({ length: imageIds.length * EMBEDDING_BYTES }, (_, at) => {
      const own = place.get(imageIds[Math.floor(at / EMBEDDING_BYTES)] ?? '') ?? 0;
      return at % EMBEDDING_BYTES === 0 ? own : at % EMBEDDING_BYTES === 1 ? -own : 0;
    }),
    places: Float32Array.from(imageIds.flatMap((id) => [place.get(id) ?? 0, -(place.get(id) ?? 0)])),
    centre: new Int8Array(EMBEDDING_BYTES),
    compression: new Uint8Array(8),
    taps: null,
  });
  await storeFit(db, {
    projectId,
    setId: shard?.setId ?? '',
    classIds: [...classIds].reverse(),
    labels: 4,
    seen: '',
    order: 'model',
    ranks: [],
    figures: { ...NO_FIGURES, pool: { value: 0.9, low: 0.8, high: 1 } },
    seconds: 1,
    suspects: [],
  });
  // By its own order of classes the second is the first of the project.
  await storeGuesses(db, projectId, {
    imageIds: pool,
    classIndex: pool.map(() => 1),
    confidence: pool.map(() => 0.8),
  });
  const [settled = ''] = pool;
  await test.as(lead).label.adjudicate({
    projectId,
    id: randomUUID(),
    imageId: settled,
    classId: classIds[1] ?? '',
  });
});
afterAll(() => test.close());

const mapOf = async (who: Person) => {
  const seen = await test.as(who).gallery.map({ projectId });
  if (!seen) throw new Error('no map');
  const map = unpackMap(seen.map);
  /** By place, which tells the image. */
  const points = Array.from(map.x, (x, at) => ({
    at: Math.round(x),
    classIndex: map.classIndex[at],
    labeled: map.labeled[at],
    opens: map.opens[at],
    sure: Math.round((map.confidence[at] ?? 0) * 10),
  }));
  return { seen, points: points.sort((a, b) => a.at - b.at) };
};

describe('FEATURE-7 the map of the pool before any run', () => {
  it('has each pool image at its place, by people’s class or else by the guess; open validation has none', async () => {
    const { seen, points } = await mapOf(lead);
    expect(seen).toMatchObject({ backbone: null, classIds, map: { count: 12 } });
    expect(points.map(({ at }) => at)).toEqual(pool.map((_, at) => at));
    expect(points[0]).toMatchObject({ classIndex: 1, labeled: 1, opens: 1, sure: 0 });
    for (const point of points.slice(1)) expect(point).toMatchObject({ classIndex: 0, labeled: 0, opens: 1, sure: 8 });
    expect(await test.as(lead).gallery.mapImage({ projectId, x: 7.2, y: -7 })).toMatchObject({ imageId: pool[7] });
    // Beyond the pool lie only validation images, which no place leads to.
    expect(await test.as(lead).gallery.mapImage({ projectId, x: 14, y: -14 })).toMatchObject({ imageId: pool[11] });
  });

  it('lies where the rounded embeddings say for shards from before places were kept', async () => {
    const [row] = await test.services.db.select().from(featureShard);
    const set = (places: Uint8Array | null) =>
      test.services.db
        .update(featureShard)
        .set({ places })
        .where(eq(featureShard.id, row?.id ?? ''));
    const before = await mapOf(lead);
    await set(null);
    expect((await mapOf(lead)).points).toEqual(before.points);
    await set(row?.places ?? null);
  });

  it('MAP-1 names the images of points that open, with tags and doubts, and settled ones held out', async () => {
    const [, tagged = '', doubted = ''] = pool;
    const { db } = test.services;
    await test.as(lead).gallery.change({
      projectId,
      strokeId: randomUUID(),
      change: { kind: 'tag', tag: 'night' },
      target: { kind: 'images', imageIds: [tagged] },
    });
    const [given = '', suggested = ''] = classIds;
    await test.as(lead).label.adjudicate({ projectId, id: randomUUID(), imageId: doubted, classId: given });
    await db.insert(liveSuspect).values({
      projectId,
      imageId: doubted,
      givenClassId: given,
      suggestedClassId: suggested,
      confidence: 0.9,
      margin: 0.8,
    });
    const settled = held[0] ?? '';
    await test.as(lead).label.adjudicate({ projectId, id: randomUUID(), imageId: settled, classId: given });
    const { seen } = await mapOf(lead);
    const map = unpackMap(seen.map);
    expect([seen.tags, map.count]).toEqual([['night'], 13]);
    const facts = (imageId: string) => {
      const point = map.pointOf(imageId);
      return [map.tag[point], map.suspect[point], map.split[point], map.labeled[point]];
    };
    expect(facts(tagged)).toEqual([0, 0, 0, 0]);
    expect(facts(doubted)).toEqual([NO_TAG, 1, 0, 1]);
    expect(facts(settled)).toEqual([NO_TAG, 0, 1, 1]);
    // What an open page asks for by and by is the same.
    const { points } = await test.as(lead).gallery.mapPoints({ projectId, imageIds: [doubted, tagged, settled] });
    expect(points).toHaveLength(3);
    for (const one of points)
      expect([one.tag, Number(one.suspect), Number(one.labeled)]).toEqual(facts(one.imageId).toSpliced(2, 1));
    // Who is no lead hears no name, tag or doubt of a point that does not open, and nothing held out.
    const others = await mapOf(anna);
    const hers = unpackMap(others.seen.map);
    expect(hers.count).toBe(12);
    expect([...hers.suspect]).not.toContain(1);
    expect([...hers.tag].every((tag) => tag === NO_TAG)).toBe(true);
    expect(Array.from(hers.opens, (open, point) => open === 0 && hers.imageIdOf(point) !== null)).not.toContain(true);
    const asked = await test.as(anna).gallery.mapPoints({ projectId, imageIds: [tagged, settled] });
    expect(asked.points).toEqual([]);
    await db.delete(liveSuspect);
    await db.update(image).set({ consensusState: 'none', consensusClassIds: null }).where(eq(image.id, settled));
    await db.update(image).set({ consensusState: 'none', consensusClassIds: null }).where(eq(image.id, doubted));
  });

  it('MAP-5 gives a lead a grid of the open ones that they picked, in their order', async () => {
    const picked = [pool[9] ?? '', pool[0] ?? '', pool[7] ?? '', held[1] ?? ''];
    const by = { kind: 'images' as const, imageIds: picked };
    const { images } = await test.as(lead).label.claimGrid({ projectId, count: 10, by });
    expect(images.map(({ id }) => id)).toEqual([pool[9], pool[7]]);
    await test.as(lead).label.release({ projectId });
    await expect(test.as(anna).label.claimGrid({ projectId, count: 10, by })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('REVIEW-6 REVIEW-8 tells who is no lead no guess early, nor opens what they may not hear of', async () => {
    const told = async () =>
      (await mapOf(anna)).points.filter(({ classIndex }) => classIndex !== NO_CLASS).map(({ at }) => at);
    const opening = async () => (await mapOf(anna)).points.filter(({ opens }) => opens === 1).map(({ at }) => at);
    expect([await told(), await opening()]).toEqual([[0], [0]]);
    expect((await mapOf(anna)).points.slice(1).every(({ sure }) => sure === 0)).toBe(true);
    expect(await test.as(anna).gallery.mapImage({ projectId, x: 5, y: -5 })).toBeNull();
    expect(await test.as(anna).gallery.mapImage({ projectId, x: 0, y: 0 })).toMatchObject({ imageId: pool[0] });
    await test.as(anna).label.submit({
      projectId,
      annotations: [
        { id: randomUUID(), imageId: pool[5] ?? '', kind: 'decide', classId: classIds[0] ?? '', token: null },
      ],
    });
    expect(await opening()).toEqual([0, 5]);
    await test.as(lead).project.update({ projectId, settings: { guess: 'never' } });
    expect(await opening()).toEqual([]);
    await test.as(lead).project.update({ projectId, settings: { guess: 'after' } });
  });

  it('ACCESS-10 tells nothing of a check answer', async () => {
    await test.services.db.execute(sql`update image set gold_class_id = ${classIds[1]} where id = ${pool[0]}`);
    expect((await mapOf(anna)).points[0]).toMatchObject({ classIndex: NO_CLASS, labeled: 0, opens: 0 });
    expect(await test.as(anna).gallery.mapImage({ projectId, x: 0, y: 0 })).toBeNull();
    expect((await mapOf(lead)).points[0]).toMatchObject({ classIndex: 1, opens: 1 });
  });
});
