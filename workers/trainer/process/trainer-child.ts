import { resolve } from 'node:path';
import { setPriority } from 'node:os';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { AppError } from '#core/errors.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import { openDatabase } from '#db/client.ts';
import { openLogStream } from '#db/log-stream.ts';
import { explainFault } from '#db/fault.ts';
import { openEngine } from '#ml/engine/engine.ts';
import type { Engine } from '#ml/engine/engine.ts';
import type { EngineChoice } from '#core/run/learning.ts';
import { s3Options } from '#core/schemas/env.ts';
import { tellAlive } from '../hold/alive.ts';
import { readEnv } from './env.ts';
import { pixelFolder } from './forget-projects.ts';
import { makeExport } from '../export/make-export.ts';
import { chooseAnswers, withAnswers } from '../model/choose-answers.ts';
import { measureRate } from '../model/measure-rate.ts';
import { openOnnxRuntime } from '../model/onnx-runtime.ts';
import type { Answerer, Order, Reply } from '../hold/messages.ts';
import { tryProject } from '../trial/try-project.ts';
import { helpPredict } from '../run/help-predict.ts';
import { runOnce } from '../run/run-loop.ts';

/** Tells the trainer how much memory learning takes, ms between. */
const MEMORY_MS = 1000;

const stopping = new AbortController();
const say = (reply: Reply): Promise<void> =>
  new Promise((sent) => {
    if (process.connected) process.send?.(reply, () => sent());
    else sent();
  });

/** Whatever people wait for comes before a trial. */
const TRIAL_NICE = 10;

function lowerPriority(log: Logger): void {
  try {
    setPriority(TRIAL_NICE);
  } catch (error) {
    log.debug({ err: error }, 'a trial keeps the usual priority');
  }
}

/** The process in which tensors run: it carries out one order and ends. */
async function carryOut(order: Exclude<Order, { type: 'stop' }>): Promise<void> {
  const env = readEnv();
  const log = pino({ level: env.LOG_LEVEL, name: 'learning' }, openLogStream());
  const start = async (choice: EngineChoice, answers: Answerer): Promise<Engine> => {
    const engine = await openEngine(choice, env.PUPIL_THREADS ? { threads: env.PUPIL_THREADS } : {});
    return answers === 'engine'
      ? engine
      : withAnswers(
          engine,
          openOnnxRuntime(engine.threads, (sentence) => log.warn(sentence)),
        );
  };
  if (order.type === 'probe') {
    const engine = await start(order.engine, 'engine');
    const { name, device, threads, skipped } = engine;
    await say({
      type: 'engine',
      engine: {
        name,
        device,
        threads,
        skipped,
        imagesPerSecond: await measureRate(engine),
        answers: await chooseAnswers(engine),
      },
    });
    await say({ type: 'done', outcome: 'probed' });
    return;
  }
  const { db, close } = openDatabase(env.DATABASE_URL, {
    max: 4,
    onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
  const blobs = await openBlobStore({ folder: resolve(env.PUPIL_DATA, 'blobs'), s3: s3Options(env) });
  const cacheFolder = pixelFolder(resolve(env.PUPIL_DATA));
  const ticker = setInterval(() => void say({ type: 'memory', bytes: process.memoryUsage.rss() }), MEMORY_MS);
  try {
    if (order.type === 'export') {
      await makeExport(
        { db, blobs, log, cacheFolder, openEngine: () => start(env.PUPIL_ENGINE, order.answers) },
        order.exportId,
      );
      await say({ type: 'done', outcome: 'exported' });
      return;
    }
    if (order.type === 'trial') {
      lowerPriority(log);
      const openEngine = () => start(order.engine, order.answers);
      await tryProject({ db, blobs, cacheFolder, signal: stopping.signal, openEngine }, order.trialId);
      await say({ type: 'done', outcome: 'tried' });
      return;
    }
    if (order.type === 'help') {
      const { trainerId } = order;
      const openEngine = () => start(order.engine, order.answers);
      const { answers } = order;
      await helpPredict({ db, blobs, cacheFolder, signal: stopping.signal, trainerId, answers, openEngine });
      await say({ type: 'done', outcome: 'helped' });
      return;
    }
    const outcome = await runOnce({
      db,
      blobs,
      log,
      signal: stopping.signal,
      hold: order.hold,
      cacheFolder,
      answers: order.answers,
      openEngine: async () => {
        const engine = await start(order.engine, order.answers);
        await say({
          type: 'engine',
          engine: {
            name: engine.name,
            device: engine.device,
            threads: engine.threads,
            skipped: engine.skipped,
            imagesPerSecond: null,
            answers: null,
          },
        });
        return engine;
      },
    });
    await say({ type: 'done', outcome });
  } finally {
    clearInterval(ticker);
    await close();
  }
}

tellAlive();
process.on('message', (order: Order) => {
  if (order.type === 'stop') {
    stopping.abort();
    return;
  }
  carryOut(order).then(
    () => process.exit(0),
    async (error: unknown) => {
      if (stopping.signal.aborted && error === stopping.signal.reason) {
        await say({ type: 'done', outcome: 'stopped' });
        process.exit(0);
      }
      const trouble = explainFault(error) ?? error;
      if (trouble instanceof AppError && trouble.code === 'UNAVAILABLE')
        await say({ type: 'trouble', why: trouble.why });
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
});
// Without its trainer nobody renews the hold: another trainer will go on from the last checkpoint.
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole group; the trainer decides when its child stops.
process.on('SIGINT', () => undefined);
