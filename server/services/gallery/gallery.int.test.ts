import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { execute, text } from '#db/execute.ts';

let test: TestServices;
let projectId: string;
let classes: string[];
let ids: string[];
let lead: Awaited<ReturnType<typeof createMember>>;
let anna: typeof lead;

beforeAll(async () => {
  test = await createTestServices();
  const organizationId = await createOrganization(test.services.db);
  lead = await createMember(test.services.db, { organizationId, role: 'lead' });
  anna = await createMember(test.services.db, { organizationId, role: 'annotator' });
  const project = await createProject(test.services.db, { organizationId, classes: ['cat', 'dog', 'elk'] });
  projectId = project.id;
  classes = project.classes.map((item) => item.id);
  ids = await createImages(test.services.db, { projectId, count: 150 });
  await createImages(test.services.db, { projectId, count: 20, split: 'validation' });
  await createFinishedRun(test.services.db, { projectId, memberId: lead.memberId, labelsPerClass: 5 });
});
afterAll(() => test.close());

type Input = Omit<Parameters<ReturnType<TestServices['as']>['gallery']['list']>[0], 'projectId' | 'cursor'>;

/** Every image of a filter, page by page. */
const all = async (input: Input = {}, who = lead) => {
  const images = [];
  let cursor: { id: string; confidence: number | null } | null = null;
  for (let page = 0; page < 50; page += 1) {
    const answer: Awaited<ReturnType<ReturnType<TestServices['as']>['gallery']['list']>> = await test
      .as(who)
      .gallery.list({ projectId, limit: 17, ...input, cursor });
    images.push(...answer.images);
    if (answer.nextCursor === null) return images;
    cursor = answer.nextCursor;
  }
  throw new Error('the pages never end');
};
const countRows = async (where: ReturnType<typeof sql>) =>
  Number(
    (
      await execute(
        test.services.db,
        sql`select count(*) as n from image i where i.project_id = ${projectId} and ${where}`,
        { n: text },
      )
    )[0]?.n,
  );

describe('the gallery', () => {
  it('shows every image once, page by page, whatever the order', async () => {
    const steady = await all();
    expect(new Set(steady.map((row) => row.id)).size).toBe(170);
    for (const order of ['sure-first', 'unsure-first'] as const) {
      const rows = await all({ order });
      expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
      const confidences = rows.map((row) => row.confidence ?? -1);
      expect(confidences).toEqual([...confidences].sort((a, b) => (order === 'sure-first' ? b - a : a - b)));
    }
  });

  it('FORMAT-35 says what the final model of the newest finished run says, whatever has begun since', async () => {
    const { db } = test.services;
    const { id } = await createProject(db, { organizationId: lead.organizationId, classes: ['cat', 'dog'] });
    await createImages(db, { projectId: id, count: 40 });
    await createImages(db, { projectId: id, count: 20, split: 'validation' });
    const finished = await createFinishedRun(db, { projectId: id, memberId: lead.memberId });
    await createFinishedRun(db, {
      projectId: id,
      memberId: lead.memberId,
      status: 'waiting-review',
      plan: [{ index: 0, role: 'teacher', model: 'xs', accuracy: 0.5 }],
    });
    expect((await test.as(lead).gallery.list({ projectId: id, limit: 5, cursor: null })).roundId).toBe(
      finished.roundIds[3],
    );
  });

  it.each([
    ['class', () => ({ classId: classes[0] }), () => sql`i.consensus_class_id = ${classes[0]}`],
    ['split', () => ({ split: 'validation' as const }), () => sql`i.split = 'validation'`],
    ['people', () => ({ source: 'human' as const }), () => sql`i.consensus_state in ('agreed', 'adjudicated')`],
    ['state', () => ({ state: 'none' as const }), () => sql`i.consensus_state = 'none'`],
    [
      'member',
      () => ({ memberId: lead.memberId }),
      () => sql`exists (select 1 from annotation a where a.image_id = i.id and a.member_id = ${lead.memberId})`,
    ],
    ['flagged', () => ({ flagged: true }), () => sql`i.flagged`],
  ])('filters by %s as the rows say', async (_name, filter, where) => {
    await test.as(anna).gallery.flag({ projectId, imageIds: ids.slice(0, 7), flagged: true });
    const rows = await all(filter());
    expect(rows.length).toBe(await countRows(where()));
    expect(rows.length).toBeGreaterThan(0);
  });

  it('filters by what a round says', async () => {
    const rows = await all({ predictedClassId: classes[1] ?? '', confidenceFrom: 0.3, confidenceTo: 0.9 });
    expect(rows.length).toBeGreaterThan(0);
    expect(
      rows.every(
        (row) =>
          row.predictedClassId === classes[1] && (row.confidence ?? 0) >= 0.299 && (row.confidence ?? 1) <= 0.901,
      ),
    ).toBe(true);
    const pseudo = await all({ source: 'pseudo' });
    expect(pseudo.length).toBeGreaterThan(0);
    expect(pseudo.every((row) => row.pseudoClassId !== null && row.state !== 'agreed')).toBe(true);
  });

  it('answers many in one stroke and takes exactly them back', async () => {
    const rows = await execute(
      test.services.db,
      sql`
      select id from image i where project_id = ${projectId} and not exists (select 1 from annotation a
        where a.image_id = i.id) order by id limit 30`,
      { id: text },
    );
    const decisions = rows.map((row) => ({ id: randomUUID(), imageId: row.id }));
    const before = (await test.as(lead).label.progress({ projectId })).labeled;
    await test.as(lead).gallery.decide({ projectId, decisions, classId: classes[2] ?? '' });
    expect(
      (await all({ classId: classes[2] ?? '' })).filter((row) => decisions.some((item) => item.imageId === row.id)),
    ).toHaveLength(30);
    await test
      .as(lead)
      .gallery.undo({ projectId, undos: decisions.map((item) => ({ id: randomUUID(), annotationId: item.id })) });
    expect((await test.as(lead).label.progress({ projectId })).labeled).toBe(before);
  });

  it('tells the whole history of an image', async () => {
    const imageId = ids[140] ?? '';
    const id = randomUUID();
    await test.as(anna).label.submit({
      projectId,
      annotations: [{ id, imageId, kind: 'decide', classId: classes[0] ?? '', token: null }],
    });
    await test.as(anna).label.undo({ projectId, id: randomUUID(), annotationId: id });
    await test.as(anna).comment.create({ projectId, id: randomUUID(), imageId, body: 'Look at the tail' });
    const told = await test.as(lead).gallery.image({ projectId, imageId });
    expect(told.history.map((row) => row.kind)).toContain('undo');
    expect(told.predictions?.length).toBeGreaterThan(1);
    expect(told.comments).toMatchObject([{ body: 'Look at the tail' }]);
  });
});

describe('an annotator', () => {
  it(
    'ACCESS-10 ACCESS-16 sees no check answer, finds no check item, and what colleagues said only after ' + 'answering',
    async () => {
      const { db } = test.services;
      const { organizationId } = lead;
      const bert = await createMember(db, { organizationId, role: 'annotator' });
      const {
        id,
        classes: [cat],
      } = await createProject(db, { organizationId, settings: { overlap: 2 } });
      const [shared = '', gold = ''] = await createImages(db, { projectId: id, count: 2 });
      const classId = cat?.id ?? '';
      await test.as(lead).quality.setGold({ projectId: id, id: randomUUID(), imageId: gold, classId });
      const answer = (who: typeof anna) =>
        test.as(who).label.submit({
          projectId: id,
          annotations: [{ id: randomUUID(), imageId: shared, kind: 'decide', classId, token: null }],
        });
      await answer(bert);
      const found = async (who: typeof anna, filter: object) =>
        (await test.as(who).gallery.list({ projectId: id, ...filter })).images;
      for (const filter of [
        { classId },
        { state: 'partial' as const },
        { state: 'adjudicated' as const },
        { memberId: bert.memberId },
        { source: 'human' as const },
      ])
        expect(await found(anna, filter)).toEqual([]);
      // Gold is no filter of theirs, neither its own nor by what "no answer yet" would leave out.
      for (const gold of [true, false]) await expect(found(anna, { gold })).rejects.toThrow(/cannot pick gold/);
      for (const filter of [{}, { state: 'none' as const }, { source: 'none' as const }])
        expect((await found(anna, filter)).map((row) => row.id).sort()).toEqual([shared, gold].sort());
      expect((await found(lead, { gold: true })).map((row) => row.id)).toEqual([gold]);
      expect(await found(lead, { state: 'none' as const })).toEqual([]);
      for (const row of await found(anna, {}))
        expect(row).toMatchObject({ classId: null, state: 'none', answerCount: 0, goldClassId: null });
      for (const imageId of [shared, gold]) {
        expect(await test.as(anna).gallery.image({ projectId: id, imageId })).toMatchObject({
          history: [],
          image: { consensusClassId: null, consensusState: 'none', goldClassId: null },
        });
        expect(await test.as(anna).label.history({ projectId: id, imageId })).toEqual([]);
        expect((await test.as(lead).gallery.image({ projectId: id, imageId })).history).toHaveLength(1);
      }
      expect((await found(lead, {})).map((row) => row.state).sort()).toEqual(['adjudicated', 'partial']);
      await answer(anna);
      expect((await test.as(anna).gallery.image({ projectId: id, imageId: shared })).history).toHaveLength(2);
      expect(await found(anna, { classId })).toMatchObject([{ id: shared, state: 'agreed' }]);
    },
  );

  it('IMAGE-7 finds no open validation image by what a model says of it', async () => {
    const [open = ''] = await createImages(test.services.db, {
      projectId,
      count: 1,
      split: 'validation',
      name: 'open',
    });
    await test.services.db.execute(sql`
      insert into prediction (round_id, image_id, probabilities, class_index, confidence)
      select distinct on (round_id) round_id, ${open}::uuid, probabilities, class_index, confidence from prediction
        order by round_id, image_id`);
    const has = async (filter: Input): Promise<boolean> => (await all(filter)).some((row) => row.id === open);
    expect(await has({})).toBe(true);
    expect([
      await has({ order: 'unsure-first' }),
      await has({ order: 'sure-first' }),
      await has({ confidenceFrom: 0 }),
    ]).toEqual([false, false, false]);
    expect((await all({ order: 'sure-first', split: 'validation' })).length).toBeGreaterThan(0);
  });
});

describe('a grid', () => {
  it('LEASE-1 leases what the newest round takes for one class, the surest first, to one member only', async () => {
    await test.as(lead).project.update({ projectId, settings: { guess: 'before', hiddenGuessShare: 0 } });
    const by = { kind: 'class' as const, classId: classes[0] ?? '' };
    const first = await test.as(anna).label.claimGrid({ projectId, count: 10, by });
    const second = await test.as(lead).label.claimGrid({ projectId, count: 10, by });
    expect(first.images.length).toBeGreaterThan(0);
    const taken = first.images.map((row) => row.id);
    expect(second.images.filter((row) => taken.includes(row.id))).toEqual([]);
    const sure = new Map(
      (await all({ predictedClassId: classes[0] ?? '' })).map((row) => [row.id, row.confidence ?? 0]),
    );
    const confidences = taken.map((imageId) => sure.get(imageId) ?? -1);
    expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
    expect(Math.min(...confidences)).toBeGreaterThan(0);
  });
});
