import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getRunState, listRoundStates } from '#db/queries/round-write.ts';
import { createDrawnBackbone } from './testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from './testing/drawn-project.ts';
import type { DrawnProject } from './testing/drawn-project.ts';
import { openTrainerBench } from './testing/working.ts';
import type { TrainerBench } from './testing/working.ts';

let bench: TrainerBench;
let project: DrawnProject;
beforeAll(async () => {
  bench = await openTrainerBench();
  project = await createDrawnProject(bench.db, bench.blobs, { perClass: { pool: 8, validation: 3, test: 2 }, labeledPerClass: 4 });
});
afterAll(() => bench.close());

const stateOf = (runId: string) => getRunState(bench.db, runId);

describe('a backbone made for another image side', () => {
  it('LEARN-23 is refused on the run where nothing would be left to look at, with both sides and what fits', async () => {
    const { db, blobs } = bench;
    const backboneId = await createDrawnBackbone(db, blobs, project.organizationId, { side: 32, average: 9 });
    const refused = await createRun(db, project, { method: 'frozen', students: [], backboneId });
    expect(await bench.work(refused)).toBe('failed');
    expect((await stateOf(refused)).message).toMatch(/32×32 .*16×16.* image side of 32 px, or any from 17 px on\./);
    const fitting = await createRun(db, project, { method: 'frozen', students: [], backboneId, inputSize: 17 });
    expect(await bench.work(fitting)).toBe('finished');
    expect((await listRoundStates(db, fitting))[0]?.metrics).toMatchObject({ valCount: 9, testCount: 6 });
  });
});
