import { eq, sql } from 'drizzle-orm';
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/** What a child says that is told to stop as soon as it has the trial. */
async function stopAtOnce(trialId: string): Promise<{ code: number | null; replies: unknown[]; words: string }> {
  const child = fork(new URL('../process/trainer-child.ts', import.meta.url), {
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, DATABASE_URL: bench.url, PUPIL_DATA: dirname(bench.cacheFolder), LOG_LEVEL: 'error' },
  });
  const replies: unknown[] = [];
  let words = '';
  child.on('message', (reply) => replies.push(reply));
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.send({ type: 'trial', trialId, engine: 'wasm', answers: 'engine' });
  child.send({ type: 'stop' });
  const code = await new Promise<number | null>((ended) => child.once('exit', ended));
  return { code, replies, words };
}

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
  const { code, replies, words } = await stopAtOnce(trialId);
  expect({ code, words }).toEqual({ code: 0, words: '' });
  expect(replies.at(-1)).toEqual({ type: 'done', outcome: 'stopped' });
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
