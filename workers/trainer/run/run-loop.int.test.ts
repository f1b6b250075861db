import { and, desc, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimRun, releaseAnsweredRuns } from '#db/queries/run/run-claim.ts';
import { listSuspects } from '#db/queries/review/insight.ts';
import { commandRun } from '#db/queries/run/run-write.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { listPseudoLabels, listRoundStates } from '#db/queries/round/round-write.ts';
import { checkpoint, prediction, reviewItem, round, roundLabel, roundPoint, suspectLabel } from '#db/schema/index.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';

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

const rounds = (runId: string) => listRoundStates(bench.db, runId);

/** Aborts as soon as the round at `index` of the run trains, or does `then` instead. */
function abortDuring(
  runId: string,
  index: number,
  then: (abort: () => void) => Promise<void> = (abort) => Promise.resolve(abort()),
): AbortSignal {
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    const trains = (await rounds(runId)).some((round) => round.index === index && round.stage === 'training');
    if (trains) await then(() => controller.abort());
    else if (!controller.signal.aborted) setTimeout(() => void look(), 20);
  };
  void look();
  return controller.signal;
}

describe('a run', () => {
  it(
    'RUN-4 RUN-7 RUN-10 trains teacher, student and control arm, scores the pool, and measures test at the ' + 'end',
    async () => {
      const { db } = bench;
      const runId = await createRun(db, project, { control: true });
      expect(await bench.work(runId)).toBe('finished');
      const run = await getRunState(db, runId);
      expect(run.status).toBe('finished');
      expect(run.message).toContain('Final model');
      const [teacher, student, control] = await rounds(runId);
      expect([teacher?.role, student?.role, control?.role]).toEqual(['teacher', 'student', 'control']);
      for (const round of [teacher, student, control]) {
        expect(round).toMatchObject({ stage: 'done', labeledCount: 15, labeledHash: teacher?.labeledHash });
        expect(round?.metrics).toMatchObject({ valCount: 12, testCount: 9 });
        expect(await db.$count(roundLabel, eq(roundLabel.roundId, round?.id ?? ''))).toBe(15);
        expect(
          await db.$count(checkpoint, and(eq(checkpoint.roundId, round?.id ?? ''), eq(checkpoint.final, true))),
        ).toBe(1);
      }
      expect(student?.teacherRoundId).toBe(teacher?.id);
      expect(student?.verdict).not.toBeNull();
      const pseudo = await listPseudoLabels(db, student?.id ?? '');
      expect(pseudo.length).toBeGreaterThan(0);
      expect(student?.metrics?.pseudo).toBe(pseudo.length);
      expect(student?.selection?.['taken']).toBe(pseudo.length);
      expect(await db.$count(prediction, eq(prediction.roundId, teacher?.id ?? ''))).toBe(42 + 12);
      expect(await db.$count(roundPoint, eq(roundPoint.roundId, student?.id ?? ''))).toBeGreaterThan(0);
    },
  );

  it('RUN-5 never trains on a pseudo-label of an image that people answered, nor of validation or test', async () => {
    const { db } = bench;
    const runId = await createRun(db, project);
    await bench.work(runId);
    const student = (await rounds(runId))[1];
    const pseudo = (await listPseudoLabels(db, student?.id ?? '')).map(({ imageId }) => imageId);
    const forbidden = new Set([...project.ids.labeled, ...project.ids.validation, ...project.ids.test]);
    expect(pseudo.filter((id) => forbidden.has(id))).toEqual([]);
  });

  it(
    'LEARN-9 trains two teachers from different seeds; the student learns from the mean of both, and people are ' +
      'asked once',
    async () => {
      const { db } = bench;
      const runId = await createRun(db, project, { teachers: 2, reviewPerRound: 4 });
      expect(await bench.work(runId)).toBe('finished');
      const [first, second, student] = await rounds(runId);
      expect([first, second, student].map((round) => [round?.role, round?.member])).toEqual([
        ['teacher', 0],
        ['teacher', 1],
        ['student', 0],
      ]);
      expect(first?.seed).not.toBe(second?.seed);
      expect(new Set(student?.selection?.['teacherIds'] as string[])).toEqual(new Set([first?.id, second?.id]));
      expect(student?.teacherRoundId).toBe(second?.id);
      const asked = await db
        .select({ roundId: reviewItem.roundId })
        .from(reviewItem)
        .where(inArray(reviewItem.roundId, [first?.id ?? '', second?.id ?? '']));
      expect(new Set(asked.map(({ roundId }) => roundId))).toEqual(new Set([second?.id]));
    },
  );

  it('RUN-3 goes on after a kill without repeating a finished round', async () => {
    const { db } = bench;
    const runId = await createRun(db, project);
    expect(await bench.work(runId, { signal: abortDuring(runId, 1) })).toBe('taken');
    const before = await rounds(runId);
    expect(before[0]?.stage).toBe('done');
    expect(before[1]?.stage).not.toBe('done');
    const frozen = await listPseudoLabels(db, before[1]?.id ?? '');
    expect(await bench.work(runId)).toBe('finished');
    const after = await rounds(runId);
    expect(after[0]).toMatchObject({ id: before[0]?.id, endedAt: before[0]?.endedAt, startedAt: before[0]?.startedAt });
    expect(await listPseudoLabels(db, before[1]?.id ?? '')).toEqual(frozen);
    expect(after.map(({ stage }) => stage)).toEqual(['done', 'done']);
  });

  it('RUN-1 lets a trainer that lost its hold write nothing', async () => {
    const { db } = bench;
    const runId = await createRun(db, project);
    const first = bench.work(runId, {
      signal: abortDuring(runId, 0, async () => void (await claimRun(db, { runId, trainerId: 'other', seconds: 60 }))),
    });
    expect(await first).toBe('taken');
    expect((await rounds(runId)).every(({ stage }) => stage !== 'done')).toBe(true);
    expect(await getRunState(db, runId)).toMatchObject({ status: 'training', trainerId: 'other' });
  });

  it('RUN-6 stops when it is cancelled, and can be resumed', async () => {
    const { db } = bench;
    const { projectId } = project;
    const runId = await createRun(db, project);
    expect(
      await bench.work(runId, {
        signal: abortDuring(runId, 0, async (abort) => {
          await commandRun(db, { projectId, runId, command: 'cancel' });
          abort();
        }),
      }),
    ).toBe('taken');
    expect((await getRunState(db, runId)).status).toBe('cancelled');
    expect(await claimRun(db, { runId, trainerId: 'test', seconds: 60 })).toBeNull();
    await commandRun(db, { projectId, runId, command: 'resume' });
    expect(await bench.work(runId)).toBe('finished');
  });

  it('RUN-6 stops while a fresh head settles before fine-tuning, too', async () => {
    const { db } = bench;
    const backboneId = await createDrawnBackbone(db, bench.blobs, project.organizationId);
    const runId = await createRun(db, project, {
      method: 'fine-tune',
      students: [],
      backboneId,
      learningRate: 0.001,
      headLearningRate: 0.01,
    });
    const controller = new AbortController();
    let steps = 0;
    // Every training looks at the signal before each step, and the settling head is the first.
    controller.signal.throwIfAborted = () => {
      steps += 1;
      if (steps === 3) controller.abort();
      AbortSignal.prototype.throwIfAborted.call(controller.signal);
    };
    expect(await bench.work(runId, { signal: controller.signal })).toBe('taken');
    expect(steps).toBe(3);
    expect(await bench.work(runId)).toBe('finished');
  });

  describe('LEARN-7 labels that people are asked to look at again', () => {
    /** Every 7th label is of the next class. */
    async function createMislabeled() {
      const own = await createDrawnProject(bench.db, bench.blobs, {
        perClass: { pool: 54, validation: 3, test: 2 },
        labeledPerClass: 14,
        seed: 6,
      });
      const wrong = own.ids.labeled.filter((_, position) => position % 7 === 0);
      await own.label(wrong, (id) => ((own.truth.get(id) ?? 0) + 1) % 3);
      return { own, wrong };
    }
    const listFound = (runId: string) =>
      bench.db
        .select({ imageId: suspectLabel.imageId, index: round.index, margin: suspectLabel.margin })
        .from(suspectLabel)
        .innerJoin(round, eq(round.id, suspectLabel.roundId))
        .where(eq(round.runId, runId))
        .orderBy(desc(suspectLabel.margin));

    it('are those that pseudo-labels contradict, found by a net that saw no label, within the budget', async () => {
      const { db } = bench;
      const { own, wrong } = await createMislabeled();
      const runId = await createRun(db, own, {
        students: ['xs', 'xs'],
        keepShare: [1],
        reviewPerRound: 20,
        teacherSteps: 60,
        steps: 60,
      });
      expect(await bench.work(runId)).toBe('finished');
      const all = await listFound(runId);
      // The teacher learned from the labels alone: it can only repeat them.
      expect(all.some(({ index }) => index === 0)).toBe(false);
      const found = all.filter(({ index }) => index === 1);
      expect(found.slice(0, 2).every(({ imageId }) => wrong.includes(imageId))).toBe(true);
      expect(found.filter(({ imageId }) => wrong.includes(imageId)).length).toBeGreaterThanOrEqual(wrong.length / 2);

      const items = (
        await db
          .select()
          .from(reviewItem)
          .innerJoin(round, eq(round.id, reviewItem.roundId))
          .where(eq(reviewItem.runId, runId))
      )
        .filter((row) => row.round.index === 1)
        .map((row) => row.review_item);
      const asked = items.filter(({ reason }) => reason === 'suspect-label');
      // The clearest, a tenth of 20; the rest lies with the round for a lead to send.
      expect(asked.map(({ imageId }) => imageId).toSorted()).toEqual(
        found
          .slice(0, 2)
          .map(({ imageId }) => imageId)
          .toSorted(),
      );
      expect(
        await listSuspects(db, { roundId: asked[0]?.roundId ?? '', classIds: own.classIds, limit: 100 }),
      ).toHaveLength(found.length - 2);
      expect(items.length - asked.length).toBeLessThanOrEqual(18);
      expect(
        items
          .filter(({ reason }) => reason !== 'suspect-label')
          .some(({ imageId }) => own.ids.labeled.includes(imageId)),
      ).toBe(false);
    });

    it(
      'are those that heads out of fold on imported weights contradict, also where these weights are ' + 'tuned',
      async () => {
        const { own, wrong } = await createMislabeled();
        const backboneId = await createDrawnBackbone(bench.db, bench.blobs, own.organizationId);
        const transfer = { students: [], backboneId, teacherSteps: 40, headLearningRate: 0.3 };
        const frozen = await createRun(bench.db, own, { ...transfer, method: 'frozen' });
        const tuned = await createRun(bench.db, own, { ...transfer, method: 'fine-tune', learningRate: 0.1 });
        expect([await bench.work(frozen), await bench.work(tuned)]).toEqual(['finished', 'finished']);
        const found = await listFound(frozen);
        expect(found.filter(({ imageId }) => wrong.includes(imageId)).length).toBeGreaterThan(found.length / 4);
        expect(await listFound(tuned)).toEqual(found);
      },
    );
  });

  it('RUN-7 RUN-8 RUN-12 waits for answers, and trains the next round on them', async () => {
    const { db } = bench;
    const own = await createDrawnProject(db, bench.blobs, {
      perClass: { pool: 12, validation: 3, test: 2 },
      labeledPerClass: 4,
      seed: 5,
    });
    const runId = await createRun(db, own, { reviewGate: 'answers', reviewAnswers: 3, reviewPerRound: 6 });
    expect(await bench.work(runId)).toBe('waiting');
    expect(await getRunState(db, runId)).toMatchObject({ status: 'waiting-review', trainerId: null });
    const items = await db.select().from(reviewItem).where(eq(reviewItem.runId, runId));
    expect(items.length).toBeGreaterThanOrEqual(3);
    expect(items.length).toBeLessThanOrEqual(6);
    // RUN-7: nothing has looked at the test split while the run is still being decided.
    expect((await rounds(runId)).map(({ metrics }) => metrics?.testCount ?? null)).toEqual([null, null]);
    expect(await releaseAnsweredRuns(db)).not.toContain(runId);
    const answered = items.slice(0, 3);
    await own.label(answered.map(({ imageId }) => imageId));
    for (const { id } of answered) await db.update(reviewItem).set({ status: 'answered' }).where(eq(reviewItem.id, id));
    expect(await releaseAnsweredRuns(db)).toContain(runId);
    expect(await bench.work(runId)).toBe('finished');
    const [teacher, student] = await rounds(runId);
    const fresh = answered.filter(({ imageId }) => !own.ids.labeled.includes(imageId)).length;
    expect(student?.labeledCount).toBe((teacher?.labeledCount ?? 0) + fresh);
  });

  it('RUN-8 waits for a person', async () => {
    const { db } = bench;
    const runId = await createRun(db, project, { reviewGate: 'person' });
    expect(await bench.work(runId)).toBe('waiting');
    expect(await releaseAnsweredRuns(db)).not.toContain(runId);
    await commandRun(db, { projectId: project.projectId, runId, command: 'go-on' });
    expect(await bench.work(runId)).toBe('finished');
  });
});
