import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBlobStore } from '#db/blobs/index.ts';
import { countAnsweredByTrainer } from '#db/queries/round/prediction-shard.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { prediction, predictionShard, trainer } from '#db/schema/index.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { createDrawnProject, createRun, fillPool } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Five shards. */
const POOL = 4500;
/** What is waited for comes within so long, ms, also on a busy machine. */
const SOON_MS = 150_000;
/** What a stopped process had sent to the database is stored within so long, ms. */
const SENT_MS = 500;

let database: TestDatabase;
let folder: string;
let project: DrawnProject;
const trainers: ChildProcess[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pupil-pool-'));
  const blobs = join(folder, 'blobs');
  project = await createDrawnProject(database.db, await openBlobStore({ folder: blobs, s3: null }), {
    perClass: { pool: 20, validation: 2, test: 2 },
    labeledPerClass: 4,
  });
  await fillPool(database.db, blobs, project, POOL);
});
afterAll(async () => {
  await Promise.all(
    trainers
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map(
        (one) =>
          new Promise((ended) => {
            one.once('exit', ended);
            void signalChildren(one, 'SIGCONT').then(() => one.kill('SIGTERM'));
          }),
      ),
  );
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** The trainer as the product starts it; resolves with it once it is on the list, with its name there. */
async function startTrainer(): Promise<{ process: ChildProcess; id: string }> {
  const started = fork(new URL('./main.ts', import.meta.url), {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      PUPIL_DATA: folder,
      PUPIL_ENGINE: 'wasm',
      PUPIL_THREADS: '1',
      LOG_LEVEL: 'error',
    },
  });
  trainers.push(started);
  await new Promise((ready) => started.once('message', ready));
  const id = await until(async () => {
    const rows = await database.db.select().from(trainer);
    return rows.find((row) => row.id.includes(`-${started.pid}-`))?.id ?? null;
  });
  return { process: started, id };
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (const started = performance.now(); performance.now() - started < SOON_MS;) {
    const found = await look();
    if (found !== null) return found;
    await wait(10);
  }
  throw new Error(`What was waited for did not come: ${look.toString()}`);
}

/** Stops or wakes the processes that a trainer has started. */
async function signalChildren(of: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  for (const name of (await readdir('/proc')).filter((one) => /^\d+$/.test(one))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (/\) \S (\d+)/.exec(stat)?.[1] === String(of.pid)) process.kill(Number(name), signal);
  }
}

const finished = (runId: string) =>
  until(async () => {
    const { status, message } = await getRunState(database.db, runId);
    if (status === 'failed') throw new Error(message ?? 'the run failed');
    return status === 'finished' ? true : null;
  });

async function answersOf(roundId: string) {
  const rows = await database.db.select().from(prediction).where(eq(prediction.roundId, roundId));
  return new Map(rows.map(({ imageId, roundId: _round, ...rest }) => [imageId, rest]));
}

describe.skipIf(process.platform !== 'linux')('several trainers', () => {
  it('RUN-61 share a pool, one killed in the middle, and the answers are those of one trainer', async () => {
    const { db } = database;
    const holder = await startTrainer();
    const alone = await createRun(db, project, { students: [] });
    await finished(alone);
    const [first] = await listRoundStates(db, alone);

    const helper = await startTrainer();
    const shared = await createRun(db, project, { students: [] });
    const shards = await until(async () => {
      const [round] = await listRoundStates(db, shared);
      const rows = round && (await db.select().from(predictionShard).where(eq(predictionShard.roundId, round.id)));
      return rows && rows.length > 0 ? rows : null;
    });
    const roundId = shards[0]?.roundId ?? '';
    const run = await getRunState(db, shared);
    const [holds, helps] = run.trainerId === holder.id ? [holder, helper] : [helper, holder];
    // Its trainer goes on to say that it holds the run, and its shard.
    await signalChildren(holds.process, 'SIGSTOP');
    const shardsOf = () => db.select().from(predictionShard).where(eq(predictionShard.roundId, roundId));
    // One is answered and the next in hand: that one is lost with its trainer. It is stopped first, since an answer may
    // be on its way as we look.
    const inHand = await until(async () => {
      const isInHand = ({ trainerId, status }: { trainerId: string | null; status: string }): boolean =>
        trainerId === helps.id && status === 'open';
      const rows = await shardsOf();
      if (!rows.some(({ trainerId, status }) => trainerId === helps.id && status === 'answered')) return null;
      if (!rows.some(isInHand)) return null;
      await signalChildren(helps.process, 'SIGSTOP');
      await wait(SENT_MS);
      const still = (await shardsOf()).find(isInHand);
      if (!still) await signalChildren(helps.process, 'SIGCONT');
      return still ?? null;
    });
    await signalChildren(helps.process, 'SIGKILL');
    helps.process.kill('SIGKILL');
    await signalChildren(holds.process, 'SIGCONT');
    await finished(shared);

    const rows = await shardsOf();
    expect(rows).toHaveLength(5);
    expect(rows.find(({ id }) => id === inHand.id)?.trainerId).toBe(holds.id);
    expect(rows.every(({ status, logits, embeddings }) => status === 'stored' && !logits && !embeddings)).toBe(true);
    const counts = new Map(
      (await countAnsweredByTrainer(db, roundId)).map(({ trainerId, images }) => [trainerId, images]),
    );
    expect([...counts.keys()].toSorted()).toEqual([holds.id, helps.id].toSorted());
    expect([...counts.values()].reduce((all, images) => all + images, 0)).toBe(POOL);
    const [before, after] = [await answersOf(first?.id ?? ''), await answersOf(roundId)];
    expect(after.size).toBe(POOL + project.ids.validation.length);
    expect(after).toEqual(before);
  }, 400_000);
});
