import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EMBEDDING_BYTES, rankNearest } from '#core/round/embedding.ts';
import type { ProjectSettings } from '#core/project/project.ts';
import { signed, unpackIds } from '#db/packed-embeddings.ts';
import { readEmbeddings } from '#db/queries/image/embedding.ts';
import { reviewItem, round } from '#db/schema/index.ts';
import { createImages, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { createTeam } from '../../testing/team.ts';
import type { Person } from '../../testing/team.ts';
import { execute, number, text } from '#db/execute.ts';

let test: TestServices;
let organizationId: string;
let anna: Person;
let bert: Person;
let lead: Person;
let projectId: string;
let classes: string[];

beforeAll(async () => {
  test = await createTestServices();
  ({ organizationId, anna, bert, lead } = await createTeam(test.services.db));
});
afterAll(() => test.close());

const open = async (settings: Partial<ProjectSettings> = {}) => {
  const project = await createProject(test.services.db, { organizationId, classes: ['cat', 'dog', 'elk'], settings });
  projectId = project.id;
  classes = project.classes.map((item) => item.id);
  await createImages(test.services.db, { projectId, count: 160 });
  await createImages(test.services.db, { projectId, count: 30, split: 'validation' });
  return createFinishedRun(test.services.db, { projectId, memberId: lead.memberId, labelsPerClass: 5 });
};
const answer = (
  member: Person,
  item: { id: string; imageId: string } | undefined,
  classId: string | undefined,
  id: string = randomUUID(),
) =>
  test.as(member).label.submit({
    projectId,
    annotations: [
      {
        id,
        imageId: item?.imageId ?? '',
        kind: 'decide',
        classId: classId ?? null,
        token: null,
        reviewItemId: item?.id ?? null,
      },
    ],
  });
const itemOf = async (id: string | undefined) =>
  (
    await test.services.db
      .select()
      .from(reviewItem)
      .where(eq(reviewItem.id, id ?? ''))
  )[0];

describe('the review queue', () => {
  beforeEach(() => open());

  it('REVIEW-1 gives each item to one member, and its image to no label page meanwhile', async () => {
    const [first, second] = await Promise.all(
      [anna, bert].map((member) => test.as(member).review.claim({ projectId, count: 8 })),
    );
    const ids = [...(first?.items ?? []), ...(second?.items ?? [])].map((item) => item.imageId);
    expect(ids.length).toBeGreaterThan(8);
    expect(new Set(ids).size).toBe(ids.length);
    const { images } = await test.as(lead).label.claim({ projectId, count: 60 });
    expect(images.filter((row) => ids.includes(row.id))).toEqual([]);
    const again = await test.as(anna).review.claim({ projectId, count: 8 });
    expect(again.items.map((item) => item.id).sort()).toEqual(first?.items.map((item) => item.id).sort());
  });

  it('REVIEW-1 serves members who ask at the same moment in full, as long as there are items', async () => {
    const all = (await test.as(lead).review.claim({ projectId, count: 30 })).items;
    await test.as(lead).review.release({ projectId });
    const each = Math.floor(all.length / 2);
    for (let turn = 0; turn < 5; turn++) {
      const taken = await Promise.all(
        [anna, bert].map((member) => test.as(member).review.claim({ projectId, count: each })),
      );
      expect(taken.map(({ items }) => items.length)).toEqual([each, each]);
      expect(new Set(taken.flatMap(({ items }) => items.map((item) => item.imageId))).size).toBe(2 * each);
      await Promise.all([anna, bert].map((member) => test.as(member).review.release({ projectId })));
    }
  });

  it('REVIEW-1 an item that somebody leaves is free again', async () => {
    const all = await test.as(anna).review.claim({ projectId, count: 30 });
    expect((await test.as(bert).review.claim({ projectId, count: 1 })).end).toEqual({
      reason: 'held',
      count: all.items.length,
    });
    await test.as(anna).review.release({ projectId });
    expect((await test.as(bert).review.claim({ projectId, count: 30 })).items).toHaveLength(all.items.length);
  });

  it('REVIEW-10 tells of an audit item whether it was drawn from the whole pool', async () => {
    const { db } = test.services;
    const {
      items: [item],
    } = await test.as(anna).review.claim({ projectId, count: 1 });
    const [student] = await db
      .select()
      .from(round)
      .where(and(eq(round.runId, (await itemOf(item?.id))?.runId ?? ''), eq(round.role, 'student')));
    for (const [createdAt, fromPool] of [
      [new Date(0), true],
      [new Date(), false],
    ] as const) {
      await db
        .update(reviewItem)
        .set({ reason: 'audit', roundId: student?.teacherRoundId ?? '', createdAt })
        .where(eq(reviewItem.id, item?.id ?? ''));
      await test.as(anna).review.release({ projectId });
      const { items } = await test.as(anna).review.claim({ projectId, count: 30, reasons: ['audit'] });
      expect(items.find(({ id }) => id === item?.id)).toMatchObject({ fromPool });
    }
  });

  it('REVIEW-4 counts an answer for its round, and takes it back with an undo', async () => {
    const {
      items: [item],
    } = await test.as(anna).review.claim({ projectId, count: 1 });
    const roundId = (await itemOf(item?.id))?.roundId ?? '';
    const reviewed = async () =>
      (await test.services.db.select({ n: round.reviewed }).from(round).where(eq(round.id, roundId)))[0]?.n;
    const before = (await reviewed()) ?? 0;
    const id = randomUUID();
    await answer(anna, item, classes[1], id);
    expect(await itemOf(item?.id)).toMatchObject({ status: 'answered', annotationId: id, answeredBy: anna.memberId });
    expect(await reviewed()).toBe(before + 1);
    await test.as(anna).label.undo({ projectId, id: randomUUID(), annotationId: id });
    expect(await itemOf(item?.id)).toMatchObject({ status: 'open', annotationId: null, heldBy: anna.memberId });
    expect(await reviewed()).toBe(before);
  });

  it('REVIEW-3 an answer on the label page settles what only asked for one, never a suspect label', async () => {
    const {
      items: [item, suspect],
    } = await test.as(anna).review.claim({ projectId, count: 2 });
    await test.services.db
      .update(reviewItem)
      .set({ reason: 'suspect-label' })
      .where(eq(reviewItem.id, suspect?.id ?? ''));
    for (const one of [item, suspect]) {
      await test.as(bert).label.submit({
        projectId,
        annotations: [
          { id: randomUUID(), imageId: one?.imageId ?? '', kind: 'decide', classId: classes[0] ?? null, token: null },
        ],
      });
    }
    expect((await itemOf(item?.id))?.status).toBe('answered');
    expect((await itemOf(suspect?.id))?.status).toBe('open');
  });

  it('REVIEW-5 tells what a person’s answers led to, from the pseudo-labels of two rounds', async () => {
    const { items } = await test.as(anna).review.claim({ projectId, count: 3 });
    for (const item of items) await answer(anna, item, classes[2]);
    await test.services.db.execute(
      sql`update round set started_at = now() + interval '1 minute' where role = 'student' and index = 2
        and run_id in (select id from run where project_id = ${projectId})`,
    );
    const found = await test.as(anna).review.consequence({ projectId });
    const [truth] = await execute(
      test.services.db,
      sql`
      with both_rounds as (select p.image_id, r.index, p.class_index from pseudo_label p join round r
        on r.id = p.round_id join run u on u.id = r.run_id where u.project_id = ${projectId})
      select count(*) filter (where n = 2 and low <> high)::int as changed, count(*) filter (where n = 1
        and newest = 2)::int as gained, count(*) filter (where n = 1 and newest = 1)::int as lost
      from (select image_id, count(*) as n, min(class_index) as low, max(class_index) as high, max(index) as newest
        from both_rounds group by image_id) x`,
      { changed: number, gained: number, lost: number },
    );
    expect(found).toMatchObject({ answers: 3, ...truth });
    expect((found?.changed ?? 0) + (found?.gained ?? 0)).toBeGreaterThan(0);
  });
});

describe('REVIEW-2 the model’s guess', () => {
  it('comes after the answer by default', async () => {
    await open();
    const {
      items: [item],
    } = await test.as(anna).review.claim({ projectId, count: 1 });
    expect(item?.guess).toBeNull();
    expect(await test.as(anna).review.reveal({ projectId, itemId: item?.id ?? '' })).toBeNull();
    await answer(anna, item, classes[0]);
    const shown = await test.as(anna).review.reveal({ projectId, itemId: item?.id ?? '' });
    expect(shown?.guess.probabilities).toHaveLength(3);
    expect(shown?.rounds.length).toBeGreaterThan(1);
  });

  it('comes before it where the settings say so, but for the hidden share', async () => {
    await open({ guess: 'before', hiddenGuessShare: 0.4 });
    const { items } = await test.as(anna).review.claim({ projectId, count: 30 });
    const hidden = items.filter((item) => item.guess === null);
    expect(hidden.length).toBeGreaterThan(0);
    expect(hidden.length).toBeLessThan(items.length);
    expect(await test.as(anna).review.reveal({ projectId, itemId: hidden[0]?.id ?? '' })).toBeNull();
  });

  it('never comes where it is switched off', async () => {
    await open({ guess: 'never' });
    const {
      items: [item],
    } = await test.as(anna).review.claim({ projectId, count: 1 });
    await answer(anna, item, classes[0]);
    expect(await test.as(anna).review.reveal({ projectId, itemId: item?.id ?? '' })).toBeNull();
  });
});

describe('LEARN-24 similar images', () => {
  it('are those whose embedding in the newest standing round is nearest, open ones alone where asked', async () => {
    const made = await open();
    const [, , , student = ''] = made.roundIds;
    const { imageIds, embeddings } = await readEmbeddings(test.services.db, student);
    const ids = unpackIds(imageIds);
    const [own = ''] = ids;
    const nearest = rankNearest(signed(embeddings).subarray(0, EMBEDDING_BYTES), signed(embeddings))
      .map((at) => ids[at] ?? '')
      .filter((id) => id !== own);
    const similar = async (openOnly: boolean, limit: number) =>
      (await test.as(anna).review.similar({ projectId, imageId: own, limit, openOnly })).map((row) => row.imageId);
    expect(await similar(false, 12)).toEqual(nearest.slice(0, 12));
    const rows = await execute(
      test.services.db,
      sql`select id from image where project_id = ${projectId} and consensus_state = 'none' and lease_count = 0`,
      { id: text },
    );
    const free = new Set(rows.map((row) => row.id));
    expect(free.size).toBeLessThan(ids.length);
    expect(await similar(true, 60)).toEqual(nearest.filter((id) => free.has(id)).slice(0, 60));
    const [unknown = ''] = await createImages(test.services.db, {
      projectId,
      count: 1,
      name: 'imported after the round',
    });
    expect(await test.as(anna).review.similar({ projectId, imageId: unknown })).toEqual([]);
  });

  it('come from the round before when the newest is rolled back', async () => {
    const made = await open();
    const { imageIds, embeddings } = await readEmbeddings(test.services.db, made.roundIds[1] ?? '');
    await test.as(lead).round.decide({ projectId, roundId: made.roundIds[3] ?? '', verdict: 'roll-back' });
    const [own = ''] = unpackIds(imageIds);
    const [, nearest = 0] = rankNearest(signed(embeddings).subarray(0, EMBEDDING_BYTES), signed(embeddings));
    expect(
      (await test.as(anna).review.similar({ projectId, imageId: own, limit: 1 })).map((row) => row.imageId),
    ).toEqual([unpackIds(imageIds)[nearest]]);
  });
});
