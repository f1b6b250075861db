import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { AppError } from '#core/errors.ts';
import { s3Options } from '#core/schemas/env.ts';
import { findShardSet } from '#db/queries/image/feature-shard.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import { openDatabase } from '#db/client.ts';
import { openLogStream } from '#db/log-stream.ts';
import { explainFault } from '#db/fault.ts';
import type { FeatureSetRow } from '#db/queries/image/feature-set.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { embedShard } from '../feature/embed-shard.ts';
import type { EmbedContext } from '../feature/embed-shard.ts';
import { openFeatures } from '../feature/open-features.ts';
import type { FeatureReader } from '../feature/open-features.ts';
import { pairFeatures } from '../feature/pair-features.ts';
import { sortFeatures } from '../feature/sort-features.ts';
import { openOnnxRuntime } from '../model/onnx-runtime.ts';
import { withAnswers } from '../model/choose-answers.ts';
import { tellAlive } from '../hold/alive.ts';
import type { EmbedOrder, EmbedReply } from './embedder.ts';
import { readEnv } from './env.ts';

/** Training and answers come first: embedding takes what is left of the cores. */
const NICE = 5;

const env = readEnv();
const log = pino({ level: env.LOG_LEVEL, name: 'embedding' }, openLogStream());
try {
  setPriority(NICE);
} catch (error) {
  log.debug({ err: error }, 'embedding keeps the usual priority');
}
const { db } = openDatabase(env.DATABASE_URL, {
  max: 3,
  onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
});

/** A backbone answers through onnxruntime where that is installed, else on the engine. */
async function startEngine() {
  const engine = await openEngine(env.PUPIL_ENGINE, env.PUPIL_THREADS ? { threads: env.PUPIL_THREADS } : {});
  try {
    return withAnswers(
      engine,
      openOnnxRuntime(engine.threads, (sentence) => log.warn(sentence)),
    );
  } catch (error) {
    log.info({ err: error }, 'onnxruntime is not there; the engine embeds');
    return engine;
  }
}

/** One backbone is open at a time; shards of one set mostly come together. */
let open: { setId: string; reader: Promise<FeatureReader> } | null = null;
let working: Promise<unknown> = Promise.resolve();

async function start(): Promise<EmbedContext> {
  const blobs = await openBlobStore({ folder: resolve(env.PUPIL_DATA, 'blobs'), s3: s3Options(env) });
  const readerOf = (set: FeatureSetRow): Promise<FeatureReader> => {
    if (open?.setId !== set.id) {
      const before = open?.reader;
      const reader = openFeatures({ db, blobs, openEngine: startEngine }, set);
      open = { setId: set.id, reader };
      reader.catch(() => {
        if (open?.reader === reader) open = null;
      });
      void before?.then((one) => one.close()).catch(() => undefined);
    }
    return open.reader;
  };
  return { db, blobs, readerOf };
}

const context = start();

async function embed({ shardId }: EmbedOrder): Promise<void> {
  // Of a shard that is done already what follows may still be owed.
  const setId = (await embedShard(await context, shardId))?.id ?? (await findShardSet(db, shardId));
  if (setId === null) return;
  await sortFeatures(db, setId);
  await pairFeatures(db, setId);
}

process.on('message', (order: EmbedOrder) => {
  const tell = (told: Omit<EmbedReply, 'shardId'>): void => {
    const reply: EmbedReply = { shardId: order.shardId, ...told };
    if (process.connected) process.send?.(reply, () => undefined);
  };
  // One after the other: a set is never closed under a shard of another one.
  working = working
    .then(() => embed(order))
    .then(
      () => tell({ why: null, message: null, passes: false }),
      (error: unknown) => {
        log.warn({ err: error, shardId: order.shardId }, 'a shard could not be embedded');
        const told = error instanceof AppError ? error : (explainFault(error) ?? error);
        if (told instanceof AppError) tell({ why: told.why, message: null, passes: told.retryable });
        else tell({ why: null, message: told instanceof Error ? told.message : String(told), passes: false });
      },
    );
});
tellAlive();
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
