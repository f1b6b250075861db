import { setTimeout as wait } from 'node:timers/promises';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import { answerPredictionShard, claimPredictionShard } from '#db/queries/round/prediction-shard.ts';
import type { ClaimedShard } from '#db/queries/round/prediction-shard.ts';
import { getRoundState } from '#db/queries/round/round-write.ts';
import { listImagesById } from '#db/queries/round/training-image.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import type { Engine } from '#ml/engine/engine.ts';
import { answererOf } from '../hold/messages.ts';
import type { Answerer } from '../hold/messages.ts';
import { openPixelCache } from '../hold/pixel-cache.ts';
import type { PixelCache } from '../hold/pixel-cache.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { decodeModelFile } from '../model/model-file.ts';
import { openPredictor } from '../model/predictor.ts';
import type { Predictor } from '../model/predictor.ts';
import { answerOne } from '../model/answer-shards.ts';

/** How often it is looked for more, and for how long, before the process ends, ms and looks. */
const LOOK_MS = 200;
const LOOKS = 15;

export interface HelpStart {
  db: Database['db'];
  blobs: BlobStore;
  cacheFolder: string;
  signal: AbortSignal;
  trainerId: string;
  answers: Answerer;
  openEngine: () => Promise<Engine>;
}

interface OpenRound {
  roundId: string;
  projectId: string;
  model: Predictor;
  pixels: PixelCache;
}

/**
 * Answers shards of pools whose runs other trainers hold, until none has been open for a while. Each is one trainer's
 * at a time; one that this process does not bring to its end is taken by another trainer. Nothing else is written:
 * what follows from answers is stored by whoever holds the run. Returns how many images were answered.
 */
export async function helpPredict(start: HelpStart): Promise<number> {
  const { db, trainerId, signal } = start;
  const engine = await start.openEngine();
  const answerer = answererOf(engine.name, start.answers);
  let open: OpenRound | null = null;
  let answered = 0;
  try {
    for (let looks = 0; looks < LOOKS && !signal.aborted;) {
      const shard = await claimPredictionShard(db, { trainerId, answerer });
      if (!shard) {
        looks += 1;
        await wait(LOOK_MS);
        continue;
      }
      looks = 0;
      if (open?.roundId !== shard.roundId) {
        await open?.model.close();
        open = null;
        open = await openRound(start, engine, shard.roundId);
      }
      answered += await answerShard(start, open, shard);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await open?.model.close();
    await engine.dispose();
  }
  return answered;
}

async function openRound(start: HelpStart, engine: Engine, roundId: string): Promise<OpenRound> {
  const { db, blobs, cacheFolder } = start;
  const { projectId, config } = await getRunState(db, (await getRoundState(db, roundId)).runId);
  const model = await openPredictor({ engine, config }, decodeModelFile(await loadFinal({ db, blobs }, roundId)));
  return { roundId, projectId, model, pixels: openPixelCache({ blobs, folder: cacheFolder, projectId }) };
}

async function answerShard(
  { db, signal, trainerId }: HelpStart,
  { model, pixels, projectId }: OpenRound,
  { id, imageIds }: ClaimedShard,
): Promise<number> {
  const images = await listImagesById(db, { projectId, imageIds });
  const { logits, embeddings } = await answerOne({ pixels, signal }, model, images);
  const isOurs = await answerPredictionShard(db, {
    id,
    trainerId,
    imageIds: images.map((image) => image.id),
    logits,
    embeddings,
  });
  return isOurs ? images.length : 0;
}
