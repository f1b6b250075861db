import { must } from '#core/must.ts';
import { rateForBatch } from '#core/run/plan-rounds.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { createRandom } from '#core/math/random.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { createBatchPlanner } from '#ml/augment/batches.ts';
import type { BatchInput, BatchPlan } from '#ml/augment/batches.ts';
import { createPooledSource } from '#ml/augment/pool.ts';
import { createHeadTask, createNoisyHeadTask, runTraining, train } from '#ml/index.ts';
import type { HeadTask, ModelGraph } from '#ml/index.ts';
import type { RunContext } from '../hold/context.ts';
import type { Body } from '../hold/feature-cache.ts';
import { loadBackbone } from '../model/load-backbone.ts';
import { listFrozen, softTargets } from './prepare-training.ts';
import type { PreparedTraining, TrainingSet } from './prepare-training.ts';
import { listViews } from './augmented-views.ts';
import { listTaught } from './teach-features.ts';

/**
 * Steps in which a head alone settles before the whole network is tuned (Kumar et al. 2022): a fresh head would tear
 * the features apart.
 */
const HEAD_STEPS = 300;
/** Numbers of a noisy head's hidden layer. */
const HIDDEN = 256;

/** Does this kind of round leave its body as it was imported? Then features of it are kept and read. */
export const keepsBody = ({ kind }: Pick<PlannedRound, 'kind'>): boolean =>
  kind === 'live' || kind === 'frozen' || kind === 'noisy-head';

/**
 * Training that starts from imported weights. `frozen`: the head learns on features that are computed once, from what
 * people said and from what the live teacher answers elsewhere. `noisy-head`: a larger one, on several views.
 * `fine-tuned`: the head settles first, then everything learns, convolutions at the low rate, batch norm in inference
 * mode.
 */
export async function prepareTransfer(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
  options: { resumes: boolean },
): Promise<PreparedTraining> {
  const body = await loadBackbone(context, plan);
  if (plan.kind === 'fine-tuned') return prepareTuning(context, plan, round, set, { ...options, body });
  return plan.kind === 'noisy-head'
    ? prepareNoisyHead(context, plan, round, set, body)
    : prepareHead(context, plan, round, set, body);
}

async function prepareHead(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
  body: Body,
): Promise<PreparedTraining> {
  const labels = await listFrozen(
    context,
    set.labels.map(({ imageId }) => imageId),
  );
  const taught = await listTaught(context, body, plan, round, set);
  const images = [...labels, ...(taught?.images ?? [])];
  const place = new Map(images.map(({ id }, position) => [id, position]));
  const features = await context.features.load(body, images, { signal: context.signal });
  const task = createHeadTask(body, features.values, { dropout: taught ? 0 : context.config.dropout });
  const pseudo: BatchInput['pseudo'] = taught && {
    indices: taught.images.map(({ id }) => must(place, id, 'image')),
    targets: taught.targets,
  };
  const { planner, rows } = planBatches(context, plan, { set, place, pseudo });
  return {
    finish: (weights) => ({ graph: body.graph, weights: task.finish(weights) }),
    close: () => Promise.resolve(),
    options: {
      ...rates(context),
      graph: task.graph,
      initial: task.initial,
      source: task.source(planner),
      learningRate: rateForBatch(context.config.headLearningRate, rows),
    },
  };
}

async function prepareNoisyHead(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
  body: Body,
): Promise<PreparedTraining> {
  const { images, place } = await listImages(context, set);
  const views = await listViews(context, body, images, plan.seed);
  const task = createNoisyHeadTask(body, views, {
    hidden: HIDDEN,
    dropout: context.config.dropout,
    random: createRandom(plan.seed).fork('noisy-head'),
  });
  const pseudo = await softTargets(context, round, set.pseudo, place);
  const { planner, rows } = planBatches(context, plan, { set, place, pseudo });
  return {
    finish: (weights) => task.finish(weights),
    close: () => Promise.resolve(),
    options: {
      ...rates(context),
      graph: task.graph,
      initial: task.initial,
      source: task.source(planner),
      learningRate: rateForBatch(context.config.headLearningRate, rows),
    },
  };
}

async function prepareTuning(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
  { body, resumes }: { body: Body; resumes: boolean },
): Promise<PreparedTraining> {
  const { config } = context;
  const { images, place } = await listImages(context, set);
  const pseudo = await softTargets(context, round, set.pseudo, place);
  const { planner, rows } = planBatches(context, plan, { set, place, pseudo });
  const { size, channels } = body.graph.input;
  const pixels = await context.pixels.load(images, { size, channels });
  const source = createPooledSource(
    pixels,
    planner,
    { policy: config.augmentation, strength: 'strong', seed: plan.seed },
    plan.steps,
  );
  const headRate = rateForBatch(config.headLearningRate, rows);
  // A run that speaks of fine-tuning says its low rate; elsewhere the body learns at a tenth of the head's.
  const bodyRate =
    config.chain === null && config.method === 'fine-tune' ? rateForBatch(config.learningRate, rows) : headRate / 10;
  // A checkpoint holds the settled head already.
  const initial = resumes
    ? body.weights
    : await settleHead(
        context,
        plan,
        createHeadTask(body, (await context.features.load(body, images, { signal: context.signal })).values, {
          dropout: config.dropout,
        }),
        planner,
        headRate,
      );
  return {
    finish: (weights) => ({ graph: body.graph, weights }),
    close: () => source.close(),
    options: {
      ...rates(context),
      graph: body.graph,
      initial,
      source,
      norm: 'running',
      fixed: firstPart(body.graph, 1 - plan.tunedShare),
      learningRate: bodyRate,
      headLearningRate: headRate,
    },
  };
}

/** The weights of the first layers of a body: so large a share of its layers with a kernel, and what lies between. */
function firstPart({ weights }: ModelGraph, share: number): ReadonlySet<string> {
  const body = weights.filter(({ trainable, group }) => trainable && group === 'body');
  const kernels = body.filter(({ role }) => role === 'kernel');
  const next = kernels[Math.round(kernels.length * share)];
  return new Set((next ? body.slice(0, body.indexOf(next)) : share > 0 ? body : []).map(({ name }) => name));
}

/** Every image that the round learns from, labeled or not, and where it lies. */
async function listImages(
  context: RunContext,
  set: TrainingSet,
): Promise<{ images: TrainingImage[]; place: Map<string, number> }> {
  const images = await listFrozen(
    context,
    [...set.labels, ...set.pseudo].map(({ imageId }) => imageId),
  );
  return { images, place: new Map(images.map(({ id }, position) => [id, position])) };
}

/** Batches of a round, as large without pseudo-labels as with them, so that every arm sees as many images. */
function planBatches(
  { config, run }: RunContext,
  plan: PlannedRound,
  input: { set: TrainingSet; place: ReadonlyMap<string, number>; pseudo: BatchInput['pseudo'] },
): { planner: (step: number) => BatchPlan; rows: number } {
  const { set, place, pseudo } = input;
  // What learns from people alone on a backbone keeps the batch that it always had; a control arm that of its student.
  const batchPseudo = pseudo ? config.batchPseudo : 0;
  const batchLabeled =
    plan.role === 'control' || plan.role === 'student'
      ? config.batchLabeled + config.batchPseudo - batchPseudo
      : config.batchLabeled;
  const planner = createBatchPlanner({
    classCount: run.classIds.length,
    batchLabeled,
    batchPseudo,
    seed: plan.seed,
    pseudo,
    labeled: {
      indices: set.labels.map(({ imageId }) => must(place, imageId, 'image')),
      classes: set.labels.map(({ classId }) => run.classIds.indexOf(classId)),
    },
  });
  return { planner, rows: batchLabeled + batchPseudo };
}

const rates = ({ config }: RunContext) => ({
  momentum: config.momentum,
  warmup: config.warmup,
  emaDecay: config.emaDecay,
  pseudoWeight: config.pseudoWeight,
  weightDecay: config.weightDecay,
});

async function settleHead(
  context: RunContext,
  plan: PlannedRound,
  task: HeadTask,
  planner: (step: number) => BatchPlan,
  learningRate: number,
): Promise<Float32Array> {
  const training = train({
    ...rates(context),
    engine: context.engine,
    graph: task.graph,
    initial: task.initial,
    source: task.source(planner),
    steps: HEAD_STEPS,
    seed: plan.seed,
    learningRate,
    signal: context.signal,
  });
  const { weights } = await runTraining(training, () => undefined);
  return task.finish(weights);
}
