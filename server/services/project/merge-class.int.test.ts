import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { listLabeledImages } from '#db/queries/export/export.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { addClasses, createNameFinder } from './add-classes.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

let projectId: string;
let cat: string;
let kitten: string;
let dog: string;
let lead: ReturnType<TestServices['as']>;
let people: ReturnType<TestServices['as']>[];
beforeEach(async () => {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const project = await createProject(db, {
    organizationId,
    classes: ['cat', 'kitten', 'dog'],
    settings: { overlap: 2, overlapOnDisagreement: 0 },
  });
  projectId = project.id;
  [cat = '', kitten = '', dog = ''] = project.classes.map(({ id }) => id);
  lead = test.as(await createMember(db, { organizationId, role: 'lead' }));
  people = [test.as(await createMember(db, { organizationId })), test.as(await createMember(db, { organizationId }))];
});

const say = (person: number, imageId: string, classId: string) =>
  people[person]?.label.submit({
    projectId,
    annotations: [{ id: randomUUID(), imageId, kind: 'decide', classId, token: null }],
  });
const stateOf = async (imageId: string) => {
  const { image } = await lead.gallery.image({ projectId, imageId });
  return [image.consensusState, image.consensusClassId];
};

describe('merging classes', () => {
  it('CLASS-1 counts what was said of a class for the other one, and gives it back whole', async () => {
    const [both = '', split = '', other = ''] = await createImages(test.services.db, { projectId, count: 3 });
    await say(0, both, kitten);
    await say(1, both, kitten);
    await say(0, split, cat);
    await say(1, split, kitten);
    await say(0, other, dog);
    await say(1, other, dog);
    await lead.quality.setGold({ projectId, id: randomUUID(), imageId: other, classId: kitten });
    const before = await Promise.all([both, split, other].map(stateOf));
    expect(before.map(([state]) => state)).toEqual(['agreed', 'disputed', 'adjudicated']);
    expect(await lead.project.previewMerge({ projectId, classId: kitten, intoId: cat })).toEqual({
      labels: 2,
      intoLabels: 0,
      disputed: 1,
      gold: 1,
      runs: 0,
    });
    const rows = await test.services.db.execute(sql`select id, class_id from annotation order by seq`);

    expect(await lead.project.mergeClass({ projectId, classId: kitten, intoId: cat })).toEqual({ images: 3 });
    expect(await Promise.all([both, split].map(stateOf))).toEqual([
      ['agreed', cat],
      ['agreed', cat],
    ]);
    expect((await lead.gallery.image({ projectId, imageId: other })).image.goldClassId).toBe(cat);
    const project = await lead.project.get({ projectId });
    expect(project.classes.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(project.merged).toEqual([{ id: kitten, name: 'kitten', intoId: cat }]);
    const { images } = await listLabeledImages(test.services.db, {
      projectId,
      after: null,
      limit: 10,
      annotators: true,
      round: null,
    });
    expect(images.flatMap(({ labels }) => labels.map(({ className }) => className))).not.toContain('kitten');
    // Somebody whose page is older than the merge.
    const [late = ''] = await createImages(test.services.db, { projectId, count: 1, name: 'late' });
    await say(0, late, kitten);
    await say(1, late, cat);
    expect(await stateOf(late)).toEqual(['agreed', cat]);

    await lead.project.unmergeClass({ projectId, classId: kitten });
    expect(await Promise.all([both, split, other].map(stateOf))).toEqual(before);
    expect((await lead.gallery.image({ projectId, imageId: other })).image.goldClassId).toBe(kitten);
    expect((await lead.project.get({ projectId })).classes.map(({ name, hotkey }) => [name, hotkey])).toEqual([
      ['cat', '1'],
      ['kitten', '2'],
      ['dog', '3'],
    ]);
    const after = await test.services.db.execute(
      sql`select id, class_id from annotation order by seq limit ${rows.rows.length}`,
    );
    expect(after.rows).toEqual(rows.rows);
  });

  it('CLASS-1 what was merged before goes along and comes back with the undo of its own merge', async () => {
    const [imageId = ''] = await createImages(test.services.db, { projectId, count: 1 });
    await say(0, imageId, kitten);
    await say(1, imageId, kitten);
    await lead.project.mergeClass({ projectId, classId: kitten, intoId: cat });
    await lead.project.mergeClass({ projectId, classId: cat, intoId: dog });
    expect(await stateOf(imageId)).toEqual(['agreed', dog]);
    await lead.project.unmergeClass({ projectId, classId: cat });
    expect(await stateOf(imageId)).toEqual(['agreed', cat]);
    await lead.project.unmergeClass({ projectId, classId: kitten });
    expect(await stateOf(imageId)).toEqual(['agreed', kitten]);
  });

  it('CLASS-2 a merged name is a second name, taken by no class', async () => {
    await lead.project.mergeClass({ projectId, classId: kitten, intoId: cat });
    const { db } = test.services;
    const classes = await db.transaction((tx) => addClasses(tx, projectId, ['Kitten ', 'owl']));
    expect(classes.map(({ name }) => name)).toEqual(['cat', 'dog', 'owl']);
    expect((await createNameFinder(db, projectId, classes))('KITTEN')?.id).toBe(cat);
    await expect(lead.project.updateClass({ projectId, classId: dog, name: 'kitten' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('"kitten" was merged into another class') as string,
    });
  });

  it('CLASS-3 a used class is deleted by moving its labels, an unused one at once', async () => {
    const [imageId = ''] = await createImages(test.services.db, { projectId, count: 1 });
    await say(0, imageId, kitten);
    await expect(lead.project.deleteClass({ projectId, classId: kitten })).rejects.toMatchObject({
      message: expect.stringContaining('Move its labels to another class') as string,
    });
    await lead.project.mergeClass({ projectId, classId: kitten, intoId: dog });
    await lead.project.deleteClass({ projectId, classId: cat });
    expect((await lead.project.get({ projectId })).classes.map(({ name }) => name)).toEqual(['dog']);
  });

  it('CLASS-4 refuses while a run trains, classes of other projects, and annotators', async () => {
    const merge = { projectId, classId: kitten, intoId: cat };
    await expect(people[0]?.project.mergeClass(merge)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lead.project.mergeClass({ ...merge, intoId: kitten })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const foreign = await createProject(test.services.db, {
      organizationId: await createOrganization(test.services.db),
    });
    const [theirs = { id: '' }] = foreign.classes;
    await expect(lead.project.mergeClass({ ...merge, intoId: theirs.id })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    await expect(lead.project.mergeClass({ ...merge, classId: theirs.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await test.services.db.execute(sql`insert into run (project_id, number, status, config, class_ids)
      values (${projectId}, 1, 'training', '{}', '[]')`);
    await expect(lead.project.mergeClass(merge)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('CLASS-5 keeps order, description and examples', async () => {
    const [imageId = ''] = await createImages(test.services.db, { projectId, count: 1 });
    await lead.project.orderClasses({ projectId, classIds: [dog, cat, kitten] });
    await lead.project.updateClass({ projectId, classId: dog, description: 'Barks.', exampleIds: [imageId] });
    const { classes } = await lead.project.get({ projectId });
    expect(classes.map(({ name }) => name)).toEqual(['dog', 'cat', 'kitten']);
    expect(classes[0]).toMatchObject({ description: 'Barks.', exampleIds: [imageId] });
  });
});
