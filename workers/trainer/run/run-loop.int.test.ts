import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { claimRun, releaseAnsweredRuns } from '#db/queries/run/run-claim.ts';
import { insertBackbone } from '#db/queries/run/backbone.ts';
import { listSuspects } from '#db/queries/review/insight.ts';
import { commandRun } from '#db/queries/run/run-write.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { listPseudoLabels, listRoundStates } from '#db/queries/round/round-write.ts';
import {
  backbone,
  checkpoint,
  image,
  prediction,
  reviewItem,
  round,
  roundLabel,
  roundPoint,
  run,
  suspectLabel,
} from '#db/schema/index.ts';
import { createOrganization } from '#db/seed/factories.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { decodeModelFile } from '../model/model-file.ts';
import { runOnce } from './run-loop.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';

let database: TestDatabase;
let blobs: BlobStore;
let folder: string;
let project: DrawnProject;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pupil-trainer-'));
  blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  project = await createDrawnProject(database.db, blobs, {
    perClass: { pool: 14, validation: 4, test: 3 },
    labeledPerClass: 5,
  });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A trainer takes the run and works on it until it leaves it. */
async function work(runId: string, signal: AbortSignal = new AbortController().signal) {
  const { db } = database;
  const claimed = await claimRun(db, { runId, trainerId: 'test', seconds: 60 });
  if (!claimed) throw new Error('the run could not be claimed');
  return runOnce({
    db,
    blobs,
    log: pino({ level: 'silent' }),
    signal,
    hold: { runId, token: claimed.trainerToken },
    cacheFolder: join(folder, 'cache'),
    openEngine: () => openEngine('wasm', { threads: 1 }),
  });
}

/** Aborts as soon as the run has stored a point of the curve of its round at `index`. */
function abortDuring(
  runId: string,
  index: number,
  then: (abort: () => void) => Promise<void> = (abort) => Promise.resolve(abort()),
): AbortSignal {
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    const state = (await listRoundStates(database.db, runId)).find(
      (round) => round.index === index && round.stage === 'training',
    );
    if (state) await then(() => controller.abort());
    else if (!controller.signal.aborted) setTimeout(() => void look(), 20);
  };
  void look();
  return controller.signal;
}

const rounds = (runId: string) => listRoundStates(database.db, runId);

describe('a run', () => {
  it(
    'RUN-4 RUN-7 RUN-10 trains teacher, student and control arm, scores the pool, and measures test at the ' + 'end',
    async () => {
      const { db } = database;
      const runId = await createRun(db, project, { control: true });
      expect(await work(runId)).toBe('finished');
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
    const { db } = database;
    const runId = await createRun(db, project);
    await work(runId);
    const student = (await rounds(runId))[1];
    const pseudo = (await listPseudoLabels(db, student?.id ?? '')).map(({ imageId }) => imageId);
    const forbidden = new Set([...project.ids.labeled, ...project.ids.validation, ...project.ids.test]);
    expect(pseudo.filter((id) => forbidden.has(id))).toEqual([]);
  });

  it(
    'LEARN-9 trains two teachers from different seeds; the student learns from the mean of both, and people are ' +
      'asked once',
    async () => {
      const { db } = database;
      const runId = await createRun(db, project, { teachers: 2, reviewPerRound: 4 });
      expect(await work(runId)).toBe('finished');
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
    const { db } = database;
    const runId = await createRun(db, project);
    expect(await work(runId, abortDuring(runId, 1))).toBe('taken');
    const before = await rounds(runId);
    expect(before[0]?.stage).toBe('done');
    expect(before[1]?.stage).not.toBe('done');
    const frozen = await listPseudoLabels(db, before[1]?.id ?? '');
    expect(await work(runId)).toBe('finished');
    const after = await rounds(runId);
    expect(after[0]).toMatchObject({ id: before[0]?.id, endedAt: before[0]?.endedAt, startedAt: before[0]?.startedAt });
    expect(await listPseudoLabels(db, before[1]?.id ?? '')).toEqual(frozen);
    expect(after.map(({ stage }) => stage)).toEqual(['done', 'done']);
  });

  it('RUN-1 lets a trainer that lost its hold write nothing', async () => {
    const { db } = database;
    const runId = await createRun(db, project);
    const first = work(
      runId,
      abortDuring(runId, 0, async () => void (await claimRun(db, { runId, trainerId: 'other', seconds: 60 }))),
    );
    expect(await first).toBe('taken');
    expect((await rounds(runId)).every(({ stage }) => stage !== 'done')).toBe(true);
    expect(await getRunState(db, runId)).toMatchObject({ status: 'training', trainerId: 'other' });
  });

  it('RUN-6 stops when it is cancelled, and can be resumed', async () => {
    const { db } = database;
    const { projectId } = project;
    const runId = await createRun(db, project);
    expect(
      await work(
        runId,
        abortDuring(runId, 0, async (abort) => {
          await commandRun(db, { projectId, runId, command: 'cancel' });
          abort();
        }),
      ),
    ).toBe('taken');
    expect((await getRunState(db, runId)).status).toBe('cancelled');
    expect(await claimRun(db, { runId, trainerId: 'test', seconds: 60 })).toBeNull();
    await commandRun(db, { projectId, runId, command: 'resume' });
    expect(await work(runId)).toBe('finished');
  });

  it('RUN-6 stops while a fresh head settles before fine-tuning, too', async () => {
    const { db } = database;
    const backboneId = await createDrawnBackbone(db, blobs, project.organizationId);
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
    expect(await work(runId, controller.signal)).toBe('taken');
    expect(steps).toBe(3);
    expect(await work(runId)).toBe('finished');
  });

  describe('LEARN-7 labels that people are asked to look at again', () => {
    /** Every 7th label is of the next class. */
    async function createMislabeled() {
      const own = await createDrawnProject(database.db, blobs, {
        perClass: { pool: 54, validation: 3, test: 2 },
        labeledPerClass: 14,
        seed: 6,
      });
      const wrong = own.ids.labeled.filter((_, position) => position % 7 === 0);
      await own.label(wrong, (id) => ((own.truth.get(id) ?? 0) + 1) % 3);
      return { own, wrong };
    }
    const listFound = (runId: string) =>
      database.db
        .select({ imageId: suspectLabel.imageId, index: round.index, margin: suspectLabel.margin })
        .from(suspectLabel)
        .innerJoin(round, eq(round.id, suspectLabel.roundId))
        .where(eq(round.runId, runId))
        .orderBy(desc(suspectLabel.margin));

    it('are those that pseudo-labels contradict, found by a net that saw no label, within the budget', async () => {
      const { db } = database;
      const { own, wrong } = await createMislabeled();
      const runId = await createRun(db, own, {
        students: ['xs', 'xs'],
        keepShare: [1],
        reviewPerRound: 20,
        teacherSteps: 60,
        steps: 60,
      });
      expect(await work(runId)).toBe('finished');
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
        const backboneId = await createDrawnBackbone(database.db, blobs, own.organizationId);
        const transfer = { students: [], backboneId, teacherSteps: 40, headLearningRate: 0.3 };
        const frozen = await createRun(database.db, own, { ...transfer, method: 'frozen' });
        const tuned = await createRun(database.db, own, { ...transfer, method: 'fine-tune', learningRate: 0.1 });
        expect([await work(frozen), await work(tuned)]).toEqual(['finished', 'finished']);
        const found = await listFound(frozen);
        expect(found.filter(({ imageId }) => wrong.includes(imageId)).length).toBeGreaterThan(found.length / 4);
        expect(await listFound(tuned)).toEqual(found);
      },
    );
  });

  it('RUN-7 RUN-8 RUN-12 waits for answers, and trains the next round on them', async () => {
    const { db } = database;
    const own = await createDrawnProject(db, blobs, {
      perClass: { pool: 12, validation: 3, test: 2 },
      labeledPerClass: 4,
      seed: 5,
    });
    const runId = await createRun(db, own, { reviewGate: 'answers', reviewAnswers: 3, reviewPerRound: 6 });
    expect(await work(runId)).toBe('waiting');
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
    expect(await work(runId)).toBe('finished');
    const [teacher, student] = await rounds(runId);
    const fresh = answered.filter(({ imageId }) => !own.ids.labeled.includes(imageId)).length;
    expect(student?.labeledCount).toBe((teacher?.labeledCount ?? 0) + fresh);
  });

  it('RUN-8 waits for a person', async () => {
    const { db } = database;
    const runId = await createRun(db, project, { reviewGate: 'person' });
    expect(await work(runId)).toBe('waiting');
    expect(await releaseAnsweredRuns(db)).not.toContain(runId);
    await commandRun(db, { projectId: project.projectId, runId, command: 'go-on' });
    expect(await work(runId)).toBe('finished');
  });
});

describe('a run from imported weights', () => {
  it.each([
    ['frozen', { method: 'frozen' as const, students: [] }, ['teacher backbone-head']],
    [
      'fine-tune',
      { method: 'fine-tune' as const, students: [], learningRate: 0.001, headLearningRate: 0.01 },
      ['teacher backbone-head'],
    ],
    [
      'distill',
      { method: 'distill' as const, students: [], exportModel: 'xs' as const, control: true },
      ['teacher backbone-head', 'distilled xs', 'control xs'],
    ],
  ])('LEARN-20 finishes: %s', async (_method, config, expected) => {
    const { db } = database;
    const backboneId = await createDrawnBackbone(db, blobs, project.organizationId);
    const runId = await createRun(db, project, { ...config, backboneId });
    expect(await work(runId)).toBe('finished');
    const made = await rounds(runId);
    expect(made.map(({ role, model }) => `${role} ${model}`)).toEqual(expected);
    for (const { metrics } of made) expect(metrics).toMatchObject({ valCount: 12, testCount: 9 });
  });

  it('LEARN-11 distils without model noise, and trains the control arm as the same net', async () => {
    const { db } = database;
    const runId = await createRun(db, project, {
      method: 'distill',
      students: [],
      exportModel: 'resnet8',
      control: true,
      dropout: 0.4,
      stochasticDepth: 0.2,
    });
    expect(await work(runId)).toBe('finished');
    const noise = await Promise.all(
      (await rounds(runId)).map(async ({ id, role }) => {
        const { graph } = decodeModelFile(await loadFinal({ db, blobs }, id));
        return [
          role,
          graph.nodes.some((node) => node.op === 'dropout'),
          graph.nodes.some((node) => node.op === 'add' && node.drop > 0),
        ];
      }),
    );
    expect(noise).toEqual([
      ['teacher', true, false],
      ['distilled', false, false],
      ['control', false, false],
    ]);
  });

  it(
    'LEARN-22 starts from a round of another project of the organization, with a head for its own ' + 'classes',
    async () => {
      const { db } = database;
      const runId = await createRun(db, project, { students: [] });
      expect(await work(runId)).toBe('finished');
      const [teacher] = await rounds(runId);
      const [weights] = await db
        .select()
        .from(checkpoint)
        .where(and(eq(checkpoint.roundId, teacher?.id ?? ''), eq(checkpoint.final, true)));
      const other = await createDrawnProject(db, blobs, {
        perClass: { pool: 6, validation: 2, test: 1 },
        labeledPerClass: 4,
        classes: 2,
        seed: 23,
      });
      const backboneId = await insertBackbone(db, {
        organizationId: other.organizationId,
        name: 'earlier',
        blobKey: weights?.blobKey ?? '',
        sha256: weights?.sha256 ?? '',
        bytes: weights?.bytes ?? 0,
        inputSize: 16,
      });
      const next = await createRun(db, other, { method: 'frozen', students: [], backboneId });
      expect(await work(next)).toBe('finished');
      const [made] = await rounds(next);
      expect(made).toMatchObject({ model: 'backbone-head', metrics: { valCount: 4, testCount: 2 } });
      expect(made?.metrics?.confusion).toHaveLength(2);
    },
  );

  it('ACCESS-2 cannot use the backbone of another organization', async () => {
    const { db } = database;
    const backboneId = await createDrawnBackbone(db, blobs, await createOrganization(db));
    const runId = await createRun(db, project, { method: 'frozen', students: [], backboneId });
    expect(await work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain('does not exist');
  });

  it('RUN-9 says that the stored backbone is damaged', async () => {
    const { db } = database;
    const backboneId = await createDrawnBackbone(db, blobs, project.organizationId);
    const [row] = await db.select().from(backbone).where(eq(backbone.id, backboneId));
    const bytes = await blobs.get(row?.blobKey ?? '');
    await blobs.put(row?.blobKey ?? '', bytes.subarray(0, bytes.length - 40));
    const runId = await createRun(db, project, { method: 'frozen', students: [], backboneId });
    expect(await work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain('Import it again');
    await blobs.put(row?.blobKey ?? '', bytes);
  });
});

describe('a run that cannot go on', () => {
  it('RUN-1 is failed by the trainer that holds it, never by one that lost it', async () => {
    const { db } = database;
    const runId = await createRun(db, project);
    const tryWith = async (token: number) =>
      runOnce({
        db,
        blobs,
        log: pino({ level: 'silent' }),
        signal: new AbortController().signal,
        hold: { runId, token },
        cacheFolder: folder,
        openEngine: () => Promise.reject(new AppError('BAD_INPUT', 'This machine has no such engine.')),
      });
    const lost = await claimRun(db, { runId, trainerId: 'first', seconds: 60 });
    const held = await claimRun(db, { runId, trainerId: 'second', seconds: 60 });
    expect(await tryWith(lost?.trainerToken ?? 0)).toBe('taken');
    expect((await getRunState(db, runId)).status).toBe('training');
    expect(await tryWith(held?.trainerToken ?? 0)).toBe('failed');
    expect(await getRunState(db, runId)).toMatchObject({
      status: 'failed',
      message: 'This machine has no such engine.',
    });
  });

  it('RUN-9 says that the learning rate was too high when the loss is no number', async () => {
    const { db } = database;
    const runId = await createRun(db, project, {
      learningRate: 10,
      momentum: 0.999,
      weightDecay: 0.1,
      warmup: 0,
      teacherSteps: 200,
    });
    await db
      .update(run)
      .set({ config: sql`jsonb_set(config, '{learningRate}', '1e20')` })
      .where(eq(run.id, runId));
    expect(await work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain('lower learning rate');
  });

  it.each([
    ['no labels', 0, 'No image of the pool is labeled'],
    ['one class', 4, 'Only one class has labeled images'],
  ])('RUN-9 says so: %s', async (_what, labeled, message) => {
    const { db } = database;
    const own = await createDrawnProject(db, blobs, {
      perClass: { pool: 4, validation: 1, test: 1 },
      labeledPerClass: 0,
      seed: 11 + labeled,
    });
    if (labeled > 0) await own.label(own.ids.pool.slice(0, labeled));
    const runId = await createRun(db, own);
    expect(await work(runId)).toBe('failed');
    expect(await getRunState(db, runId)).toMatchObject({ status: 'failed' });
    expect((await getRunState(db, runId)).message).toContain(message);
  });

  it('RUN-9 names an image whose file is gone, and goes on once it is back', async () => {
    const { db } = database;
    const own = await createDrawnProject(db, blobs, {
      perClass: { pool: 5, validation: 2, test: 1 },
      labeledPerClass: 3,
      seed: 17,
    });
    const [victim] = await db
      .select()
      .from(image)
      .where(eq(image.id, own.ids.labeled[0] ?? ''));
    const key = `projects/${own.projectId}/images/${victim?.contentHash}.webp`;
    const bytes = await blobs.get(key);
    await blobs.delete(key);
    const runId = await createRun(db, own);
    expect(await work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain(victim?.id);
    await blobs.put(key, bytes);
    await commandRun(db, { projectId: own.projectId, runId, command: 'resume' });
    expect(await work(runId)).toBe('finished');
  });
});
