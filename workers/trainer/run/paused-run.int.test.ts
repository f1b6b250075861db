import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { commandRun } from '#db/queries/run/run-write.ts';
import { listPseudoLabels, listRoundStates } from '#db/queries/round/round-write.ts';
import { checkpoint, image, prediction, round } from '#db/schema/index.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { execute, number } from '#db/execute.ts';

// Each trains two runs to their end.
vi.setConfig({ testTimeout: 180_000 });

let bench: TrainerBench;
let project: DrawnProject;
beforeAll(async () => {
  bench = await openTrainerBench();
  project = await createDrawnProject(bench.db, bench.blobs, {
    perClass: { pool: 14, validation: 4, test: 3 },
    labeledPerClass: 5,
  });
});
afterAll(() => bench.close());

/** Does something once the round at `index` trains. */
function during(runId: string, index: number, then: () => Promise<unknown>): void {
  const look = async (): Promise<void> => {
    const states = await listRoundStates(bench.db, runId);
    if (states.some((state) => state.index === index && state.stage === 'training')) await then();
    else if (!states.some((state) => state.index === index && state.stage === 'done'))
      setTimeout(() => void look(), 10);
  };
  void look();
}

/** Works on a run until its round at `index` trains, and pauses it there. */
async function pauseDuring(runId: string, index: number): Promise<void> {
  const controller = new AbortController();
  during(runId, index, async () => {
    await commandRun(bench.db, { projectId: project.projectId, runId, command: 'pause' });
    controller.abort();
  });
  expect(await bench.work(runId, { signal: controller.signal })).toBe('taken');
}

const resume = async (runId: string) => {
  await commandRun(bench.db, { projectId: project.projectId, runId, command: 'resume' });
  return bench.work(runId);
};

const decide = (runId: string, index: number, verdict: 'accept' | 'roll-back') =>
  bench.db
    .update(round)
    .set({ verdict, decidedBy: project.memberId })
    .where(and(eq(round.runId, runId), eq(round.index, index), eq(round.role, 'student')));

describe('a run that was paused', () => {
  it('LEARN-3 compares a student with the round that taught it, though that was rolled back meanwhile', async () => {
    const runId = await createRun(bench.db, project, { students: ['xs', 'xs'], stopAfterRejected: 5 });
    during(runId, 1, () => decide(runId, 1, 'accept'));
    await pauseDuring(runId, 2);
    await decide(runId, 1, 'roll-back');
    expect(await resume(runId)).toBe('finished');
    const [teacher, first, second] = await listRoundStates(bench.db, runId);
    expect(second?.teacherRoundId).toBe(first?.id);
    const agreementWith = async (roundId: string) => {
      const rows = await execute(
        bench.db,
        sql`
        select avg((a.class_index = b.class_index)::int)::float8 as share from ${prediction} a
        join ${prediction} b on b.image_id = a.image_id and b.round_id = ${roundId}
        join image i on i.id = a.image_id and i.split = 'pool' and i.consensus_state = 'none'
        where a.round_id = ${second?.id ?? ''}`,
        { share: number },
      );
      return rows[0]?.share;
    };
    expect(await agreementWith(first?.id ?? '')).not.toBe(await agreementWith(teacher?.id ?? ''));
    expect(second?.selection?.['poolAgreement']).toBe(await agreementWith(first?.id ?? ''));
  });

  /** Fingerprints of the weights of each round. */
  const weightsOf = async (runId: string) => {
    const rows = await bench.db
      .select({ role: round.role, sha256: checkpoint.sha256 })
      .from(checkpoint)
      .innerJoin(round, eq(round.id, checkpoint.roundId))
      .where(and(eq(round.runId, runId), eq(checkpoint.final, true)))
      .orderBy(round.index);
    return rows.map(({ role, sha256 }) => `${role} ${sha256}`);
  };

  it.each([
    ['a student', 1, {}],
    ['a head on a frozen backbone', 0, { method: 'frozen' as const, students: [], headLearningRate: 0.3 }],
  ])('RUN-4 learns from what it froze, though people moved images out of the pool: %s', async (_who, index, config) => {
    const { db } = bench;
    const backboneId = 'method' in config ? await createDrawnBackbone(db, bench.blobs, project.organizationId) : null;
    const undisturbed = await createRun(db, project, { ...config, backboneId, steps: 20, teacherSteps: 20 });
    expect(await bench.work(undisturbed)).toBe('finished');
    const runId = await createRun(db, project, { ...config, backboneId, steps: 20, teacherSteps: 20 });
    await pauseDuring(runId, index);
    const states = await listRoundStates(db, runId);
    const frozen = states.find((state) => state.index === index)?.id ?? '';
    const pseudo = (await listPseudoLabels(db, frozen)).slice(0, 3).map(({ imageId }) => imageId);
    const moved = [...project.ids.labeled.slice(0, 3), ...pseudo];
    await db.update(image).set({ split: 'validation' }).where(inArray(image.id, moved));
    try {
      expect(await resume(runId)).toBe('finished');
      expect(await weightsOf(runId)).toEqual(await weightsOf(undisturbed));
    } finally {
      await db.update(image).set({ split: 'pool' }).where(inArray(image.id, moved));
    }
  });
});
