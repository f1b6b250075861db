import { CURVE_IMAGES } from '#core/run/learning.ts';
import type { TrainPoint } from '#core/run/learning.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { insertPoints, listPseudoLabels, listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { listAnsweredImages } from '#db/queries/round/training-image.ts';
import { argmaxRows } from '#core/math/probabilities.ts';
import { runTraining, train } from '#ml/index.ts';
import type { FlatWeights, TrainEvent } from '#ml/index.ts';
import { loadLatest, storeCheckpoint } from '../model/checkpoints.ts';
import { stopIfTaken, whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';
import { decodeModelFile, encodeModelFile } from '../model/model-file.ts';
import type { ModelFile } from '../model/model-file.ts';
import { loadBackbone } from '../model/load-backbone.ts';
import { openHeadPredictor, openPredictor } from '../model/predictor.ts';
import type { Predictor } from '../model/predictor.ts';
import type { Progress } from '../hold/progress.ts';
import { prepareTraining } from './prepare-training.ts';
import { answerAll } from '../model/answer-shards.ts';
import { keepsBody, prepareTransfer } from './prepare-transfer.ts';

/** Points that a curve keeps at most, and how long points wait to be stored together, ms. */
const POINTS_KEPT = 400;
const STORE_MS = 1000;

export interface TrainedRound {
  model: Predictor;
  speed: { steps: number; imagesPerSecond: number };
}

type OpenModel = (model: ModelFile, looks: 'all' | 'one') => Promise<Predictor>;

/** How the models of a round are asked: from kept features where its body is left as it was imported. */
export async function openRounds(context: RunContext, plan: PlannedRound): Promise<OpenModel> {
  if (!keepsBody(plan)) return (model, looks) => openPredictor(context, model, looks);
  const body = await loadBackbone(context, plan);
  return (model) => openHeadPredictor(context, body, model);
}

const checkpointEvery = (steps: number): number => Math.max(5, Math.min(100, Math.ceil(steps / 8)));

/**
 * Trains a round, or goes on where its last checkpoint left it; a round whose finished weights are stored is only
 * opened. Validation is measured with every checkpoint.
 */
export async function trainRound(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  progress: Progress,
): Promise<TrainedRound> {
  const stored = await loadLatest(context, round.id);
  if (stored?.final) {
    const speed = { steps: stored.step, imagesPerSecond: round.metrics?.imagesPerSecond ?? 0 };
    return { model: await (await openRounds(context, plan))(decodeModelFile(stored.bytes), 'all'), speed };
  }
  const [labels, pseudo] = await Promise.all([
    listRoundLabels(context.db, round.id),
    listPseudoLabels(context.db, round.id),
  ]);
  const set = { labels, pseudo };
  const open = await openRounds(context, plan);
  const prepared =
    plan.model === 'backbone-head'
      ? await prepareTransfer(context, plan, round, set, { resumes: stored !== null })
      : await prepareTraining(context, plan, round, set);
  const curve = createCurve(context, round.id, plan.steps);
  try {
    const validation = await createValidation(context, (weights) => open(prepared.finish(weights), 'one'));
    const training = train({
      engine: context.engine,
      ...prepared.options,
      steps: plan.steps,
      seed: plan.seed,
      checkpointEvery: checkpointEvery(plan.steps),
      resume: stored?.bytes ?? null,
      signal: context.signal,
    });
    // The point of a step waits for the checkpoint that may follow it, with its validation figure.
    const waiting: { step: Extract<TrainEvent, { type: 'step' }> | null } = { step: null };
    const trained = await runTraining(training, async (event) => {
      stopIfTaken(context);
      if (event.type === 'step') {
        progress.report('training', event.step, event.steps);
        if (waiting.step) await curve.add(pointOf(waiting.step, null), progress);
        waiting.step = event;
      } else {
        if (waiting.step) await curve.add(pointOf(waiting.step, await validation.measure(event.weights)), progress);
        waiting.step = null;
        await curve.flush();
        await storeCheckpoint(context, { roundId: round.id, step: event.step, final: false, bytes: event.bytes });
      }
    });
    if (waiting.step) await curve.add(pointOf(waiting.step, await validation.measure(trained.weights)), progress);
    await curve.flush();
    const model = prepared.finish(trained.weights);
    await storeCheckpoint(context, { roundId: round.id, step: plan.steps, final: true, bytes: encodeModelFile(model) });
    return {
      model: await open(model, 'all'),
      speed: { steps: plan.steps, imagesPerSecond: trained.imagesPerSecond },
    };
  } finally {
    await prepared.close();
  }
}

const pointOf = (
  { type: _type, ...step }: Extract<TrainEvent, { type: 'step' }>,
  valAccuracy: number | null,
): TrainPoint => ({ ...step, valAccuracy });

/** Announces points as they come and stores a thinned curve, together once a second. */
function createCurve(context: RunContext, roundId: string, steps: number) {
  const every = Math.max(1, Math.ceil(steps / POINTS_KEPT));
  let waiting: TrainPoint[] = [];
  let storedAt = context.now();
  const flush = async (): Promise<void> => {
    const points = waiting;
    waiting = [];
    storedAt = context.now();
    if (points.length > 0) await whileHeld(context, (tx) => insertPoints(tx, roundId, points));
  };
  return {
    flush,
    add: async (point: TrainPoint, progress: Progress): Promise<void> => {
      progress.point(point);
      if (point.step % every === 0 || point.valAccuracy !== null || point.step === point.steps) waiting.push(point);
      if (context.now() - storedAt >= STORE_MS) await flush();
    },
  };
}

/**
 * Validation accuracy of weights in the making: without mirror images, to be quick. Null without answered validation
 * images.
 */
async function createValidation(
  context: RunContext,
  open: (weights: FlatWeights) => Promise<Predictor>,
): Promise<{ measure(weights: FlatWeights): Promise<number | null> }> {
  const { projectId, classIds } = context.run;
  const images = await listAnsweredImages(context.db, {
    projectId,
    runId: context.run.id,
    split: 'validation',
    classIds,
  });
  const some = images.slice(0, CURVE_IMAGES);
  return {
    measure: async (weights) => {
      if (some.length === 0) return null;
      const model = await open(weights);
      try {
        const answers = argmaxRows(await answerAll(context, model, some, 'logits'), classIds.length);
        return some.filter(({ classIndex }, row) => answers[row] === classIndex).length / some.length;
      } finally {
        await model.close();
      }
    },
  };
}
