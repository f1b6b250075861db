import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { createBatchPlanner } from '#ml/augment/batches.ts';
import type { BatchPlan } from '#ml/augment/batches.ts';
import { createPooledSource } from '#ml/augment/pool.ts';
import { createHeadTask, openPredictor, rateForBatch, train } from '#ml/index.ts';
import type { HeadTask, ImportedModel } from '#ml/index.ts';
import { answerAll } from './answer-shards.ts';
import type { RunContext } from '../hold/context.ts';
import { loadBackbone } from '../model/load-backbone.ts';
import { listPool } from './prepare-training.ts';
import type { PreparedTraining, TrainingSet } from './prepare-training.ts';

/**
 * Steps in which a head alone settles before the whole network is tuned (Kumar et al. 2022): a fresh head would tear
 * the features apart.
 */
const HEAD_STEPS = 300;

/**
 * Training that starts from imported weights. `frozen`: the head learns on features that are computed once.
 * `fine-tune`: the head settles first, then everything learns, convolutions at the low rate, batch norm in inference
 * mode.
 */
export async function prepareTransfer(
  context: RunContext,
  plan: PlannedRound,
  set: TrainingSet,
  options: { resumes: boolean },
): Promise<PreparedTraining> {
  const { config, run } = context;
  const backbone = await loadBackbone(context, { inputSize: config.inputSize, seed: plan.seed });
  const images = await listPool(context, new Set(set.labels.map(({ imageId }) => imageId)));
  const place = new Map(images.map(({ id }, position) => [id, position]));
  const planner = createBatchPlanner({
    classCount: run.classIds.length,
    batchLabeled: config.batchLabeled,
    batchPseudo: 0,
    seed: plan.seed,
    pseudo: null,
    labeled: {
      indices: set.labels.map(({ imageId }) => place.get(imageId) ?? 0),
      classes: set.labels.map(({ classId }) => run.classIds.indexOf(classId)),
    },
  });
  const common = {
    momentum: config.momentum,
    warmup: config.warmup,
    emaDecay: config.emaDecay,
    pseudoWeight: 0,
    weightDecay: config.weightDecay,
  };
  // A fine-tuning run says its low rate; one that distils has its rate for the student, and tunes its teacher at a
  // tenth of the head's.
  const bodyRate = rateForBatch(
    config.method === 'fine-tune' ? config.learningRate : config.headLearningRate / 10,
    config.batchLabeled,
  );
  const headRate = rateForBatch(config.headLearningRate, config.batchLabeled);
  if (plan.recipe === 'frozen') {
    const task = await createHead(context, backbone, images);
    return {
      trainGraph: task.graph,
      finish: (weights) => ({ graph: backbone.graph, weights: task.finish(weights) }),
      close: () => Promise.resolve(),
      options: {
        ...common,
        graph: task.graph,
        initial: task.initial,
        source: task.source(planner),
        learningRate: headRate,
      },
    };
  }
  const pixels = await context.pixels.load(images, { size: config.inputSize, channels: context.channels });
  const source = createPooledSource(
    pixels,
    planner,
    { policy: config.augmentation, strength: 'strong', seed: plan.seed },
    plan.steps,
  );
  // A checkpoint holds the settled head already.
  const initial = options.resumes
    ? backbone.weights
    : await settleHead(context, plan, backbone, await createHead(context, backbone, images), planner, {
        ...common,
        learningRate: headRate,
      });
  return {
    trainGraph: backbone.graph,
    finish: (weights) => ({ graph: backbone.graph, weights }),
    close: () => source.close(),
    options: {
      ...common,
      graph: backbone.graph,
      initial,
      source,
      norm: 'running',
      learningRate: bodyRate,
      headLearningRate: headRate,
    },
  };
}

/** The frozen body's features of these images, computed once, and the task of learning a head on them. */
async function createHead(
  context: RunContext,
  backbone: ImportedModel,
  images: Parameters<typeof answerAll>[2],
): Promise<HeadTask> {
  const body = await openPredictor(context.engine, backbone.graph, backbone.weights);
  try {
    const shape = { inputSize: context.config.inputSize, channels: context.channels };
    const features = await answerAll(
      context,
      { ...shape, predict: (pixels) => body.predict(pixels) },
      images,
      'embeddings',
    );
    return createHeadTask(backbone, features, { dropout: context.config.dropout });
  } finally {
    await body.close();
  }
}

async function settleHead(
  context: RunContext,
  plan: PlannedRound,
  backbone: ImportedModel,
  task: HeadTask,
  planner: (step: number) => BatchPlan,
  rates: {
    momentum: number;
    warmup: number;
    emaDecay: number;
    pseudoWeight: number;
    weightDecay: number;
    learningRate: number;
  },
): Promise<Float32Array> {
  const events = train({
    ...rates,
    engine: context.engine,
    graph: task.graph,
    initial: task.initial,
    source: task.source(planner),
    steps: HEAD_STEPS,
    seed: plan.seed,
    signal: context.signal,
  });
  for (;;) {
    const next = await events.next();
    if (next.done) return task.finish(next.value.weights);
  }
}
