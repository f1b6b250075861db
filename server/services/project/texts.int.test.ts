import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

let projectId: string;
let cat: string;
let dog: string;
let lead: ReturnType<TestServices['as']>;
let annotator: ReturnType<TestServices['as']>;
beforeEach(async () => {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const project = await createProject(db, { organizationId, classes: ['cat', 'dog'] });
  projectId = project.id;
  [cat = '', dog = ''] = project.classes.map(({ id }) => id);
  lead = test.as(await createMember(db, { organizationId, role: 'lead' }));
  annotator = test.as(await createMember(db, { organizationId }));
});

const classOf = async (classId: string) =>
  (await annotator.project.get({ projectId })).classes.find(({ id }) => id === classId);

describe('TEXT-16 texts in further languages', () => {
  it('stand beside the plain guidelines, and each is changed by itself', async () => {
    expect(await annotator.project.get({ projectId })).toMatchObject({ guidelines: '', guidelinesIn: {} });
    await lead.project.update({ projectId, guidelines: 'Look at the ears.', guidelinesIn: { ko: '귀를 보세요.' } });
    // Two leads at once, each in their language.
    await Promise.all([
      lead.project.update({ projectId, guidelinesIn: { en: 'Ears first.' } }),
      lead.project.update({ projectId, guidelinesIn: { ko: '귀부터 보세요.' } }),
    ]);
    expect(await annotator.project.get({ projectId })).toMatchObject({
      guidelines: 'Look at the ears.',
      guidelinesIn: { en: 'Ears first.', ko: '귀부터 보세요.' },
    });
    await lead.project.update({ projectId, guidelinesIn: { en: '' } });
    expect((await annotator.project.get({ projectId })).guidelinesIn).toEqual({ ko: '귀부터 보세요.' });
  });

  it('stand beside the plain description of a class, and outlive a merge that is taken back', async () => {
    await lead.project.updateClass({
      projectId,
      classId: cat,
      description: 'Pointed ears.',
      descriptionIn: { ko: '뾰족한 귀' },
    });
    await Promise.all([
      lead.project.updateClass({ projectId, classId: cat, descriptionIn: { en: 'Ears that point.' } }),
      lead.project.updateClass({ projectId, classId: cat, name: 'Cat' }),
      lead.project.updateClass({ projectId, classId: dog, descriptionIn: { ko: '처진 귀' } }),
    ]);
    const before = {
      name: 'Cat',
      description: 'Pointed ears.',
      descriptionIn: { en: 'Ears that point.', ko: '뾰족한 귀' },
    };
    expect(await classOf(cat)).toMatchObject(before);
    await lead.project.mergeClass({ projectId, classId: cat, intoId: dog });
    expect((await classOf(dog))?.descriptionIn).toEqual({ ko: '처진 귀' });
    await lead.project.unmergeClass({ projectId, classId: cat });
    expect(await classOf(cat)).toMatchObject(before);
  });

  it('are those of our languages, bounded, and written by leads', async () => {
    const inFrench = JSON.parse('{"fr":"Oreilles"}') as { ko?: string };
    const refused = [
      () => lead.project.update({ projectId, guidelinesIn: inFrench }),
      () => lead.project.update({ projectId, guidelinesIn: { ko: '귀'.repeat(50_001) } }),
      () => lead.project.updateClass({ projectId, classId: cat, descriptionIn: { ko: '귀'.repeat(2001) } }),
    ];
    for (const each of refused) await expect(each()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(annotator.project.update({ projectId, guidelinesIn: { ko: '귀' } })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect((await annotator.project.get({ projectId })).guidelinesIn).toEqual({});
  });
});
