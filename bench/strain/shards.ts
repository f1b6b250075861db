import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eq, sql } from 'drizzle-orm';
import { openBlobStore } from '#db/blobs/index.ts';
import type { Database } from '#db/client.ts';
import { execute, number, text } from '#db/execute.ts';
import { unpackIds } from '#db/packed-embeddings.ts';
import { readEmbeddings } from '#db/queries/image/embedding.ts';
import { countAnsweredByTrainer } from '#db/queries/round/prediction-shard.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { predictionShard } from '#db/schema/index.ts';
import { createDrawnProject, createRun, fillPool } from '#trainer/testing/drawn-project.ts';
import type { DrawnProject } from '#trainer/testing/drawn-project.ts';
import { machine, numberArg, textArg, withDatabase } from '../database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Different pictures; each stands for many images. */
const PICTURES = 300;
const LOOK_MS = 50;
const START_MS = 120_000;

interface Stage {
  db: Database['db'];
  url: string;
  folder: string;
  project: DrawnProject;
}

type Victim = 'helper' | 'holder';

/**
 * `npm run bench -- shards --images 100000 --trainers 1,2,4 [--side 16] [--kill]`: how the prediction of a pool is
 * shared by so many processes of trainers, each with a folder of its own as on a machine of its own, on one database
 * and one store of drawn images. Training is a dozen steps. Prints images by trainer and seconds from the cut of the
 * pool to its last prediction; with `--kill` twice more with most trainers, one of which is killed at about half: one
 * that helps, then the one that holds the run. Every prediction is compared with those of one trainer: ends with 1
 * where one is lost, doubled or different. Needs `npm run build`.
 */
export async function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'images', 20_000);
  const side = numberArg(args, 'side', 16);
  const sizes = (textArg(args, 'trainers') ?? '1,2,4').split(',').map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'pupil-shards-'));
  try {
    await withDatabase({ durable: true, connections: 4 }, async ({ db, url }) => {
      const stage: Stage = { db, url, folder, project: await drawPool(db, folder, count, side) };
      console.log(`${machine()}\n${count} images of ${side} px, model xs`);
      const base = await share(stage, 1, null);
      let wrong = 0;
      for (const trainers of sizes.filter((size) => size > 1))
        wrong += await compare(stage, base, await share(stage, trainers, null));
      if (args.includes('--kill'))
        for (const victim of ['helper', 'holder'] as const)
          wrong += await compare(stage, base, await share(stage, Math.max(2, ...sizes), victim));
      if (wrong > 0) process.exitCode = 1;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A project whose pool is so large. */
async function drawPool(db: Database['db'], folder: string, count: number, side: number): Promise<DrawnProject> {
  const blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  const drawn = await createDrawnProject(db, blobs, {
    perClass: { pool: PICTURES / 3, validation: 10, test: 2 },
    labeledPerClass: 20,
    side,
  });
  await fillPool(db, join(folder, 'blobs'), drawn, count);
  return drawn;
}

/** One run with so many trainers; resolves with its first round once it is finished. */
async function share(stage: Stage, trainers: number, victim: Victim | null): Promise<string> {
  const { db, project } = stage;
  const started = await Promise.all(Array.from({ length: trainers }, (_, at) => startTrainer(stage, at)));
  try {
    const runId = await createRun(db, project, { students: [], seed: 1 });
    const roundId = await until(async () => {
      const [round] = await listRoundStates(db, runId);
      const shards = round && (await db.$count(predictionShard, eq(predictionShard.roundId, round.id)));
      return round && shards ? round.id : null;
    });
    const cutAt = performance.now();
    const progress = () =>
      execute(
        db,
        sql`select count(*)::int as shards, count(*) filter (where status = 'stored')::int as stored
          from prediction_shard where round_id = ${roundId}`,
        { shards: number, stored: number },
      );
    await until(async () => {
      const [now] = await progress();
      return now && now.stored * 2 >= now.shards ? true : null;
    });
    const killed = victim && (await kill(stage, started, runId, victim));
    await until(async () => {
      const [now] = await progress();
      return now && now.stored === now.shards ? true : null;
    });
    const seconds = (performance.now() - cutAt) / 1000;
    await until(async () => {
      const { status, message } = await getRunState(db, runId);
      if (status === 'failed') throw new Error(message ?? 'the run failed');
      return status === 'finished' ? true : null;
    });
    const counts = await countAnsweredByTrainer(db, roundId);
    const ids = unpackIds((await readEmbeddings(db, roundId)).imageIds);
    const all = counts.reduce((sum, { images }) => sum + images, 0);
    console.log(
      `${trainers} ${trainers === 1 ? 'trainer ' : 'trainers'}${killed ? `, one that ${killed} killed` : ''}: ` +
        `${counts.map(({ images }) => images).join(' + ')} = ${all} images in ${seconds.toFixed(1)} s; ` +
        `${ids.length - new Set(ids).size} embeddings doubled`,
    );
    if (ids.length !== new Set(ids).size) process.exitCode = 1;
    return roundId;
  } finally {
    await Promise.all(started.map(stop));
  }
}

/** Kills a trainer, as the system would, once it is seen to have a shard in hand; says what it did. */
async function kill({ db }: Stage, trainers: readonly ChildProcess[], runId: string, victim: Victim) {
  const { trainerId: holder } = await getRunState(db, runId);
  const id = await until(async () => {
    const rows = await execute(
      db,
      sql`select trainer_id as id from prediction_shard where status = 'open' and trainer_until > now()
        and (trainer_id = ${holder}) = ${victim === 'holder'} limit 1`,
      { id: text },
    );
    return rows[0]?.id ?? null;
  });
  trainers.find(({ pid }) => id.includes(`-${pid}-`))?.kill('SIGKILL');
  return victim === 'holder' ? 'held the run' : 'helped';
}

/** Holds every prediction of a round, places on the map included, against those of one trainer. */
async function compare({ db }: Stage, base: string, roundId: string): Promise<number> {
  const [found] = await execute(
    db,
    sql`
    select count(*)::int as images, count(*) filter (where b.image_id is null)::int as lost,
      count(*) filter (where a.image_id is null)::int as more,
      count(*) filter (where a.probabilities <> b.probabilities or a.class_index <> b.class_index
        or a.map_x is distinct from b.map_x or a.map_y is distinct from b.map_y)::int as different
    from (select * from prediction where round_id = ${base}) a
    full join (select * from prediction where round_id = ${roundId}) b on b.image_id = a.image_id`,
    { images: number, lost: number, more: number, different: number },
  );
  const { images, lost, more, different } = found ?? { images: 0, lost: 1, more: 0, different: 0 };
  console.log(`  ${images} predictions: ${lost} lost, ${more} too many, ${different} different from one trainer's`);
  return lost + more + different;
}

async function startTrainer({ url, folder }: Stage, at: number): Promise<ChildProcess> {
  const own = mkdtempSync(join(folder, `trainer-${at}-`));
  symlinkSync(join(folder, 'blobs'), join(own, 'blobs'));
  const child = fork(join(root, 'dist/trainer.js'), {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: url,
      PUPIL_DATA: own,
      PUPIL_ENGINE: 'wasm',
      PUPIL_THREADS: '1',
      LOG_LEVEL: 'error',
    },
  });
  await new Promise<void>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error('A trainer did not start. Run `npm run build` first.')), START_MS);
    child.once('message', () => (clearTimeout(timer), ready()));
    child.once('exit', (code) => failed(new Error(`A trainer ended with ${code}. Run \`npm run build\` first.`)));
  });
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((end) => child.once('exit', end));
  child.kill('SIGTERM');
  await ended;
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await wait(LOOK_MS);
  }
}
