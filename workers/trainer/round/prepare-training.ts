import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { rateForBatch } from '#core/run/plan-rounds.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { must } from '#core/must.ts';
import { createRandom } from '#core/math/random.ts';
import { listScoredUnlabeled } from '#db/queries/round/prediction.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import type { PseudoLabelRow, RoundState } from '#db/queries/round/round-write.ts';
import { listImagesById, listTrainingImages } from '#db/queries/round/training-image.ts';
import { createBatchPlanner } from '#ml/augment/batches.ts';
import type { BatchInput } from '#ml/augment/batches.ts';
import { createPooledSource } from '#ml/augment/pool.ts';
import { buildModel, initialiseWeights } from '#ml/index.ts';
import type { FlatWeights, TrainOptions } from '#ml/index.ts';
import { alignRow } from '#ml/selection/align.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { listTeacherAnswers } from './choose-targets.ts';
import type { RunContext } from '../hold/context.ts';
import { decodeModelFile } from '../model/model-file.ts';
import type { ModelFile } from '../model/model-file.ts';

export interface TrainingSet {
  labels: readonly { imageId: string; classId: string }[];
  pseudo: readonly PseudoLabelRow[];
}

export type PreparedOptions = Omit<TrainOptions, 'engine' | 'steps' | 'seed' | 'checkpointEvery' | 'resume' | 'signal'>;

export interface PreparedTraining {
  options: PreparedOptions;
  /** The whole model from trained weights. */
  finish(weights: FlatWeights): ModelFile;
  close(): Promise<void>;
}

/** Everything that training a round needs, from what is stored: the same round gives the same training. */
export async function prepareTraining(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
): Promise<PreparedTraining> {
  const { config, run } = context;
  if (plan.model === 'backbone-head') throw new RangeError('a backbone is prepared by prepareTransfer');
  const { size, channels } = await viewOf(context, plan, round);
  const graph = buildModel({
    name: plan.model,
    inputSize: size,
    channels,
    classes: run.classIds.length,
    ...(plan.modelNoise ? { dropout: config.dropout, stochasticDepth: config.stochasticDepth } : {}),
  });
  const distils = plan.learnsFrom === 'teacher';
  // Distillation learns from its teacher on the pool as the teacher scored it: images that arrive later do not join a
  // round that has begun (RUN-4).
  const unlabeled =
    distils && round.teacherRoundId
      ? await listScoredUnlabeled(context.db, { teacherRoundId: round.teacherRoundId, roundId: round.id })
      : [];
  const images = await listFrozen(context, [
    ...[...set.labels, ...set.pseudo].map(({ imageId }) => imageId),
    ...unlabeled,
  ]);
  const place = new Map(images.map(({ id }, position) => [id, position]));
  const pixels = await context.pixels.load(images, { size, channels });
  // Without pseudo-labels (teacher, control arm, a round that found none) batches are as large, so that all see as many
  // images.
  const batchPseudo = set.pseudo.length + unlabeled.length > 0 ? config.batchPseudo : 0;
  const batchLabeled = config.batchLabeled + config.batchPseudo - batchPseudo;
  const planner = createBatchPlanner({
    classCount: run.classIds.length,
    batchLabeled,
    batchPseudo,
    seed: plan.seed,
    labeled: {
      indices: set.labels.map(({ imageId }) => must(place, imageId, 'image')),
      classes: set.labels.map(({ classId }) => run.classIds.indexOf(classId)),
    },
    pseudo: distils
      ? withoutTargets(unlabeled, place, run.classIds.length)
      : await softTargets(context, round, set.pseudo, place),
  });
  const source = createPooledSource(
    pixels,
    planner,
    { policy: config.augmentation, strength: 'strong', seed: plan.seed },
    plan.steps,
  );
  return {
    finish: (weights) => ({ graph, weights }),
    options: {
      graph,
      source,
      initial: initialiseWeights(graph, createRandom(plan.seed), pixels),
      // The rate of a fine-tuning run is for imported weights, far too low for fresh ones.
      learningRate: rateForBatch(
        config.method === 'fine-tune' ? DEFAULT_RUN_CONFIG.learningRate : config.learningRate,
        batchLabeled + batchPseudo,
      ),
      momentum: config.momentum,
      weightDecay: config.weightDecay,
      warmup: config.warmup,
      emaDecay: config.emaDecay,
      pseudoWeight: config.pseudoWeight,
      distillation:
        distils && round.teacherRoundId
          ? {
              temperature: config.temperature,
              alpha: config.alpha,
              teacher: decodeModelFile(await loadFinal(context, round.teacherRoundId)),
            }
          : null,
    },
    close: () => source.close(),
  };
}

/**
 * What a round looks at. A net from scratch: the side of its choice, in the channels of the project's images. What is
 * distilled, and its control arm: the view that the teacher sees (LEARN-11).
 */
export async function viewOf(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
): Promise<{ size: number; channels: 1 | 3 }> {
  const own = { size: plan.side, channels: context.channels };
  const states = plan.role === 'control' ? await listRoundStates(context.db, context.run.id) : [round];
  const distilled = states.find(({ index, role }) => index === plan.index && role === 'distilled');
  if (!distilled?.teacherRoundId) return own;
  const { input } = decodeModelFile(await loadFinal(context, distilled.teacherRoundId)).graph;
  return { size: input.size, channels: input.channels };
}

/** Pool images with these ids, in the order of their content. */
export async function listPool(context: RunContext, ids: ReadonlySet<string>) {
  const images = await listTrainingImages(context.db, { projectId: context.run.projectId, split: 'pool' });
  return images.filter(({ id }) => ids.has(id));
}

/** What a round froze that it learns from, in the order of its content, wherever it was moved since (RUN-4). */
export const listFrozen = (context: RunContext, imageIds: Iterable<string>) =>
  listImagesById(context.db, { projectId: context.run.projectId, imageIds });

const withoutTargets = (
  ids: readonly string[],
  place: ReadonlyMap<string, number>,
  classCount: number,
): BatchInput['pseudo'] =>
  ids.length === 0
    ? null
    : { indices: ids.map((id) => must(place, id, 'image')), targets: new Float32Array(ids.length * classCount) };

/**
 * Targets of the accepted pseudo-labels: the teacher's calibrated probabilities, or its answer alone when the run wants
 * hard ones.
 */
export async function softTargets(
  context: RunContext,
  round: RoundState,
  pseudo: readonly PseudoLabelRow[],
  place: ReadonlyMap<string, number>,
): Promise<BatchInput['pseudo']> {
  if (pseudo.length === 0 || !round.teacherRoundId) return null;
  const classCount = context.run.classIds.length;
  const teacherIds = round.selection?.['teacherIds'];
  const answers = await listTeacherAnswers(
    context.db,
    Array.isArray(teacherIds) ? (teacherIds as string[]) : [round.teacherRoundId],
    { pseudoLabelsOf: round.id },
  );
  const predictions = new Map(answers.map((row) => [row.imageId, row.probabilities]));
  const alignment = round.selection?.['alignment'];
  const scale = Array.isArray(alignment) ? (alignment as number[]) : null;
  const entries = pseudo.flatMap((row) => Array.from({ length: row.copies }, () => row));
  const targets = new Float32Array(entries.length * classCount);
  for (const [at, { imageId, classIndex }] of entries.entries()) {
    if (context.config.pseudoLabels === 'hard') targets[at * classCount + classIndex] = 1;
    else targets.set(alignRow(must(predictions, imageId, 'prediction of image'), scale), at * classCount);
  }
  return { indices: entries.map(({ imageId }) => must(place, imageId, 'image')), targets };
}
