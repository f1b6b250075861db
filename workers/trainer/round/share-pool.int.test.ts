import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerPredictionShard,
  claimPredictionShard,
  findHelpWanted,
  forgetAnswers,
  keepPredictionShards,
} from '#db/queries/round/prediction-shard.ts';
import { ensureRound, getRoundState } from '#db/queries/round/round-write.ts';
import { claimRun } from '#db/queries/run/run-claim.ts';
import { image, prediction, predictionShard, run } from '#db/schema/index.ts';
import type { RunContext } from '../hold/context.ts';
import { createProgress } from '../hold/progress.ts';
import type { Predictor } from '../model/predictor.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { scorePool } from './score-round.ts';

let bench: TrainerBench;
beforeAll(async () => {
  bench = await openTrainerBench();
});
afterAll(() => bench.close());

/** A run under way whose pool of 60 is cut into shards of 16; its model says nothing, at once. */
async function openScoring() {
  const { db } = bench;
  const project = await createDrawnProject(db, bench.blobs, {
    perClass: { pool: 20, validation: 1, test: 1 },
    labeledPerClass: 1,
  });
  const { projectId, classIds } = project;
  const runId = await createRun(db, project);
  const claimed = await claimRun(db, { runId, trainerId: 'holder', seconds: 600 });
  const teacher = { index: 0, role: 'teacher', member: 0, model: 'xs', seed: 1, teacherRoundId: null } as const;
  const { id: roundId } = await ensureRound(db, { runId, ...teacher });
  const width = 5;
  let asked = 0;
  const model = {
    inputSize: 2000,
    channels: 3,
    parameters: 0,
    close: () => Promise.resolve(),
    predict: () =>
      Promise.resolve({
        logits: new Float32Array(asked * classIds.length),
        embeddings: new Float32Array(asked * width).map((_, at) => Math.sin(at)),
        embeddingSize: width,
      }),
  } as Predictor;
  /** Scores as a trainer of that kind of engine; `shards`: is killed after so many. */
  const score = async (answerer: string, shards = Infinity): Promise<void> => {
    const context = {
      db,
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      hold: { runId, token: claimed?.trainerToken ?? 0 },
      trainerId: 'holder',
      answerer,
      run: { id: runId, projectId, number: 1, classIds },
      now: () => 0,
      pixels: { load: (images: readonly unknown[]) => ((asked = images.length), Promise.resolve({})) },
    } as unknown as RunContext;
    await scorePool(context, await getRoundState(db, roundId), model, {
      temperature: 1,
      keepsEmbeddings: true,
      progress: createProgress({ projectId, runId, roundId }, { send: () => undefined, now: () => 0 }),
      onShard: () => (shards-- > 0 ? Promise.resolve() : Promise.reject(new Error('killed'))),
    });
  };
  const shardsOf = () =>
    db.select().from(predictionShard).where(eq(predictionShard.roundId, roundId)).orderBy(predictionShard.index);
  const scored = async (): Promise<string[]> =>
    (await db.select({ id: prediction.imageId }).from(prediction).where(eq(prediction.roundId, roundId))).map(
      ({ id }) => id,
    );
  return { project, runId, roundId, score, shardsOf, scored };
}

describe('RUN-61 a pool in shards', () => {
  it('does not wait for ever for one that another trainer speaks for and never answers', async () => {
    const { db } = bench;
    const { project, score, shardsOf, scored } = await openScoring();
    await expect(score('wasm engine', 1)).rejects.toThrow('killed');
    expect(await claimPredictionShard(db, { trainerId: 'hung', answerer: 'wasm engine' })).not.toBeNull();
    const speaking = setInterval(() => void keepPredictionShards(db, 'hung'), 500);
    await score('wasm engine').finally(() => clearInterval(speaking));
    expect((await scored()).toSorted()).toEqual(project.ids.pool.toSorted());
    expect((await shardsOf()).map(({ status, trainerId }) => ({ status, trainerId }))).toEqual(
      Array.from({ length: 4 }, () => ({ status: 'stored', trainerId: 'holder' })),
    );
  });

  it('asks nothing about images that left the pool between two tries', async () => {
    const { db } = bench;
    const { project, score, shardsOf, scored } = await openScoring();
    await expect(score('wasm engine', 1)).rejects.toThrow('killed');
    const before = new Set(await scored());
    const [moved = '', ...others] = project.ids.pool.filter((id) => !before.has(id));
    await db.update(image).set({ split: 'test' }).where(eq(image.id, moved));
    await score('wasm engine');
    expect((await scored()).toSorted()).toEqual([...before, ...others].toSorted());
    expect((await shardsOf()).every(({ status }) => status === 'stored')).toBe(true);
  });

  it('is for trainers of the kind that holds it now', async () => {
    const { db } = bench;
    const { score } = await openScoring();
    await expect(score('cpu engine', 1)).rejects.toThrow('killed');
    const kinds = { trainerId: 'other', answerers: ['cpu engine', 'node onnxruntime'] };
    expect(await findHelpWanted(db, kinds)).toBe('cpu engine');
    await expect(score('node onnxruntime', 1)).rejects.toThrow('killed');
    expect(await findHelpWanted(db, kinds)).toBe('node onnxruntime');
    expect(await findHelpWanted(db, { ...kinds, answerers: ['cpu engine'] })).toBeNull();
  });

  it('gives back what was not kept, and takes no answers for a run that is not under way', async () => {
    const { db } = bench;
    const { runId, score, shardsOf } = await openScoring();
    await expect(score('gpu engine', 1)).rejects.toThrow('killed');
    const take = async () => {
      const shard = await claimPredictionShard(db, { trainerId: 'late', answerer: 'gpu engine' });
      if (!shard) throw new Error('no shard');
      return shard;
    };
    const shard = await take();
    const ran = new Date(Date.now() - 60_000);
    await db.update(predictionShard).set({ trainerUntil: ran }).where(eq(predictionShard.id, shard.id));
    await keepPredictionShards(db, 'late');
    expect((await shardsOf()).find(({ id }) => id === shard.id)?.trainerUntil).toEqual(ran);

    const numbers = { logits: new Float32Array(48), embeddings: new Float32Array(80) };
    expect(await answerPredictionShard(db, { ...shard, ...numbers, trainerId: 'late' })).toBe(true);
    const next = await take();
    await db.update(run).set({ status: 'cancelled' }).where(eq(run.id, runId));
    expect(await answerPredictionShard(db, { ...next, ...numbers, trainerId: 'late' })).toBe(false);
    await forgetAnswers(db);
    expect((await shardsOf()).some(({ logits, embeddings }) => logits || embeddings)).toBe(false);
  });
});
