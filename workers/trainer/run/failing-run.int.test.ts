import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { claimRun } from '#db/queries/run/run-claim.ts';
import { commandRun } from '#db/queries/run/run-write.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { image, run } from '#db/schema/index.ts';
import { runOnce } from './run-loop.ts';
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

describe('a run that cannot go on', () => {
  it('RUN-1 is failed by the trainer that holds it, never by one that lost it', async () => {
    const { db } = bench;
    const runId = await createRun(db, project);
    const tryWith = async (token: number) =>
      runOnce({
        db,
        blobs: bench.blobs,
        log: pino({ level: 'silent' }),
        signal: new AbortController().signal,
        hold: { runId, token },
        cacheFolder: bench.cacheFolder,
        answers: 'engine',
        openEngine: () => Promise.reject(new AppError('BAD_INPUT', { plain: 'This machine has no such engine.' })),
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
    const { db } = bench;
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
    expect(await bench.work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain('lower learning rate');
  });

  it.each([
    ['no labels', 0, 'No image of the pool is labeled'],
    ['one class', 4, 'Only one class has labeled images'],
  ])('RUN-9 says so: %s', async (_what, labeled, message) => {
    const { db } = bench;
    const own = await createDrawnProject(db, bench.blobs, {
      perClass: { pool: 4, validation: 1, test: 1 },
      labeledPerClass: 0,
      seed: 11 + labeled,
    });
    if (labeled > 0) await own.label(own.ids.pool.slice(0, labeled));
    const runId = await createRun(db, own);
    expect(await bench.work(runId)).toBe('failed');
    expect(await getRunState(db, runId)).toMatchObject({ status: 'failed' });
    expect((await getRunState(db, runId)).message).toContain(message);
  });

  it('RUN-9 names an image whose file is gone, and goes on once it is back', async () => {
    const { db } = bench;
    const own = await createDrawnProject(db, bench.blobs, {
      perClass: { pool: 5, validation: 2, test: 1 },
      labeledPerClass: 3,
      seed: 17,
    });
    const [victim] = await db
      .select()
      .from(image)
      .where(eq(image.id, own.ids.labeled[0] ?? ''));
    const key = `projects/${own.projectId}/images/${victim?.contentHash}.webp`;
    const bytes = await bench.blobs.get(key);
    await bench.blobs.delete(key);
    const runId = await createRun(db, own);
    expect(await bench.work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain(victim?.id);
    await bench.blobs.put(key, bytes);
    await commandRun(db, { projectId: own.projectId, runId, command: 'resume' });
    expect(await bench.work(runId)).toBe('finished');
  });
});
