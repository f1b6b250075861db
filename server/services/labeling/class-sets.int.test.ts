import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkConsensus, checkCounters } from '#db/check/check-rows.ts';
import { execute, list, nullable, number, text, truth } from '#db/execute.ts';
import { listSharedAnswers } from '#db/queries/labeling/team.ts';
import { createImages, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { createTeam } from '../../testing/team.ts';
import type { Person } from '../../testing/team.ts';
import { submitAnnotation } from './submit-annotation.ts';
import { undoAnnotation } from './undo-annotation.ts';

let test: TestServices;
let team: Awaited<ReturnType<typeof createTeam>>;
beforeAll(async () => {
  test = await createTestServices();
  team = await createTeam(test.services.db);
});
afterAll(() => test.close());

let projectId: string;
let imageId: string;
let cat: string;
let dog: string;
let bird: string;
beforeEach(async () => {
  const { db } = test.services;
  const settings = { overlap: 2, overlapOnDisagreement: 1 };
  const classes = ['cat', 'dog', 'bird'];
  const project = await createProject(db, { organizationId: team.organizationId, classes, settings });
  projectId = project.id;
  [cat = '', dog = '', bird = ''] = project.classes.map(({ id }) => id);
  [imageId = ''] = await createImages(db, { projectId, count: 1 });
});

const say = async (person: Person, classIds: readonly string[]): Promise<string> => {
  const id = randomUUID();
  const rest = { token: null, reviewItemId: null, guessShown: false, reason: null, durationMs: null };
  await submitAnnotation(test.services, person, projectId, { id, imageId, kind: 'decide', classIds, ...rest });
  return id;
};
const set = (...classIds: string[]): string[] => classIds.sort();

/** The image as it is stored. */
async function stored() {
  const [row] = await execute(
    test.services.db,
    sql`select consensus_state as state, consensus_class_ids as ids, consensus_class_id as id from image
      where id = ${imageId}`,
    { state: text, ids: nullable(list(text)), id: nullable(text) },
  );
  return row;
}
const counted = () =>
  execute(
    test.services.db,
    sql`select state, resolved, sum(images)::int as images from project_counter where project_id = ${projectId}
      group by 1, 2 having sum(images) <> 0`,
    { state: text, resolved: truth, images: number },
  );

it('SEVERAL-1 SEVERAL-4 settles class by class, and the one class of an image is that of a set of one', async () => {
  await say(team.anna, [dog, cat, cat]);
  expect(await stored()).toEqual({ state: 'partial', ids: set(cat, dog), id: null });
  await say(team.bert, [cat]);
  // Half name the dog: one more person is asked.
  expect(await stored()).toEqual({ state: 'disputed', ids: null, id: null });
  await say(team.lead, [cat, bird]);
  expect(await stored()).toEqual({ state: 'agreed', ids: [cat], id: cat });
  expect(await counted()).toEqual([{ state: 'agreed', resolved: true, images: 1 }]);
});

it('SEVERAL-1 SEVERAL-4 none of the classes is settled on like any answer, and taken back like one', async () => {
  await say(team.anna, []);
  const last = await say(team.bert, []);
  expect(await stored()).toEqual({ state: 'agreed', ids: [], id: null });
  expect(await counted()).toEqual([{ state: 'agreed', resolved: true, images: 1 }]);
  await undoAnnotation(test.services, team.bert, projectId, { id: randomUUID(), annotationId: last });
  expect(await stored()).toEqual({ state: 'partial', ids: [], id: null });
});

it('SEVERAL-4 classes that were merged count once in a set, and both again once that is taken back', async () => {
  await say(team.anna, [cat, dog]);
  await say(team.bert, [cat]);
  const lead = test.as(team.lead);
  expect(await lead.project.previewMerge({ projectId, classId: dog, intoId: cat })).toMatchObject({ disputed: 1 });
  await lead.project.mergeClass({ projectId, classId: dog, intoId: cat });
  expect(await stored()).toEqual({ state: 'agreed', ids: [cat], id: cat });
  const shared = await listSharedAnswers(test.services.db, { projectId, annotations: 9, images: 9 });
  expect(shared.map(({ classIds }) => classIds)).toEqual([[cat], [cat]]);
  await lead.project.unmergeClass({ projectId, classId: dog });
  expect(await stored()).toEqual({ state: 'disputed', ids: null, id: null });
});

it('SEVERAL-4 a class that stands in a set alone among others is used: it is not deleted', async () => {
  await say(team.anna, [cat, bird]);
  await expect(test.as(team.lead).project.deleteClass({ projectId, classId: bird })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await test.as(team.lead).project.deleteClass({ projectId, classId: dog });
});

it('SEVERAL-4 OPS-46 the check reads sets as they are stored, and mends them', async () => {
  const { db } = test.services;
  await say(team.anna, [cat, dog]);
  await say(team.bert, [cat, dog]);
  const wrong = async (repair: boolean) => [
    (await checkConsensus(db, repair)).count,
    (await checkCounters(db, repair)).count,
  ];
  expect(await wrong(false)).toEqual([0, 0]);
  await db.execute(sql`update image set consensus_class_ids = array[${cat}::uuid] where id = ${imageId}`);
  expect(await wrong(false)).toEqual([1, 0]);
  await wrong(true);
  expect(await stored()).toEqual({ state: 'agreed', ids: set(cat, dog), id: null });
});
