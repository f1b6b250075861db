import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectSettings } from '#core/project/project.ts';
import { foldCounters } from '#db/queries/labeling/counter.ts';
import { orderQueue } from '#db/queries/labeling/priority.ts';
import { image, projectCounter } from '#db/schema/index.ts';
import { createImages, createMember, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { createTeam } from '../../testing/team.ts';
import type { Person } from '../../testing/team.ts';
import { execute, nullable, number, text, truth } from '#db/execute.ts';

let test: TestServices;
let organizationId: string;
let anna: Person;
let bert: Person;
let lead: Person;
let projectId: string;
let classes: string[];

beforeAll(async () => {
  test = await createTestServices();
  ({ organizationId, anna, bert, lead } = await createTeam(test.services.db, 'owner'));
});
afterAll(() => test.close());

const open = async (count: number, settings: Partial<ProjectSettings> = {}) => {
  const project = await createProject(test.services.db, { organizationId, classes: ['cat', 'dog'], settings });
  projectId = project.id;
  classes = project.classes.map((item) => item.id);
  return createImages(test.services.db, { projectId, count });
};
const decide = (member: Person, imageId: string, classIndex: number, token: number | null = null) =>
  test.as(member).label.submit({
    projectId,
    annotations: [{ id: randomUUID(), imageId, kind: 'decide', classId: classes[classIndex] ?? null, token }],
  });
const progress = () => test.as(anna).label.progress({ projectId });

describe('gold', () => {
  it(
    'ANNOTATION-10 pauses who gets too many wrong, gives back what they held, and a lead lets them go ' + 'on',
    async () => {
      const ids = await open(30, { goldShare: 0.5, goldPauseBelow: 0.7 });
      for (const imageId of ids.slice(0, 8))
        await test.as(lead).quality.setGold({ projectId, id: randomUUID(), imageId, classId: classes[0] ?? null });
      const { images } = await test.as(anna).label.claim({ projectId, count: 12 });
      const gold = images.filter((row) => ids.slice(0, 8).includes(row.id));
      expect(gold.length).toBeGreaterThanOrEqual(5);
      expect(images.every((row) => row.token !== null)).toBe(true);
      for (const row of gold.slice(0, 5)) await decide(anna, row.id, 1);
      const after = await test.as(anna).label.claim({ projectId, count: 12 });
      expect(after).toMatchObject({ images: [], end: { reason: 'paused' } });
      expect(
        await test.services.db.$count(image, sql`${image.projectId} = ${projectId} and ${image.leaseCount} > 0`),
      ).toBe(0);
      expect((await test.as(bert).label.claim({ projectId, count: 4 })).images.length).toBeGreaterThan(0);
      await test.as(lead).quality.pause({ projectId, memberId: anna.memberId, paused: false });
      expect((await test.as(anna).label.claim({ projectId, count: 4 })).images.length).toBeGreaterThan(0);
    },
  );

  it('ANNOTATION-10 leaves alone who gets them right', async () => {
    const ids = await open(8, { goldShare: 0.5 });
    for (const imageId of ids.slice(0, 6))
      await test.as(lead).quality.setGold({ projectId, id: randomUUID(), imageId, classId: classes[0] ?? null });
    for (const imageId of ids.slice(0, 6)) await decide(anna, imageId, 0);
    expect((await test.as(anna).label.claim({ projectId, count: 2 })).end).toBeNull();
    const team = await test.as(lead).quality.team({ projectId });
    expect(team.members.find((row) => row.memberId === anna.memberId)).toMatchObject({
      goldAnswers: 6,
      goldRight: 6,
      pausedReason: null,
    });
  });
});

describe('assignment', () => {
  it('ANNOTATION-11 comes to its member first and to nobody else, and is given back', async () => {
    await open(20);
    expect(await test.as(lead).quality.assignSlice({ projectId, memberId: anna.memberId, count: 15 })).toEqual({
      assigned: 15,
    });
    const theirs = new Set(
      (await test.services.db.select({ id: image.id }).from(image).where(eq(image.assignedTo, anna.memberId))).map(
        (row) => row.id,
      ),
    );
    const bertHand = await test.as(bert).label.claim({ projectId, count: 20 });
    expect(bertHand.images).toHaveLength(5);
    const hand = await test.as(anna).label.claim({ projectId, count: 4 });
    expect(hand.images.every((row) => theirs.has(row.id))).toBe(true);
    await decide(anna, hand.images[0]?.id ?? '', 0, hand.images[0]?.token ?? null);
    await test.as(lead).quality.unassign({ projectId, memberId: anna.memberId });
    expect((await test.as(bert).label.claim({ projectId, count: 60 })).images).toHaveLength(5 + 15 - 4);
  });
});

describe('the team', () => {
  it('agrees by figures that follow from the answers', async () => {
    const ids = await open(10, { overlap: 2, overlapOnDisagreement: 0 });
    for (const [index, imageId] of ids.entries()) {
      await decide(anna, imageId, index % 2);
      await decide(bert, imageId, index === 0 ? 1 : index % 2);
    }
    const { agreement, members } = await test.as(lead).quality.team({ projectId });
    // Anna 5:5, Bert 4:6, nine of ten the same: chance 0.5 × 0.4 + 0.5 × 0.6 = 0.5, kappa (0.9 − 0.5) / 0.5.
    expect(agreement.images).toBe(10);
    expect(agreement.pairs).toHaveLength(1);
    expect(agreement.pairs[0]?.kappa).toBeCloseTo(0.8);
    // A disputed image has no answer to agree with.
    expect(members.find((row) => row.memberId === anna.memberId)).toMatchObject({
      decided: 10,
      compared: 9,
      agreed: 9,
    });
  });

  it(
    'ANNOTATION-16 tells at once who is paused and what is assigned, and keeps a removed member who ' + 'answered',
    async () => {
      const [imageId = ''] = await open(5);
      const gone = await createMember(test.services.db, { organizationId, role: 'annotator', name: 'Gone' });
      await decide(gone, imageId, 0);
      const row = async (memberId: string) =>
        (await test.as(lead).quality.team({ projectId })).members.find((one) => one.memberId === memberId);
      expect(await row(gone.memberId)).toMatchObject({ decided: 1, pausedReason: null });
      await test.as(lead).quality.pause({ projectId, memberId: anna.memberId, paused: true });
      await test.as(lead).quality.assignSlice({ projectId, memberId: bert.memberId, count: 2 });
      await test.as(lead).people.remove({ organizationId, memberId: gone.memberId });
      expect(await row(anna.memberId)).toMatchObject({ decided: 0, pausedReason: expect.any(String) });
      expect(await row(bert.memberId)).toMatchObject({ assignedOpen: 2 });
      expect(await row(gone.memberId)).toMatchObject({ decided: 1, removed: true });
    },
  );
});

describe('counters', () => {
  it(
    'ANNOTATION-12 LEASE-6 equal a count of the rows after labels, undo, adjudication, a new overlap, a fold, and a ' +
      'deletion',
    async () => {
      const ids = await open(12, { overlap: 1 });
      const check = async () => {
        const rows = await execute(
          test.services.db,
          sql`
        select count(*)::int as total, (count(*) filter (where consensus_state in ('agreed',
          'adjudicated')))::int as labeled, (count(*) filter (where consensus_state = 'disputed'))::int as disputed,
          (count(*) filter (where consensus_state = 'adjudicated' or judgment_count - extra_wanted >= (select overlap
            from project where id = ${projectId})))::int as done
        from image where project_id = ${projectId}`,
          { total: number, labeled: number, disputed: number, done: number },
        );
        expect(await progress()).toMatchObject(rows[0] ?? {});
        const [listed] = (await test.as(lead).project.list({ organizationId })).filter(({ id }) => id === projectId);
        expect(listed).toMatchObject({ images: rows[0]?.total, labeled: rows[0]?.labeled });
      };
      for (const imageId of ids.slice(0, 6)) await decide(anna, imageId, 0);
      await decide(bert, ids[0] ?? '', 1);
      await check();
      await test.as(lead).project.update({ projectId, settings: { overlap: 2 } });
      await check();
      expect(
        (
          await test.services.db
            .select()
            .from(image)
            .where(eq(image.id, ids[1] ?? ''))
        )[0]?.consensusState,
      ).toBe('partial');
      await test
        .as(lead)
        .label.adjudicate({ projectId, id: randomUUID(), imageId: ids[0] ?? '', classId: classes[1] ?? '' });
      const [mine] = await test.as(anna).label.mine({ projectId });
      await test.as(anna).label.undo({ projectId, id: randomUUID(), annotationId: mine?.id ?? '' });
      for (let turn = 0; turn < 60; turn += 1)
        await test.services.db.execute(
          sql`update image set split = case when split = 'pool' then 'test' else 'pool' end
          where id in (${ids[2]}, ${ids[3]})`,
        );
      await check();
      await foldCounters(test.services.db);
      expect(await test.services.db.$count(projectCounter, eq(projectCounter.projectId, projectId))).toBeLessThan(12);
      await check();
      await test.services.db.delete(image).where(eq(image.id, ids[11] ?? ''));
      await check();
    },
  );
});

describe('a member who is removed', () => {
  it('ACCESS-5 ANNOTATION-11 holds nothing any more', async () => {
    await open(6);
    const gone = await createMember(test.services.db, { organizationId, role: 'annotator', name: 'Gone' });
    await test.as(lead).quality.assignSlice({ projectId, memberId: gone.memberId, count: 3 });
    expect((await test.as(gone).label.claim({ projectId, count: 6 })).images).toHaveLength(6);
    await test.as(lead).people.remove({ organizationId, memberId: gone.memberId });
    expect((await test.as(bert).label.claim({ projectId, count: 6 })).images).toHaveLength(6);
  });
});

describe('the order of the queue', () => {
  it('TEACHER-2 a project of now starts in the order of the model', async () => {
    const made = await test.as(lead).project.create({ organizationId, name: 'New', classes: ['ape', 'bee'] });
    const project = await test.as(lead).project.get({ projectId: made.projectId });
    expect(project.settings.order).toBe('model');
  });

  it('LEASE-8 TEACHER-2 follows the newest round, while validation and a random tenth keep their draw', async () => {
    await open(200);
    await createImages(test.services.db, { projectId, count: 50, split: 'validation', name: 'held' });
    const made = await createFinishedRun(test.services.db, { projectId, memberId: lead.memberId, labelsPerClass: 5 });
    await test.services.db.execute(
      sql`update image set consensus_state = 'none', consensus_class_ids = null, judgment_count = 0
        where project_id = ${projectId} and split = 'validation'`,
    );
    await test.services.db.execute(sql`delete from review_item where project_id = ${projectId}`);
    await orderQueue(test.services.db, projectId);
    const fresh = await createMember(test.services.db, { organizationId, role: 'annotator', name: 'Fresh' });
    const { images } = await test.as(fresh).label.claim({ projectId, count: 60 });
    const rows = await execute(
      test.services.db,
      sql`
      select i.id, i.split, p.confidence, mod(hashtext(i.id::text), 10) = 0 as drawn
      from image i left join prediction p on p.image_id = i.id and p.round_id = (
        select id from round where id = any(${sql.param(made.roundIds)}::uuid[]) and role = 'student'
          order by index desc limit 1)
      where i.id = any(${sql.param(images.map((row) => row.id))}::uuid[])`,
      { id: text, split: text, confidence: nullable(number), drawn: truth },
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    const pool = images.flatMap((row) =>
      byId.get(row.id)?.split === 'pool' && !byId.get(row.id)?.drawn ? [byId.get(row.id)?.confidence ?? 0] : [],
    );
    expect(pool).toEqual([...pool].sort((a, b) => a - b));
    expect(pool.length).toBeGreaterThan(20);
    expect(rows.filter(({ split }) => split === 'validation').length).toBeGreaterThan(3);
    const { rows: moved } = await test.services.db.execute(sql`
      select 1 from image where project_id = ${projectId} and consensus_state = 'none' and split = 'pool'
        and mod(hashtext(id::text), 10) = 0 and priority <> shuffle`);
    expect(moved).toEqual([]);
    await test.as(lead).project.update({ projectId, settings: { order: 'typical' } });
    expect(
      await test.services.db.$count(image, sql`${image.projectId} = ${projectId} and ${image.priority} > 0`),
    ).toBeGreaterThan(100);
    await test.as(lead).project.update({ projectId, settings: { order: 'random' } });
    expect(
      await test.services.db.$count(image, sql`${image.projectId} = ${projectId} and ${image.priority} <> 0`),
    ).toBe(0);
  });

  it('LEASE-8 a pass that was slow writes nothing once another order is asked for', async () => {
    const { db, pool } = test.services;
    await open(60);
    await createImages(db, { projectId, count: 20, split: 'validation', name: 'held' });
    await createFinishedRun(db, { projectId, memberId: lead.memberId, labelsPerClass: 5 });
    await db.execute(
      sql`update image set consensus_state = 'none', consensus_class_ids = null, judgment_count = 0
        where project_id = ${projectId}`,
    );
    await db.execute(
      sql`update project set settings = jsonb_set(settings, '{order}', '"model"') where id = ${projectId}`,
    );
    let slow: Promise<void> | undefined;
    let other: Promise<void> | undefined;
    let switched = false;
    await db.transaction(async (tx) => {
      const waiting = async () =>
        (
          await pool.query(
            `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
        ).rowCount ?? 0;
      await tx.execute(sql`select 1 from image where project_id = ${projectId} for update`);
      slow = orderQueue(db, projectId);
      await expect.poll(waiting).toBe(1);
      other = test
        .as(lead)
        .project.update({ projectId, settings: { order: 'random' } })
        .then(() => {
          switched = true;
        });
      await expect.poll(async () => switched || (await waiting()) === 2).toBe(true);
    });
    await Promise.all([slow, other]);
    expect(await db.$count(image, sql`${image.projectId} = ${projectId} and ${image.priority} <> 0`)).toBe(0);
  });
});
