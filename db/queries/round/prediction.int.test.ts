import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '../../seed/factories.ts';
import { createFinishedRun } from '../../seed/run-factory.ts';
import type { MadeRun } from '../../seed/run-factory.ts';
import { createTestDatabase } from '../../testing/database.ts';
import type { TestDatabase } from '../../testing/database.ts';
import { countAgreement, listPredictedClasses, listPredictions, listScoredUnlabeled } from './prediction.ts';
import { listPseudoLabels, listRoundLabels } from './round-write.ts';

let test: TestDatabase;
let made: MadeRun;
beforeAll(async () => {
  test = await createTestDatabase();
  const organizationId = await createOrganization(test.db);
  const { memberId } = await createMember(test.db, { organizationId, role: 'lead' });
  const { id: projectId } = await createProject(test.db, { organizationId, classes: ['ape', 'bee', 'cow'] });
  await createImages(test.db, { projectId, count: 120 });
  await createImages(test.db, { projectId, count: 60, split: 'validation' });
  made = await createFinishedRun(test.db, { projectId, memberId, seed: 7 });
});
afterAll(() => test.close());

describe('LEARN-3 what a round is judged by is counted where it lies', () => {
  it('as a recount of all predictions has it', async () => {
    const [otherRoundId = '', roundId = ''] = made.roundIds;
    const read = (of: string) => listPredictions(test.db, { roundId: of, of: { split: 'pool' } });
    const [mine, theirs] = [await read(roundId), await read(otherRoundId)];
    const before = new Map(theirs.map((row) => [row.imageId, row.classIndex]));
    const open = mine.filter(({ humanClassId }) => humanClassId === null);
    expect(await countAgreement(test.db, { roundId, otherRoundId })).toEqual({
      open: open.length,
      agreed: open.filter(({ imageId, classIndex }) => before.get(imageId) === classIndex).length,
    });
    const imageIds = mine.slice(3, 40).map(({ imageId }) => imageId);
    expect(await listPredictedClasses(test.db, { roundId: otherRoundId, imageIds })).toEqual(
      new Map(imageIds.map((id) => [id, before.get(id)])),
    );

    const labeled = new Set((await listRoundLabels(test.db, roundId)).map(({ imageId }) => imageId));
    expect(await listScoredUnlabeled(test.db, { teacherRoundId: otherRoundId, roundId })).toEqual(
      theirs.flatMap(({ imageId }) => (labeled.has(imageId) ? [] : [imageId])),
    );
    const pseudo = await listPseudoLabels(test.db, roundId);
    expect(pseudo.length).toBeGreaterThan(10);
    expect(
      (await listPredictions(test.db, { roundId: otherRoundId, of: { pseudoLabelsOf: roundId } })).map(
        (row) => row.imageId,
      ),
    ).toEqual(pseudo.map(({ imageId }) => imageId));
  });
});
