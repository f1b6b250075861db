import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { createSeldom } from '#core/seldom.ts';
import { storedError } from '#core/errors.ts';
import { openDatabase } from '#db/client.ts';
import { openLogStream } from '#db/log-stream.ts';
import { beatTrainer, registerTrainer, removeSilentTrainers, removeTrainer } from '#db/queries/run/trainer.ts';
import { failRun, listUnheldRuns, releaseAnsweredRuns } from '#db/queries/run/run-claim.ts';
import { sweepFeatures } from '../feature/sweep-features.ts';
import { endTrial, listQueuedTrials } from '#db/queries/run/trial.ts';
import { listUncompared } from '#db/queries/image/feature-pair.ts';
import { failShard } from '#db/queries/image/feature-shard.ts';
import { forgetAnswers, keepPredictionShards } from '#db/queries/round/prediction-shard.ts';
import { failExport, listQueuedExports } from '#db/queries/export/export-job.ts';
import type { ChildWork } from './child.ts';
import { createEmbedder } from './embedder.ts';
import { createHelper } from './help-out.ts';
import { keepLiveTeacher } from './keep-live-teacher.ts';
import { readEnv } from './env.ts';
import { forgetProjects, pixelFolder } from './forget-projects.ts';
import type { EngineReport } from '../hold/messages.ts';
import { probeEngine } from './probe-engine.ts';
import { openQueue, workQueue } from './queue.ts';
import { throughTrouble } from '../hold/through-trouble.ts';
import { workOnExport } from './work-on-export.ts';
import { workOnRun } from './work-on-run.ts';
import { workOnTrial } from './work-on-trial.ts';

const HEARTBEAT_MS = 2000;
const SWEEP_MS = 1000;
const FORGET_MS = 3_600_000;

/**
 * Process 2: takes runs and exports, and has them carried out in children, so that heartbeats never wait for tensors.
 */
async function main(): Promise<void> {
  const env = readEnv();
  const log = pino({ level: env.LOG_LEVEL, name: 'trainer' }, openLogStream());
  const seldom = createSeldom();
  // Without its database much fails each second, maybe for hours.
  const warn =
    (what: string) =>
    (error: unknown): void => {
      const unsaid = seldom(what);
      if (unsaid !== null) log.warn({ err: error, ...(unsaid > 0 ? { unsaid } : {}) }, what);
    };
  const { db, close } = openDatabase(env.DATABASE_URL, { max: 4, onError: warn('a database connection was lost') });
  const trainerId = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const working = new Map<string, ChildWork>();

  let engine: EngineReport | null = null;
  const showEngine = (report: EngineReport): void => {
    // A child that was told which engine to take has skipped none: the probe's reasons stay.
    engine = {
      ...report,
      imagesPerSecond: report.imagesPerSecond ?? engine?.imagesPerSecond ?? null,
      skipped: engine?.skipped ?? report.skipped,
      answers: report.answers ?? engine?.answers ?? null,
    };
    const { name, imagesPerSecond, ...rest } = engine;
    registerTrainer(db, {
      id: trainerId,
      engine: name,
      ...rest,
      imagesPerSecond,
      memoryBytes: process.memoryUsage.rss(),
    }).catch(warn('the trainer could not register'));
  };
  const development = env.NODE_ENV === 'development';
  await probeEngine({
    choice: env.PUPIL_ENGINE,
    folder: development ? resolve(env.PUPIL_DATA) : null,
    working,
    showEngine,
  });
  await removeSilentTrainers(db);

  // The first one brings the queue's tables up to date.
  const run = await openQueue(env.DATABASE_URL, 'run', warn('the run queue'));
  const [exporting, embed, trial] = await Promise.all([
    openQueue(env.DATABASE_URL, 'export', warn('the export queue')),
    openQueue(env.DATABASE_URL, 'embed', warn('the embedding queue')),
    openQueue(env.DATABASE_URL, 'trial', warn('the queue of trials')),
  ]);
  const queues = { run, export: exporting, embed, trial };
  const embedder = createEmbedder();
  const helper = createHelper({ db, log, trainerId, working, engine: () => engine });
  const taking = await Promise.all([
    workQueue(env.DATABASE_URL, 'run', {
      // The probe has found the engine: children need not try the others again.
      work: (runId) =>
        workOnRun(
          {
            db,
            log,
            warn,
            trainerId,
            engine: engine?.name ?? env.PUPIL_ENGINE,
            answers: engine?.answers?.taken ?? 'engine',
            working,
            showEngine,
          },
          runId,
        ),
      onGivenUp: (runId, error) => failRun(db, runId, storedError(error)),
      onError: warn('the run worker'),
    }),
    workQueue(env.DATABASE_URL, 'export', {
      work: (exportId) =>
        workOnExport({ db, log, warn, answers: engine?.answers?.taken ?? 'engine', working }, exportId),
      onGivenUp: (exportId, error) => failExport(db, exportId, storedError(error)),
      onError: warn('the export worker'),
    }),
    workQueue(env.DATABASE_URL, 'embed', {
      work: (shardId) =>
        throughTrouble(
          () => embedder.embed(shardId),
          (told, pause) => log.warn({ shardId, pause }, told.message),
        ),
      onGivenUp: async (shardId, error) => void (await failShard(db, shardId, storedError(error))),
      onError: warn('the embedding worker'),
    }),
    workQueue(env.DATABASE_URL, 'trial', {
      work: (trialId) =>
        workOnTrial(
          { db, engine: engine?.name ?? env.PUPIL_ENGINE, answers: engine?.answers?.taken ?? 'engine', working },
          trialId,
        ),
      onGivenUp: (trialId, error) => endTrial(db, trialId, { message: error.message }),
      onError: warn('the trial worker'),
    }),
  ]);
  const liveTeacher = keepLiveTeacher(warn('the live teacher ended'));
  log.info({ trainerId, engine }, 'ready');
  process.send?.({ type: 'ready', engine });

  const beat = setInterval(() => {
    const memoryBytes =
      process.memoryUsage.rss() + [...working.values()].reduce((sum, child) => sum + child.memoryBytes(), 0);
    beatTrainer(db, { id: trainerId, memoryBytes, job: [...working.keys()][0] ?? null }).catch(
      warn('a heartbeat was lost'),
    );
    if (working.size > 0) keepPredictionShards(db, trainerId).catch(warn('the hold on a shard could not be renewed'));
  }, HEARTBEAT_MS);
  const forget = (): void => {
    forgetProjects(db, pixelFolder(resolve(env.PUPIL_DATA))).catch(
      warn('pixels of deleted projects could not be removed'),
    );
    forgetAnswers(db).catch(warn('answers that nobody stores could not be removed'));
  };
  forget();
  const forgetting = setInterval(forget, FORGET_MS);
  let sweeping = false;
  const sweep = setInterval(() => {
    if (sweeping) return;
    sweeping = true;
    void (async () => {
      await releaseAnsweredRuns(db);
      for (const runId of await listUnheldRuns(db)) await queues.run.add(runId);
      for (const exportId of await listQueuedExports(db)) await queues.export.add(exportId);
      for (const shardId of [...(await sweepFeatures(db)), ...(await listUncompared(db))])
        await queues.embed.add(shardId);
      for (const trialId of await listQueuedTrials(db)) await queues.trial.add(trialId);
      await helper.look();
    })()
      .catch(warn('a sweep failed'))
      .finally(() => {
        sweeping = false;
      });
  }, SWEEP_MS);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // What was just saved is to run at once: in development no work in hand is waited for.
    if (development) await removeTrainer(db, trainerId).finally(() => process.exit(0));
    clearInterval(beat);
    clearInterval(sweep);
    clearInterval(forgetting);
    const children = [...working.values()];
    for (const child of children) child.stop();
    await Promise.allSettled(children.map((child) => child.done));
    await Promise.allSettled([...taking, ...Object.values(queues)].map((one) => one.close()));
    await Promise.allSettled([embedder.stop(), liveTeacher.stop()]);
    await removeTrainer(db, trainerId).catch(warn('the trainer could not sign off'));
    await close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('disconnect', () => void stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
