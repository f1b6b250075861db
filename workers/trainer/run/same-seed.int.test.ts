import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_AUGMENTATION } from '#core/run/learning.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { imageKey } from '#core/image/media.ts';
import { findFinalCheckpoint } from '#db/queries/round/checkpoint.ts';
import { insertImages } from '#db/queries/image/image.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { image, pseudoLabel, reviewItem, roundPoint } from '#db/schema/index.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';

const AUGMENTED: Partial<RunConfig> = { augmentation: { ...DEFAULT_AUGMENTATION, cutout: 4 }, dropout: 0.1 };

let here: TrainerBench;
let elsewhere: TrainerBench;
beforeAll(async () => {
  [here, elsewhere] = await Promise.all([openTrainerBench(), openTrainerBench()]);
});
afterAll(async () => {
  await here.close();
  await elsewhere.close();
});

const draw = ({ db, blobs }: TrainerBench) =>
  createDrawnProject(db, blobs, { perClass: { pool: 12, validation: 4, test: 2 }, labeledPerClass: 5 });
const weightsOf = async ({ db }: TrainerBench, runId: string) =>
  Promise.all(
    (await listRoundStates(db, runId)).map(async ({ id, role }) => [role, (await findFinalCheckpoint(db, id))?.sha256]),
  );

/** Everything that a run decides, told by what images look like instead of by their ids. */
async function learn(bench: TrainerBench) {
  const { db, work } = bench;
  const runId = await createRun(db, await draw(bench), {
    ...AUGMENTED,
    teachers: 2,
    control: true,
    reviewPerRound: 10,
  });
  expect(await work(runId)).toBe('finished');
  const rounds = await listRoundStates(db, runId);
  const decided = await Promise.all(
    rounds.map(async ({ id, role, metrics }) => ({
      role,
      losses: await db
        .select({ step: roundPoint.step, labeled: roundPoint.lossLabeled, pseudo: roundPoint.lossPseudo })
        .from(roundPoint)
        .where(eq(roundPoint.roundId, id))
        .orderBy(asc(roundPoint.step)),
      pseudo: await db
        .select({ content: image.contentHash, classIndex: pseudoLabel.classIndex, confidence: pseudoLabel.confidence })
        .from(pseudoLabel)
        .innerJoin(image, eq(image.id, pseudoLabel.imageId))
        .where(eq(pseudoLabel.roundId, id))
        .orderBy(asc(image.contentHash)),
      asked: await db
        .select({ content: image.contentHash, reason: reviewItem.reason })
        .from(reviewItem)
        .innerJoin(image, eq(image.id, reviewItem.imageId))
        .where(eq(reviewItem.roundId, id))
        .orderBy(asc(image.contentHash)),
      figures: metrics && {
        right: metrics.valAccuracy,
        loss: metrics.valLoss,
        temperature: metrics.temperature,
        test: metrics.testAccuracy,
      },
    })),
  );
  return { decided, weights: await weightsOf(bench, runId) };
}

describe('the same data in a fresh database', () => {
  it(
    'LEARN-10 gives the same run for the same seed: losses, pseudo-labels, questions, figures and ' + 'weights',
    async () => {
      const first = await learn(here);
      expect(first.decided.map(({ role }) => role)).toEqual(['teacher', 'teacher', 'student', 'control']);
      expect(first.decided[2]?.pseudo.length).toBeGreaterThan(0);
      expect(first.decided[1]?.asked.length).toBeGreaterThan(0);
      expect(await learn(elsewhere)).toEqual(first);
    },
  );
});

describe('a run that was left in the middle of its second training, and images arrive', () => {
  it.each<[string, Partial<RunConfig>, { gray: boolean }]>([
    ['a noisy student', {}, { gray: false }],
    ['a distilled model', { method: 'distill', students: [], exportModel: 'xs' }, { gray: false }],
    ['a project that was gray, and a colour image', {}, { gray: true }],
  ])('RUN-3 RUN-4 goes on to the weights of a run that was never left: %s', async (_what, config, { gray }) => {
    const { db, blobs, work } = here;
    const start = async () => {
      const project = await draw(here);
      if (gray) await db.update(image).set({ channels: 1 }).where(eq(image.projectId, project.projectId));
      return { project, runId: await createRun(db, project, { ...AUGMENTED, ...config }) };
    };
    const whole = await start();
    expect(await work(whole.runId)).toBe('finished');

    const { project, runId } = await start();
    const stop = new AbortController();
    let stored = 0;
    const watched: typeof blobs = {
      ...blobs,
      put: async (key, bytes) => {
        await blobs.put(key, bytes);
        if (key.startsWith('runs/')) stored += 1;
        // The teacher stores three checkpoints.
        if (stored === 4) setImmediate(() => stop.abort());
      },
    };
    expect(await work(runId, { signal: stop.signal, blobs: watched })).toBe('taken');
    expect((await listRoundStates(db, runId)).map(({ stage }) => stage)).toEqual(['done', 'training']);
    const [known] = await db.select().from(image).where(eq(image.projectId, project.projectId)).limit(1);
    // The least of all hashes, so that it would stand before every image that the run knows.
    const contentHash = '0'.repeat(64);
    await blobs.put(
      imageKey(project.projectId, contentHash),
      await blobs.get(imageKey(project.projectId, known?.contentHash ?? '')),
    );
    await insertImages(db, [
      {
        projectId: project.projectId,
        contentHash,
        fileName: 'late.png',
        width: 16,
        height: 16,
        channels: 3,
        bytes: 1,
        split: 'pool',
      },
    ]);
    expect(await work(runId)).toBe('finished');
    expect(await weightsOf(here, runId)).toEqual(await weightsOf(here, whole.runId));
  });
});
