import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackMap } from '#core/round/point-map.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createLiveTeacher } from '#db/seed/live-teacher-factory.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { appRouter } from './trpc/router.ts';
import { ASK } from './testing/queries.ts';
import type { Places } from './testing/queries.ts';
import { createTestServices } from './testing/services.ts';
import type { TestServices } from './testing/services.ts';
import { execute, executeOne, text } from '#db/execute.ts';

/** Every image whose guess must stay unseen is scored with this, so that any answer that carries it is a leak. */
const MARK = 0.7654321;

/** Their answers to a lead carry the mark: what this file guards. */
const TELLING = [
  'compare.changed',
  'gallery.image',
  'gallery.list',
  'gallery.mapPoints',
  'insight.items',
  'review.reveal',
  'round.cell',
  'round.flips',
  'round.image',
  'round.mapImage',
  'round.mistakes',
  'run.samplePrediction',
];

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let organizationId: string;
let lead: Person;
let anna: Person;
let bert: Person;
let at: Places;
/**
 * Nobody has answered it; a review item asks about it; only Bert has answered it, by an item; a check in the pool; a
 * check in validation that the model gets wrong.
 */
let open = '';
let waiting = '';
let half = '';
let check = '';
let wrong = '';
const marked = () => [open, waiting, half, check, wrong];

/** The question about this image, where it is about one or some. */
const aboutImage = (path: string, imageId: string): object => {
  const asked = ASK[path]?.(at) ?? {};
  return 'imageId' in asked ? { imageId } : 'imageIds' in asked ? { imageIds: [imageId] } : {};
};

const setGuess = (settings: { guess: 'before' | 'after' | 'never'; hiddenGuessShare?: number }) =>
  test.as(lead).project.update({ projectId: at.projectId, settings });
const answer = (who: Person, imageId: string, reviewItemId: string | null = null) =>
  test.as(who).label.submit({
    projectId: at.projectId,
    annotations: [
      { id: randomUUID(), imageId, kind: 'decide', classId: at.classIds[0] ?? '', token: null, reviewItemId },
    ],
  });

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  organizationId = await createOrganization(db);
  lead = await createMember(db, { organizationId, role: 'lead' });
  anna = await createMember(db, { organizationId, role: 'annotator' });
  bert = await createMember(db, { organizationId, role: 'annotator' });
  const project = await createProject(db, {
    organizationId,
    classes: ['cat', 'dog', 'elk'],
    settings: { overlap: 2, guess: 'after' },
  });
  await createImages(db, { projectId: project.id, count: 60 });
  await createImages(db, { projectId: project.id, count: 30, split: 'validation' });
  const run = await createFinishedRun(db, { projectId: project.id, memberId: lead.memberId, labelsPerClass: 3 });
  const [teacher = '', student = '', , second = ''] = run.roundIds;
  const unanswered = sql`
    select i.id from image i where i.project_id = ${project.id} and i.split = 'pool' and i.judgment_count = 0
      and not exists (select 1 from annotation a where a.image_id = i.id) and not exists (select 1 from review_item r
        where r.image_id = i.id) order by i.id`;
  const rows = await execute(db, unanswered, { id: text });
  [open = '', waiting = '', half = '', check = ''] = rows.map((row) => row.id);
  const held = sql`select id from image where project_id = ${project.id} and split = 'validation' order by id limit 1`;
  wrong = (await executeOne(db, held, { id: text }))?.id ?? '';
  at = {
    projectId: project.id,
    runId: run.runId,
    roundId: second,
    otherRoundId: student,
    imageId: open,
    itemId: '',
    classIds: run.classIds,
  };
  const ids = sql`${sql.param(marked())}::uuid[]`;
  // Surest of all but for the test of `samplePrediction`; moved between the rounds; each at a place of its own on the
  // map.
  await db.execute(sql`update prediction set confidence = ${MARK}, class_index = case when round_id = ${second} then 1
    else 0 end, map_x = 100, map_y = 100,
    probabilities = case when round_id = ${second} then array[0.1, ${MARK}, 0.1345679]::real[]
      else array[${MARK}, 0.1, 0.1345679]::real[] end where image_id = any(${ids})`);
  await db.execute(sql`update prediction set confidence = 0.9 where image_id <> all(${ids}) and round_id = ${second}`);
  for (const imageId of [check, wrong])
    await ask(lead, 'quality.setGold', { id: randomUUID(), imageId, classId: run.classIds[0] ?? '' });
  const asked = sql`
    insert into review_item (project_id, run_id, round_id, image_id, reason, guess_class_id, confidence, priority)
    select ${project.id}, ${run.runId}, ${teacher}, x, 'uncertain', ${run.classIds[1]}, ${MARK}, 2
      from unnest(array[${waiting}, ${half}]::uuid[]) as x returning id, image_id as "imageId"`;
  const items = await execute(db, asked, { id: text, imageId: text });
  at.itemId = items.find((row) => row.imageId === half)?.id ?? '';
  await answer(bert, half, at.itemId);
});
afterAll(() => test.close());

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
const ask = (who: Person, path: string, input: object = {}): Promise<unknown> =>
  (
    path.split('.').reduce<unknown>((here, key) => (here as Record<string, unknown>)[key], test.as(who)) as (
      input: unknown,
    ) => Promise<unknown>
  )({ projectId: at.projectId, ...ASK[path]?.(at), ...input });
/** What an answer tells, as text; a refusal tells nothing. */
const hear = async (who: Person, path: string, input: object = {}): Promise<string> =>
  JSON.stringify(await ask(who, path, input).catch(() => null)) ?? '';
const tells = (text: string, path: string): boolean =>
  text.includes(String(MARK)) &&
  (marked().some((id) => text.includes(id)) ||
    ['imageId', 'itemId', 'x'].some((key) => key in (ASK[path]?.(at) ?? {})));
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    (error: { code?: string }) => error.code ?? 'UNKNOWN',
  );

describe('REVIEW-6 what a model says of an image', () => {
  it('is asked here by every query about a project', () => {
    const queries = Object.keys(procedures).filter(
      (path) => procedures[path]?._def.type === 'query' && !/^(people|webhook|trainer)\.|^project\.list$/u.test(path),
    );
    expect(Object.keys(ASK).sort()).toEqual(queries.sort());
  });

  it.each(TELLING)('comes to a lead by %s', async (path) => {
    expect(tells(await hear(lead, path), path)).toBe(true);
  });

  it.each(Object.keys(ASK))('does not come to an annotator who may still be asked by %s', async (path) => {
    for (const imageId of marked()) expect(tells(await hear(anna, path, aboutImage(path, imageId)), path)).toBe(false);
  });

  it('comes by no claim', async () => {
    const hands = [
      await ask(anna, 'label.claim', { count: 20 }),
      await ask(anna, 'review.claim', { count: 20 }),
      await ask(bert, 'label.claimGrid', { count: 20, by: { kind: 'similar', imageId: half } }),
    ];
    expect(JSON.stringify(hands)).not.toContain(String(MARK));
    await ask(anna, 'label.release');
    await ask(anna, 'review.release');
    await ask(bert, 'label.release');
  });

  it('TEACHER-7 of the live teacher comes to a lead, and to nobody who may still be asked', async () => {
    const { db } = test.services;
    await createLiveTeacher(db, {
      projectId: at.projectId,
      classIds: at.classIds,
      guesses: marked().map((imageId) => ({ imageId, classIndex: 1, confidence: MARK })),
    });
    expect(await hear(lead, 'gallery.list', { roundId: 'live' })).toContain(String(MARK));
    for (const path of Object.keys(ASK))
      expect(tells(await hear(anna, path, path === 'gallery.list' ? { roundId: 'live' } : {}), path)).toBe(false);
    for (const filter of [{ predictedClassId: at.classIds[1] }, { confidenceFrom: 0.5 }, { order: 'sure-first' }])
      expect(await codeOf(ask(anna, 'gallery.list', { roundId: 'live', ...filter }))).toBe('FORBIDDEN');
    expect(await hear(lead, 'gallery.list', { roundId: 'live', order: 'sure-first' })).not.toContain(wrong);
  });

  it('is nothing that an annotator finds, sorts or picks images by', async () => {
    for (const filter of [
      { predictedClassId: at.classIds[1] },
      { confidenceFrom: 0.5 },
      { confidenceTo: 0.9 },
      { source: 'pseudo' },
      { order: 'sure-first' },
      { order: 'unsure-first' },
    ]) {
      expect(await codeOf(ask(anna, 'gallery.list', filter))).toBe('FORBIDDEN');
      expect(await codeOf(ask(lead, 'gallery.list', filter))).toBe('OK');
    }
    // "No answer yet" must not leave out what has a pseudo-label.
    await test.services.db.execute(
      sql`insert into pseudo_label (round_id, image_id, class_index, confidence)
        values (${at.roundId}, ${open}, 1, ${MARK}) on conflict do nothing`,
    );
    expect(await hear(anna, 'gallery.list', { source: 'none' })).toContain(open);
    expect(await hear(lead, 'gallery.list', { source: 'none' })).not.toContain(open);
  });

  it(
    'fills a grid of one class only where the settings show it before the answer, and without the hidden ' + 'share',
    async () => {
      const grid = {
        by: { kind: 'class' as const, classId: at.classIds[1] ?? '' },
        count: 60,
        projectId: at.projectId,
      };
      expect(await codeOf(test.as(anna).label.claimGrid(grid))).toBe('FORBIDDEN');
      const claimed = async (who: Person) => {
        const { images } = await test.as(who).label.claimGrid(grid);
        await ask(who, 'label.release');
        return images.map(({ id }) => id);
      };
      expect(await claimed(lead)).toContain(waiting);
      await setGuess({ guess: 'before', hiddenGuessShare: 1 });
      const shown = await claimed(anna);
      expect(shown).toContain(open);
      expect(shown).not.toContain(waiting);
      await setGuess({ guess: 'before', hiddenGuessShare: 0 });
      expect(await claimed(anna)).toContain(waiting);
      await setGuess({ guess: 'after' });
    },
  );

  it('stays unseen on an item as long as another open one of the image belongs to the hidden share', async () => {
    await setGuess({ guess: 'before', hiddenGuessShare: 0 });
    const claim = async () =>
      (await test.as(anna).review.claim({ projectId: at.projectId, count: 30 })).items.find(
        (item) => item.imageId === waiting,
      );
    expect((await claim())?.guess?.confidence).toBeCloseTo(MARK);
    await test.services.db.execute(
      sql`insert into review_item (project_id, run_id, round_id, image_id, reason, priority)
        values (${at.projectId}, ${at.runId}, ${at.roundId}, ${waiting}, 'suspect-label', 0)`,
    );
    expect((await claim())?.guess).toBeNull();
    await test.services.db.execute(
      sql`delete from review_item where image_id = ${waiting} and reason = 'suspect-label'`,
    );
    await ask(anna, 'review.release');
    await setGuess({ guess: 'after' });
  });

  it(
    'PAGE-16 comes with one’s own answer, goes when that is taken back or an item asks again, and is never seen ' +
      'where the settings say so',
    async () => {
      const seen = async () => [
        tells(await hear(anna, 'gallery.image'), 'gallery.image'),
        tells(await hear(anna, 'round.image'), 'round.image'),
        (await hear(anna, 'gallery.list')).includes(String(MARK)),
        (await hear(anna, 'label.guesses', { imageIds: [open] })).includes(String(MARK)),
      ];
      expect(await seen()).toEqual([false, false, false, false]);
      const id = randomUUID();
      await test.as(anna).label.submit({
        projectId: at.projectId,
        annotations: [{ id, imageId: open, kind: 'decide', classId: at.classIds[0] ?? '', token: null }],
      });
      expect(await seen()).toEqual([true, true, true, true]);
      await test.services.db.execute(
        sql`insert into review_item (project_id, run_id, round_id, image_id, reason, priority)
        values (${at.projectId}, ${at.runId}, ${at.roundId}, ${open}, 'suspect-label', 0)`,
      );
      expect(await seen()).toEqual([false, false, false, false]);
      await test.services.db.execute(sql`update review_item set status = 'closed' where image_id = ${open}`);
      expect(await seen()).toEqual([true, true, true, true]);
      await setGuess({ guess: 'never' });
      expect(await seen()).toEqual([false, false, false, false]);
      expect(tells(await hear(lead, 'gallery.image'), 'gallery.image')).toBe(true);
      await setGuess({ guess: 'after' });
      await test.as(anna).label.undo({ projectId: at.projectId, id: randomUUID(), annotationId: id });
      expect(await seen()).toEqual([false, false, false, false]);
    },
  );
});

describe('REVIEW-8 a point of the map', () => {
  it('opens where opening it tells its image: settled ones and one’s own, all of them for a lead', async () => {
    const mapOf = async (who: Person) =>
      unpackMap((await test.as(who).round.map({ projectId: at.projectId, roundId: at.roundId })).map);
    const count = (map: Awaited<ReturnType<typeof mapOf>>, isMarked: boolean) =>
      map.opens.filter((opens, index) => opens === 1 && (map.x[index] ?? 0) > 90 === isMarked).length;
    const listed = await test
      .as(anna)
      .gallery.list({ projectId: at.projectId, roundId: at.roundId, split: 'pool', limit: 200 });
    const told = listed.images.filter(({ predictedClassId }) => predictedClassId !== null).length;
    expect(told).toBeGreaterThan(0);
    const map = await mapOf(anna);
    expect([count(map, false), count(map, true)]).toEqual([told, 0]);
    expect(count(await mapOf(lead), true)).toBe(4);
    expect(count(await mapOf(lead), false)).toBe(map.count - 4);
    const id = randomUUID();
    await test.as(anna).label.submit({
      projectId: at.projectId,
      annotations: [{ id, imageId: open, kind: 'decide', classId: at.classIds[0] ?? '', token: null }],
    });
    expect(count(await mapOf(anna), true)).toBe(1);
    await test.as(anna).label.undo({ projectId: at.projectId, id: randomUUID(), annotationId: id });
    await setGuess({ guess: 'never' });
    expect((await mapOf(anna)).opens.every((opens) => opens === 0)).toBe(true);
    await setGuess({ guess: 'after' });
  });
});

describe('ACCESS-10 what colleagues said', () => {
  it('does not come with similar images or with review items before one’s own answer', async () => {
    for (const [path, input] of [
      ['review.similar', { limit: 60 }],
      ['insight.items', { reason: 'uncertain' }],
    ] as const) {
      const of = async (who: Person) =>
        (
          (await ask(who, path, input)) as { imageId: string; classId?: string | null; answerClassId?: string | null }[]
        ).find((row) => row.imageId === half);
      expect(await of(lead)).toMatchObject(
        path === 'review.similar' ? { classId: at.classIds[0], state: 'partial' } : { answerClassId: at.classIds[0] },
      );
      expect(await of(anna)).toMatchObject(
        path === 'review.similar' ? { classId: null, state: 'none' } : { answerClassId: null },
      );
    }
  });
});
