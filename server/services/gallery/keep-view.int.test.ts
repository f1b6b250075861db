import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

it('IMAGE-34 a view has a name of its own, is seen by the team, and goes by its maker or a lead only', async () => {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const [lead, ada, bob, viewer] = await Promise.all(
    (['lead', 'annotator', 'annotator', 'viewer'] as const).map((role) => createMember(db, { organizationId, role })),
  );
  if (!lead || !ada || !bob || !viewer) throw new Error('no members');
  const { id: projectId } = await createProject(db, { organizationId, classes: ['cat'] });
  const other = await createProject(db, { organizationId, classes: ['cat'] });
  const as = (who: typeof lead) => test.as(who).gallery;
  const view = { tag: 'night', split: 'pool' as const, order: 'steady' as const };
  const { id } = await as(ada).saveView({ projectId, name: ' At night ', view });
  await expect(as(bob).saveView({ projectId, name: 'At night', view: {} })).rejects.toMatchObject({
    message: 'There is a view of this name. Take another one.',
  });
  await expect(as(viewer).saveView({ projectId, name: 'Mine', view })).rejects.toThrow();
  expect(await as(viewer).views({ projectId })).toMatchObject([{ id, name: 'At night', view, memberId: ada.memberId }]);
  expect(await as(viewer).views({ projectId: other.id })).toEqual([]);
  await expect(as(bob).removeView({ projectId, viewId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(as(lead).removeView({ projectId: other.id, viewId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await as(ada).removeView({ projectId, viewId: id });
  const again = await as(bob).saveView({ projectId, name: 'At night', view });
  await as(lead).removeView({ projectId, viewId: again.id });
  expect(await as(ada).views({ projectId })).toEqual([]);
});
