import {
  argmaxRows,
  expectedCalibrationError,
  maxRows,
  negativeLogLikelihood,
  softmax,
} from '#core/math/probabilities.ts';
import { confusionMatrix, wilsonInterval } from '#core/math/statistics.ts';
import type { RoundMetrics } from '#core/run/learning.ts';
import type { Db } from '#db/client.ts';
import { findFirstShard, insertEmbeddingShard } from '#db/queries/image/embedding.ts';
import { insertPredictions, listScoredImages } from '#db/queries/round/prediction.ts';
import type { PredictionRow } from '#db/queries/round/prediction.ts';
import { listAnsweredImages, listTrainingImages } from '#db/queries/round/training-image.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { fitTemperature } from '#ml/evaluate/calibration.ts';
import type { Prediction } from '#ml/index.ts';
import { answerAll, answerShards, shardSize } from '../model/answer-shards.ts';
import { answerPool } from './share-pool.ts';
import { fitCompress } from '#ml/embedding/compress-embeddings.ts';
import type { Compress } from '#ml/embedding/compress-embeddings.ts';
import { whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';
import { fitPlane } from '#ml/embedding/pca.ts';
import type { Plane } from '#ml/embedding/pca.ts';
import type { Predictor } from '../model/predictor.ts';
import type { Progress } from '../hold/progress.ts';

export const toPredictions = (
  images: readonly TrainingImage[],
  probabilities: Float32Array,
  classCount: number,
): PredictionRow[] => {
  const classes = argmaxRows(probabilities, classCount);
  const confidences = maxRows(probabilities, classCount);
  return images.map(({ id }, row) => ({
    imageId: id,
    probabilities: [...probabilities.subarray(row * classCount, (row + 1) * classCount)],
    classIndex: classes[row] ?? 0,
    confidence: confidences[row] ?? 0,
  }));
};

type ValidationFigures = Pick<
  RoundMetrics,
  'valAccuracy' | 'valInterval' | 'valCount' | 'valLoss' | 'eceBefore' | 'eceAfter' | 'temperature' | 'confusion'
>;

/** What validation says of logits whose truth is known. Without any answered image the temperature stays 1. */
export function measureValidation(
  logits: Float32Array,
  truth: readonly number[],
  classCount: number,
): ValidationFigures {
  const temperature = truth.length === 0 ? 1 : fitTemperature(logits, truth, classCount);
  const before = softmax(logits, classCount);
  const after = softmax(logits, classCount, temperature);
  const answers = argmaxRows(logits, classCount);
  const right = truth.filter((classIndex, row) => answers[row] === classIndex).length;
  return {
    valAccuracy: truth.length === 0 ? 0 : right / truth.length,
    valInterval: wilsonInterval(right, truth.length),
    valCount: truth.length,
    valLoss: truth.length === 0 ? 0 : negativeLogLikelihood(after, truth, classCount),
    eceBefore: expectedCalibrationError(before, truth, classCount),
    eceAfter: expectedCalibrationError(after, truth, classCount),
    temperature,
    confusion: confusionMatrix(truth, answers, classCount),
  };
}

/**
 * Measures a round on validation, and gives its calibrated answers there: to be stored together, since people may
 * answer between two tries. All validation images are scored, so that rounds can be compared on images that get their
 * answer later.
 */
export async function evaluateRound(
  context: RunContext,
  model: Predictor,
): Promise<{ figures: ValidationFigures; rows: PredictionRow[] }> {
  const { id: runId, projectId, classIds } = context.run;
  const images = await listTrainingImages(context.db, { projectId, runId, split: 'validation' });
  const logits = await answerAll(context, model, images, 'logits');
  const answered = new Map(
    (await listAnsweredImages(context.db, { projectId, runId, split: 'validation', classIds })).map(
      ({ id, classIndex }) => [id, classIndex],
    ),
  );
  const classCount = classIds.length;
  const known = images.flatMap(({ id }, row) => {
    const classIndex = answered.get(id);
    return classIndex === undefined ? [] : [{ row, classIndex }];
  });
  const knownLogits = new Float32Array(known.length * classCount);
  for (const [at, { row }] of known.entries())
    knownLogits.set(logits.subarray(row * classCount, (row + 1) * classCount), at * classCount);
  const figures = measureValidation(
    knownLogits,
    known.map(({ classIndex }) => classIndex),
    classCount,
  );
  return { figures, rows: toPredictions(images, softmax(logits, classCount, figures.temperature), classCount) };
}

export interface ScoredShard {
  rows: PredictionRow[];
  embeddings: Float32Array;
  embeddingSize: number;
  /** Shares of the pool before and after this shard, 0..1. */
  from: number;
  to: number;
}

/**
 * Scores the pool shard by shard and stores each before the next; a shard stored by an earlier try is not scored again.
 * Other trainers may answer some of the shards; what follows from an answer is stored here, by whoever holds the run.
 * The map's plane, and what makes embeddings compact, are fitted to the first shard, which is the same in every try.
 * @param keepsEmbeddings stores what similar images are found by
 * @param onShard called within the shard's transaction, so that what follows from it is stored with it or not at all
 */
export async function scorePool(
  context: RunContext,
  round: RoundState,
  model: Predictor,
  options: {
    temperature: number;
    progress: Progress;
    keepsEmbeddings: boolean;
    /** Calibrated answers that take the place of the model's own, by image. */
    known?: ReadonlyMap<string, Float32Array> | null;
    onShard: (shard: ScoredShard, tx: Db) => Promise<void>;
  },
): Promise<void> {
  const { projectId, classIds } = context.run;
  const classCount = classIds.length;
  const images = await listTrainingImages(context.db, { projectId, split: 'pool' });
  const scored = await listScoredImages(context.db, { roundId: round.id, split: 'pool' });
  const fitTo = ({ embeddings, embeddingSize }: Prediction): { plane: Plane; compress: Compress | null } => ({
    plane: fitPlane(embeddings, embeddingSize),
    compress: options.keepsEmbeddings ? fitCompress(embeddings, embeddingSize) : null,
  });
  let fit: ReturnType<typeof fitTo> | null = null;
  if (scored.size > 0 && images.some(({ id }) => !scored.has(id))) {
    const first = new Set(await findFirstShard(context.db, round.id));
    const fitted = first.size > 0 ? images.filter(({ id }) => first.has(id)) : images.slice(0, shardSize(model));
    for await (const shard of answerShards(context, model, fitted)) fit = fitTo(shard);
  }
  let done = images.filter(({ id }) => scored.has(id)).length;
  options.progress.report('predicting', done, images.length);
  for await (const shard of answerPool(context, round.id, model, { images, scored })) {
    fit ??= fitTo(shard);
    const { x, y } = fit.plane.project(shard.embeddings);
    const compact = fit.compress?.(shard.embeddings);
    const probabilities = softmax(shard.logits, classCount, options.temperature);
    shard.images.forEach(({ id }, row) => {
      const known = options.known?.get(id);
      if (known) probabilities.set(known, row * classCount);
    });
    const rows = toPredictions(shard.images, probabilities, classCount);
    const { embeddings, embeddingSize, from, to } = shard;
    await whileHeld(context, async (tx) => {
      await insertPredictions(
        tx,
        round.id,
        rows.map((row, at) => ({ ...row, mapX: x[at] ?? 0, mapY: y[at] ?? 0 })),
        classCount,
      );
      if (compact) await insertEmbeddingShard(tx, { roundId: round.id, images: shard.images, embeddings: compact });
      await options.onShard({ rows, embeddings, embeddingSize, from, to }, tx);
      await shard.close(tx);
    });
    done += rows.length;
    options.progress.report('predicting', done, images.length);
  }
}

/** Measures the stored rounds on the test split, once, when nothing of the run is decided any more (RUN-7). */
export async function measureTest(
  context: RunContext,
  model: Predictor,
  images: readonly (TrainingImage & { classIndex: number })[],
  progress: Progress,
) {
  const classCount = context.run.classIds.length;
  progress.report('testing', 0, images.length);
  const logits = await answerAll(context, model, images, 'logits', (done) =>
    progress.report('testing', done, images.length),
  );
  const answers = argmaxRows(logits, classCount);
  const truth = images.map(({ classIndex }) => classIndex);
  const right = truth.filter((classIndex, row) => answers[row] === classIndex).length;
  return {
    testAccuracy: truth.length === 0 ? null : right / truth.length,
    testCount: truth.length,
    testConfusion: truth.length === 0 ? null : confusionMatrix(truth, answers, classCount),
  };
}
