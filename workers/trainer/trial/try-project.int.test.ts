import { eq, sql } from 'drizzle-orm';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endTrial, findTrial, isTrialQueued, listQueuedTrials } from '#db/queries/run/trial.ts';
import { liveTeacher, scratchTrial } from '#db/schema/index.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { embedShard } from '../feature/embed-shard.ts';
import { openFeatures } from '../feature/open-features.ts';
import { sweepFeatures } from '../feature/sweep-features.ts';
import { teachProject } from '../live/teach-project.ts';
import { createDrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { tryProject } from './try-project.ts';

let bench: TrainerBench;
let cacheFolder: string;
beforeAll(async () => {
  bench = await openTrainerBench();
  cacheFolder = await mkdtemp(join(tmpdir(), 'pupil-trial-'));
});
afterAll(async () => {
  await bench.close();
  await rm(cacheFolder, { recursive: true, force: true });
});

it('CHAIN-8 tries nets from scratch in the background, once labels suffice and no run wants the machine', async () => {
  const { db, blobs } = bench;
  const { projectId } = await createDrawnProject(db, blobs, {
    perClass: { pool: 20, validation: 6, test: 3 },
    labeledPerClass: 6,
    seed: 12,
  });
  const noEngine = () => Promise.reject(new Error('no backbone needs one here'));
  for (const shardId of await sweepFeatures(db))
    await embedShard({ db, blobs, readerOf: (set) => openFeatures({ db, blobs, openEngine: noEngine }, set) }, shardId);
  await teachProject(db, projectId, null);
  const expect18 = async (share: number) =>
    db.execute(sql`update live_teacher set figures = jsonb_set(figures, '{validation,value}', ${String(share)}::jsonb)
      where project_id = ${projectId}`);
  // So good a backbone leaves nothing to try.
  await expect18(0.97);
  expect(await listQueuedTrials(db)).toEqual([]);
  await expect18(0.7);
  const [trialId = '', ...more] = await listQueuedTrials(db);
  expect(more).toEqual([]);
  expect(await listQueuedTrials(db)).toEqual([trialId]);
  expect(await isTrialQueued(db, projectId)).toBe(true);

  await tryProject(
    {
      db,
      blobs,
      cacheFolder,
      signal: new AbortController().signal,
      openEngine: () => openEngine('wasm', { threads: 2 }),
    },
    trialId,
  );
  const trial = await findTrial(db, projectId);
  expect(trial).toMatchObject({ labels: 18, status: 'done', side: 16 });
  expect(trial?.imagesPerSecond).toBeGreaterThan(0);
  expect(trial?.figures?.scratch.count).toBe(18);
  expect(trial?.figures?.backbone?.count).toBe(18);
  expect(trial?.figures?.scratch.accuracy).toBeGreaterThan(0.4);
  expect(trial?.figures?.together?.accuracy).toBeGreaterThan(0.4);
  // Half as many labels again are needed before the next one.
  expect(await listQueuedTrials(db)).toEqual([]);
  await db.update(liveTeacher).set({ labels: 27 }).where(eq(liveTeacher.projectId, projectId));
  const [next = ''] = await listQueuedTrials(db);
  expect(next).not.toBe('');
  await endTrial(db, next, { message: 'It broke.' });
  expect((await findTrial(db, projectId))?.id).toBe(trialId);
  expect(await db.$count(scratchTrial, eq(scratchTrial.projectId, projectId))).toBe(2);
}, 240_000);
