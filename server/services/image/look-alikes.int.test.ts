import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Split } from '#core/project/project.ts';
import { createRandom } from '#core/math/random.ts';
import { listCandidates } from '#db/queries/image/likeness.ts';
import { listAnsweredImages } from '#db/queries/round/training-image.ts';
import { image, prediction, reviewItem } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile } from '../import/import-images.ts';
import { execute, number, text } from '#db/execute.ts';

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
beforeAll(async () => {
  test = await createTestServices();
  lead = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'lead',
  });
});
afterAll(() => test.close());

/**
 * Scenes differ everywhere; takes of one scene are what a camera or another program makes of it: a little lighter,
 * saved again, cropped by a pixel.
 */
async function shoot(scene: number, take: number): Promise<Buffer> {
  const random = createRandom(`scene ${scene}`);
  const coarse = Buffer.from(Array.from({ length: 6 * 6 * 3 }, () => 30 + random.below(190)));
  const view = await sharp(coarse, { raw: { width: 6, height: 6, channels: 3 } })
    .resize({ width: 96, height: 96, kernel: 'cubic' })
    .raw()
    .toBuffer();
  const lit = view.map((value) => Math.min(255, value + (take % 4)));
  return sharp(lit, { raw: { width: 96, height: 96, channels: 3 } })
    .jpeg({ quality: 96 - (take % 5) * 4 })
    .toBuffer();
}

type Shot = [scene: number, take: number, split?: Split];
const nameOf = (scene: number, take: number) => `${scene}-${take}.jpg`;

async function* files(shots: readonly Shot[]): AsyncGenerator<ImportFile> {
  for (const [scene, take, split = null] of shots)
    yield { name: nameOf(scene, take), bytes: await shoot(scene, take), className: `class ${scene % 2}`, split };
}

const make = (shares = { validationShare: 0, testShare: 0 }) =>
  createProject(test.services.db, { organizationId: lead.organizationId, classes: [], settings: shares });
type Project = Awaited<ReturnType<typeof make>>;

async function take(project: Project, shots: readonly Shot[]): Promise<void> {
  const { id: importId } = await test.as(lead).image.startImport({ projectId: project.id, name: 'shots', total: null });
  await importImages(
    test.services,
    { importId, projectId: project.id, memberId: lead.memberId, seed: 5, settings: project.settings },
    files(shots),
  );
}

const splitsOf = async (project: Project): Promise<Map<string, Split>> =>
  new Map(
    (await test.services.db.select().from(image).where(eq(image.projectId, project.id))).map((row) => [
      row.fileName,
      row.split,
    ]),
  );
const counts = async (project: Project) => (await test.as(lead).image.lookAlikeCounts({ projectId: project.id })).alike;
const pairs = async (project: Project) =>
  (await test.as(lead).image.lookAlikes({ projectId: project.id })).pairs
    .map((pair) => [pair.image.fileName, pair.twin.fileName])
    .sort();
const times = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('splits drawn at import', () => {
  it(
    'IMAGE-4 keep the takes of one scene together, whichever import they come with, and still have their ' + 'shares',
    async () => {
      const project = await make({ validationShare: 0.25, testShare: 0.25 });
      const scenes = times(60);
      await take(
        project,
        scenes.flatMap((scene): Shot[] => [
          [scene, 0],
          [scene, 1],
        ]),
      );
      await take(
        project,
        scenes.map((scene): Shot => [scene, 2]),
      );
      const splits = await splitsOf(project);
      expect(splits.size).toBe(180);
      for (const scene of scenes)
        expect(new Set([0, 1, 2].map((one) => splits.get(nameOf(scene, one)))).size, `scene ${scene}`).toBe(1);
      for (const split of ['validation', 'test'] as const) {
        const share = scenes.filter((scene) => splits.get(nameOf(scene, 0)) === split).length / scenes.length;
        expect(share).toBeGreaterThan(0.1);
        expect(share).toBeLessThan(0.45);
      }
      expect(await counts(project)).toEqual({ validation: 0, test: 0, pool: 0 });
    },
  );

  it('IMAGE-4 keep them together also when they come at the same moment', async () => {
    const project = await make({ validationShare: 0.4, testShare: 0.3 });
    await Promise.all(
      times(4).map((one) =>
        take(
          project,
          times(8).map((scene): Shot => [scene, one]),
        ),
      ),
    );
    const splits = await splitsOf(project);
    for (const scene of times(8))
      expect(new Set(times(4).map((one) => splits.get(nameOf(scene, one)))).size, `scene ${scene}`).toBe(1);
  });

  it('IMAGE-4 spread many of one kind over the splits, eight at a time', async () => {
    const project = await make({ validationShare: 0.3, testShare: 0.3 });
    const { db } = test.services;
    await take(
      project,
      times(20).map((one): Shot => [900, one]),
    );
    await take(
      project,
      times(20).map((one): Shot => [900, one + 20]),
    );
    const rows = await execute(
      db,
      sql`
      select count(*)::int as size from image_likeness where project_id = ${project.id}
        group by coalesce(followed, image_id)`,
      { size: number },
    );
    expect(Math.max(...rows.map(({ size }) => size))).toBe(8);
    expect(new Set((await splitsOf(project)).values()).size).toBeGreaterThan(1);
  });

  it('IMAGE-4 IMAGE-11 images without structure are drawn one by one', async () => {
    const project = await make({ validationShare: 0.3, testShare: 0.3 });
    const { id: importId } = await test
      .as(lead)
      .image.startImport({ projectId: project.id, name: 'even', total: null });
    await importImages(
      test.services,
      { importId, projectId: project.id, memberId: lead.memberId, seed: 5, settings: project.settings },
      (async function* even(): AsyncGenerator<ImportFile> {
        for (const shade of times(40))
          yield {
            name: `${shade}.png`,
            className: null,
            split: null,
            bytes: await sharp({
              create: { width: 20, height: 20, channels: 3, background: { r: shade, g: shade, b: shade } },
            })
              .png()
              .toBuffer(),
          };
      })(),
    );
    expect(new Set((await splitsOf(project)).values()).size).toBe(3);
    expect(
      (await test.services.db.execute(sql`select 1 from image_likeness where project_id = ${project.id}`)).rows,
    ).toEqual([]);
  });
});

describe('splits that folders name', () => {
  it.each(['one import', 'test first', 'pool first'])(
    'IMAGE-12 tell what looks alike across them, %s, and stay',
    async (order) => {
      const project = await make();
      const learned: Shot[] = times(30).map((scene) => [scene, 0, 'pool']);
      const measured: Shot[] = [
        [3, 1, 'test'],
        [4, 2, 'test'],
        [5, 3, 'validation'],
        [100, 0, 'test'],
        [101, 0, 'validation'],
      ];
      for (const part of order === 'one import'
        ? [[...learned, ...measured]]
        : order === 'test first'
          ? [measured, learned]
          : [learned, measured])
        await take(project, part);
      expect(await counts(project)).toEqual({ validation: 1, test: 2, pool: 3 });
      expect(await pairs(project)).toEqual([
        ['3-1.jpg', '3-0.jpg'],
        ['4-2.jpg', '4-0.jpg'],
        ['5-3.jpg', '5-0.jpg'],
      ]);
      const splits = await splitsOf(project);
      expect([splits.get('3-0.jpg'), splits.get('3-1.jpg'), splits.get('5-3.jpg')]).toEqual([
        'pool',
        'test',
        'validation',
      ]);
    },
  );

  it('IMAGE-12 pages through the pairs, each once', async () => {
    const project = await make();
    await take(
      project,
      times(7).flatMap((scene): Shot[] => [
        [scene, 0, 'pool'],
        [scene, 1, 'test'],
      ]),
    );
    const seen: string[] = [];
    let cursor: { imageId: string; twinId: string } | null = null;
    do {
      const page: Awaited<ReturnType<ReturnType<TestServices['as']>['image']['lookAlikes']>> = await test
        .as(lead)
        .image.lookAlikes({ projectId: project.id, cursor, limit: 3 });
      seen.push(...page.pairs.map((pair) => pair.image.fileName));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.sort()).toEqual(times(7).map((scene) => nameOf(scene, 1)));
  });

  it('IMAGE-11 looks at what is close, not at the project, before the planner has counted anything', async () => {
    const { db } = test.services;
    const project = await make();
    await db.execute(sql`alter table image_likeness set (autovacuum_enabled = false)`);
    await db.execute(sql`
      with made as (insert into image (project_id, content_hash, file_name, width, height, channels, bytes)
        select ${project.id}, 'made ' || n, 'made', 1, 1, 3, 1 from generate_series(1, 20000) n returning id)
      insert into image_likeness (image_id, project_id, hash, gray) select id, ${project.id},
        ('x' || substr(md5(id::text), 1, 16))::bit(64)::bigint, '\\x00' from made`);
    const read = await db.transaction(async (tx) => {
      const rowsRead = async () =>
        (
          await execute(
            tx,
            sql`select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
              where relname in ('image', 'image_likeness')`,
            { read: number },
          )
        )[0]?.read ?? 0;
      const before = await rowsRead();
      const rows = await execute(
        tx,
        sql`select hash::text from image_likeness where project_id = ${project.id} order by hash limit 1`,
        { hash: text },
      );
      const between = await rowsRead();
      expect(
        (await listCandidates(tx, { projectId: project.id, hashes: [BigInt(rows[0]?.hash ?? 0), 12345n, null] })).map(
          (found) => found.length,
        ),
      ).toEqual([1, 0, 0]);
      return { all: between - before, looked: (await rowsRead()) - between };
    });
    expect(read.all).toBeGreaterThanOrEqual(20_000);
    expect(read.looked).toBeLessThan(200);
  });
});

describe('moving look-alikes', () => {
  const idOf = async (project: Project, fileName: string): Promise<string> =>
    (
      await test.services.db
        .select({ id: image.id })
        .from(image)
        .where(and(eq(image.projectId, project.id), eq(image.fileName, fileName)))
    )[0]?.id ?? '';

  it(
    'IMAGE-13 puts the pool’s twins beside what they look like, finds what looks like those, and takes exactly that ' +
      'back',
    async () => {
      const project = await make();
      await take(project, [
        ...times(12).map((scene): Shot => [scene, 0, 'pool']),
        [0, 1, 'test'],
        [1, 1, 'validation'],
        [1, 2, 'test'],
        [2, 1, 'test'],
      ]);
      const before = await splitsOf(project);
      const one = randomUUID();
      expect(
        await test
          .as(lead)
          .image.moveLookAlikes({ projectId: project.id, id: one, imageIds: [await idOf(project, '2-0.jpg')] }),
      ).toEqual({ moved: 1 });
      const all = randomUUID();
      expect(await test.as(lead).image.moveLookAlikes({ projectId: project.id, id: all })).toEqual({ moved: 2 });
      const after = await splitsOf(project);
      expect([0, 1, 2, 3].map((scene) => after.get(nameOf(scene, 0)))).toEqual(['test', 'test', 'test', 'pool']);
      expect(await counts(project)).toEqual({ validation: 0, test: 0, pool: 0 });
      expect(await test.as(lead).image.returnLookAlikes({ projectId: project.id, id: all })).toEqual({ returned: 2 });
      expect(await pairs(project)).toEqual([
        ['0-1.jpg', '0-0.jpg'],
        ['1-1.jpg', '1-0.jpg'],
        ['1-2.jpg', '1-0.jpg'],
      ]);
      expect(await test.as(lead).image.returnLookAlikes({ projectId: project.id, id: one })).toEqual({ returned: 1 });
      expect(await splitsOf(project)).toEqual(before);
      expect(
        (
          await test.as(lead).image.moveLookAlikes({
            projectId: project.id,
            id: randomUUID(),
            imageIds: [await idOf(project, '9-0.jpg')],
          })
        ).moved,
      ).toBe(0);
    },
  );

  it('IMAGE-13 what was moved is compared with the pool in its turn', async () => {
    const project = await make();
    await take(
      project,
      times(5).map((one): Shot => [0, one, 'pool']),
    );
    await take(project, [[0, 6, 'test']]);
    const move = async () =>
      (await test.as(lead).image.moveLookAlikes({ projectId: project.id, id: randomUUID() })).moved;
    expect([await move(), await move(), await move()]).toEqual([3, 2, 0]);
    expect(await counts(project)).toEqual({ validation: 0, test: 0, pool: 0 });
  });

  it(
    'IMAGE-7 IMAGE-13 RUN-37 forgets what models said and asked, and never measures a run by what it has learned ' +
      'from',
    async () => {
      const { db } = test.services;
      const project = await make();
      await take(project, [
        ...times(40).map((scene): Shot => [scene, 0, 'pool']),
        ...times(10).map((scene): Shot => [scene, 1, 'validation']),
      ]);
      const run = await createFinishedRun(db, {
        projectId: project.id,
        memberId: lead.memberId,
        labelsPerClass: 12,
        status: 'training',
      });
      const move = () => test.as(lead).image.moveLookAlikes({ projectId: project.id, id: randomUUID() });
      await expect(move()).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(/^A run is training/) as string,
      });
      await test.as(lead).run.control({ projectId: project.id, runId: run.runId, command: 'pause' });
      const twin = await idOf(project, '0-0.jpg');
      await db.insert(reviewItem).values({
        projectId: project.id,
        runId: run.runId,
        roundId: run.roundIds[1] ?? '',
        imageId: twin,
        reason: 'uncertain',
      });
      const measured = async (runId: string) =>
        (await listAnsweredImages(db, { projectId: project.id, runId, split: 'validation', classIds: run.classIds }))
          .length;
      expect(await measured(run.runId)).toBe(10);
      expect((await move()).moved).toBe(10);
      expect(await db.select().from(prediction).where(eq(prediction.imageId, twin))).toEqual([]);
      expect(
        await db
          .select({ status: reviewItem.status })
          .from(reviewItem)
          .where(and(eq(reviewItem.imageId, twin), eq(reviewItem.status, 'open'))),
      ).toEqual([]);
      const similar = (
        await test
          .as(lead)
          .review.similar({ projectId: project.id, imageId: await idOf(project, '30-0.jpg'), limit: 60 })
      ).map((row) => row.fileName);
      expect(similar).toHaveLength(29);
      expect(similar).not.toContain('0-0.jpg');
      const [learned] = await execute(
        db,
        sql`
      select count(distinct i.id)::int as n from image i join round_label l on l.image_id = i.id
        where i.project_id = ${project.id} and i.split = 'validation'`,
        { n: number },
      );
      expect(learned?.n).toBeGreaterThan(0);
      expect(await measured(run.runId)).toBe(10);
      expect(await measured(randomUUID())).toBe(20);
    },
  );
});
