import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import type { ImageChange } from '#core/image/change.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { countGone } from '#db/queries/image/aside.ts';
import { listLabeledImages } from '#db/queries/export/export.ts';
import { freezeLabels, listRoundLabels } from '#db/queries/round/round-write.ts';
import { listImagesById } from '#db/queries/round/training-image.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { purgeImages } from './purge-images.ts';
import { execute, text } from '#db/execute.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

let projectId: string;
let classIds: string[];
let organizationId: string;
let lead: ReturnType<TestServices['as']>;
let annotator: ReturnType<TestServices['as']>;
beforeEach(async () => {
  const { db } = test.services;
  organizationId = await createOrganization(db);
  const project = await createProject(db, { organizationId });
  projectId = project.id;
  classIds = project.classes.map(({ id }) => id);
  lead = test.as(await createMember(db, { organizationId, role: 'lead' }));
  annotator = test.as(await createMember(db, { organizationId }));
});

const images = (count: number, split: 'pool' | 'validation' | 'test' = 'pool', name = 'image') =>
  createImages(test.services.db, { projectId, count, split, name });
const changeThese = (imageIds: string[], change: ImageChange, strokeId = randomUUID()) =>
  lead.gallery.change({ projectId, strokeId, change, target: { kind: 'images', imageIds } });
const list = async (filter: object = {}) =>
  (await lead.gallery.list({ projectId, limit: 200, ...filter })).images.map(({ id }) => id);
const decide = (imageIds: string[], classId: string) =>
  lead.gallery.decide({ projectId, classId, decisions: imageIds.map((imageId) => ({ id: randomUUID(), imageId })) });
const total = async () => (await lead.label.progress({ projectId })).total;
const splitOf = async (imageId: string) => (await lead.gallery.image({ projectId, imageId })).image.split;

describe('images that came in wrong', () => {
  it.each(['exclude', 'delete'] as const)(
    'IMAGE-19 nobody meets what was put aside (%s), and taken back it is as it was',
    async (kind) => {
      const [first = '', second = '', third = ''] = (await images(3)).sort();
      await decide([first, second], classIds[0] ?? '');
      const strokeId = randomUUID();
      const change = kind === 'exclude' ? { kind, reason: 'blurred' } : { kind };
      expect(await changeThese([first, third], change, strokeId)).toMatchObject({ changed: 2, kept: 0, after: null });
      expect(await list()).toEqual([second]);
      expect(await list({ aside: kind === 'exclude' ? 'excluded' : 'deleted' })).toEqual([first, third]);
      expect(await total()).toBe(1);
      expect((await annotator.label.claim({ projectId, count: 10 })).images).toEqual([]);
      const { images: exported } = await listLabeledImages(test.services.db, {
        projectId,
        after: null,
        limit: 10,
        annotators: false,
        round: null,
      });
      expect(exported.map(({ imageId }) => imageId)).toEqual([second]);
      expect((await lead.export.createSnapshot({ projectId, name: 'one' })).count).toBe(1);
      const seen = await lead.gallery.image({ projectId, imageId: first });
      expect(seen.image).toMatchObject({ split: 'pool', consensusClassId: classIds[0] });
      expect(seen.image.aside).toMatchObject({ reason: kind === 'exclude' ? 'blurred' : '' });

      expect(await lead.gallery.undoChange({ projectId, strokeId })).toEqual({ returned: 2, left: false });
      expect(await list()).toEqual([first, second, third]);
      expect(await total()).toBe(3);
      expect((await annotator.label.claim({ projectId, count: 10 })).images.map(({ id }) => id)).toEqual([third]);
    },
  );

  it('IMAGE-19 what somebody holds goes back when it is put aside, and their answer is kept', async () => {
    const [imageId = ''] = await images(1);
    const [held] = (await annotator.label.claim({ projectId, count: 1 })).images;
    await changeThese([imageId], { kind: 'exclude', reason: '' });
    const rows = await test.services.db.execute(sql`select lease_count, need from image where id = ${imageId}`);
    expect(rows.rows).toEqual([{ lease_count: 0, need: -100 }]);
    await annotator.label.submit({
      projectId,
      annotations: [{ id: randomUUID(), imageId, kind: 'decide', classId: classIds[0] ?? '', token: held?.token ?? 0 }],
    });
    expect((await lead.gallery.image({ projectId, imageId })).history).toHaveLength(1);
    expect(await list()).toEqual([]);
  });

  it('IMAGE-20 a deleted image goes for good after seven days, and not while a run is under way', async () => {
    const { db } = test.services;
    const [first = '', second = ''] = await images(2);
    await changeThese([first], { kind: 'delete' });
    const stop = { isStopped: () => false };
    expect(await purgeImages(test.services, stop)).toBe(0);
    await db.execute(
      sql`update image_aside set created_at = now() - interval '8 days' where project_id = ${projectId}`,
    );
    await db.execute(sql`insert into run (project_id, number, status, config, class_ids)
      values (${projectId}, 1, 'paused', '{}', '[]')`);
    expect(await purgeImages(test.services, stop)).toBe(0);
    await db.execute(sql`update run set status = 'finished' where project_id = ${projectId}`);
    expect(await purgeImages(test.services, stop)).toBe(1);
    await expect(lead.gallery.image({ projectId, imageId: first })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await list()).toEqual([second]);
  });

  it('IMAGE-21 moves between splits, and forgets what models said of what leaves the pool', async () => {
    const ids = await images(3);
    const strokeId = randomUUID();
    expect(await changeThese(ids, { kind: 'move', split: 'test' }, strokeId)).toMatchObject({ changed: 3 });
    expect(await list({ split: 'test' })).toHaveLength(3);
    const { bySplit } = await lead.label.progress({ projectId });
    expect(bySplit).toMatchObject([{ split: 'test', total: 3 }]);
    expect(await lead.gallery.undoChange({ projectId, strokeId })).toMatchObject({ returned: 3 });
    expect(await list({ split: 'pool' })).toHaveLength(3);
  });

  it('IMAGE-21 nothing that a model found or chose enters what is measured on', async () => {
    const [asked = '', plain = ''] = (await images(2)).sort();
    const found = { predictedClassId: classIds[0] };
    await expect(
      lead.gallery.change({
        projectId,
        strokeId: randomUUID(),
        change: { kind: 'move', split: 'validation' },
        target: { kind: 'images', imageIds: [plain], found },
      }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await test.services.db
      .execute(sql`insert into annotation (id, project_id, image_id, member_id, kind, class_ids, source)
      select gen_random_uuid(), ${projectId}, ${asked}, m.id, 'decide', array[${classIds[0]}::uuid], 'review'
      from member m
      where m.organization_id = ${organizationId} limit 1`);
    expect(await changeThese([asked, plain], { kind: 'move', split: 'validation' })).toMatchObject({
      changed: 1,
      kept: 1,
    });
    expect([await splitOf(asked), await splitOf(plain)]).toEqual(['pool', 'validation']);
  });

  it('IMAGE-21 refuses a move while a run trains', async () => {
    const ids = await images(1);
    await test.services.db.execute(sql`insert into run (project_id, number, status, config, class_ids)
      values (${projectId}, 1, 'training', '{}', '[]')`);
    await expect(changeThese(ids, { kind: 'move', split: 'test' })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await changeThese(ids, { kind: 'exclude', reason: '' })).toMatchObject({ changed: 1, runs: [1] });
  });

  it('IMAGE-22 changes all that a filter finds, piece by piece, and takes the whole stroke back', async () => {
    await images(25, 'pool', 'wrong');
    await images(5, 'pool', 'right');
    const strokeId = randomUUID();
    const piece = (after: string | null) =>
      lead.gallery.change({
        projectId,
        strokeId,
        change: { kind: 'exclude', reason: 'wrong camera' },
        target: { kind: 'filter', filter: { name: 'WRONG-' }, after, limit: 10 },
      });
    let after: string | null = null;
    const changed: number[] = [];
    do {
      const done: Awaited<ReturnType<typeof piece>> = await piece(after);
      changed.push(done.changed);
      ({ after } = done);
    } while (after !== null);
    expect(changed).toEqual([10, 10, 5]);
    expect((await piece(null)).changed).toBe(0);
    expect(await total()).toBe(5);
    const [one = ''] = await list({ aside: 'excluded' });
    await changeThese([one], { kind: 'delete' });
    const undone: number[] = [];
    for (let left = true; left;) {
      const step = await lead.gallery.undoChange({ projectId, strokeId, limit: 10 });
      undone.push(step.returned);
      ({ left } = step);
    }
    expect(undone.reduce((sum, n) => sum + n, 0)).toBe(24);
    expect(await list({ aside: 'deleted' })).toEqual([one]);
  });

  it('IMAGE-22 a stranger and an annotator change nothing', async () => {
    const ids = await images(1);
    const outsider = test.as(
      await createMember(test.services.db, {
        organizationId: await createOrganization(test.services.db),
        role: 'owner',
      }),
    );
    const input = {
      projectId,
      strokeId: randomUUID(),
      change: { kind: 'delete' as const },
      target: { kind: 'images' as const, imageIds: ids },
    };
    await expect(annotator.gallery.change(input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(outsider.gallery.change(input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await list()).toEqual(ids);
  });

  it('IMAGE-22 of another project nothing is changed, and no stroke of it taken back', async () => {
    const { db } = test.services;
    const [own = ''] = await images(1);
    const other = await createProject(db, { organizationId });
    const [foreign = ''] = await createImages(db, { projectId: other.id, count: 1 });
    const strokeId = randomUUID();
    expect(await changeThese([own, foreign], { kind: 'delete' }, strokeId)).toMatchObject({ changed: 1 });
    expect((await lead.gallery.list({ projectId: other.id })).images).toHaveLength(1);
    expect(await lead.gallery.undoChange({ projectId: other.id, strokeId })).toEqual({ returned: 0, left: false });
  });

  it('IMAGE-24 finds by tag and by part of the name, and tells how many', async () => {
    const cats = await images(3, 'pool', 'cat_100%');
    await images(4, 'test', 'dog');
    const strokeId = randomUUID();
    await changeThese(cats.slice(0, 2), { kind: 'tag', tag: 'night' });
    expect(await changeThese(cats, { kind: 'tag', tag: 'night' }, strokeId)).toMatchObject({ changed: 1 });
    const count = (filter: object) => lead.gallery.count({ projectId, ...filter });
    expect(await count({})).toEqual({ images: 7, more: false });
    expect(await count({ tag: 'night' })).toEqual({ images: 3, more: false });
    expect(await count({ name: '_100%' })).toEqual({ images: 3, more: false });
    expect(await count({ name: 'DOG', split: 'test' })).toEqual({ images: 4, more: false });
    expect(await count({ name: '%' })).toEqual({ images: 3, more: false });
    await lead.gallery.undoChange({ projectId, strokeId });
    expect((await list({ tag: 'night' })).toSorted()).toEqual(cats.slice(0, 2).toSorted());
    expect((await lead.gallery.shelves({ projectId })).tags).toEqual([{ tag: 'night', images: 2 }]);
    await changeThese(cats, { kind: 'untag', tag: 'night' });
    expect((await lead.gallery.shelves({ projectId })).tags).toEqual([]);
  });

  it('IMAGE-23 a run is told of what has left, and its rounds keep each image under its own label', async () => {
    const { db } = test.services;
    const ids = (await images(6)).sort();
    await decide(ids.slice(0, 3), classIds[0] ?? '');
    await decide(ids.slice(3), classIds[1] ?? '');
    const rows = await execute(
      db,
      sql`
      with made as (insert into run (project_id, number, status, config, class_ids)
        values (${projectId}, 1, 'training', '{}', ${JSON.stringify(classIds)}) returning id)
      insert into round (run_id, index, role, model, seed) select id, 0, 'teacher', 'S', 1 from made
        returning run_id, id`,
      { run_id: text, id: text },
    );
    const { run_id: runId, id: roundId } = must(rows, 0, 'round');
    const labels = () => listRoundLabels(db, roundId);
    const before = await freezeLabels(db, { roundId, projectId, classIds });
    await changeThese([ids[0] ?? '', ids[4] ?? ''], { kind: 'delete' });
    expect(await countGone(db, { projectId, runId })).toBe(2);
    expect(await labels()).toEqual(before);
    const frozen = await listImagesById(db, { projectId, imageIds: before.map(({ imageId }) => imageId) });
    expect(frozen.map(({ id }) => id)).toEqual(before.map(({ imageId }) => imageId));
    const later = await execute(
      db,
      sql`
      insert into round (run_id, index, role, model, seed) values (${runId}, 1, 'student', 'S', 2) returning id`,
      { id: text },
    );
    const next = await freezeLabels(db, { roundId: must(later, 0, 'round').id, projectId, classIds });
    expect(next).toEqual(before.filter(({ imageId }) => imageId !== ids[0] && imageId !== ids[4]));
  });
});
