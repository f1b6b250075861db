import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Engine } from '../engine/engine.ts';
import { explainMemory } from '../engine/out-of-memory.ts';
import type { FlatWeights, ModelGraph } from '../models/graph.ts';
import { encodeCheckpoint, restoreCheckpoint } from './checkpoint.ts';
import { rowWeights, type Distillation } from './loss.ts';
import { Optimiser } from './optimiser.ts';
import { DeviceSteps } from './steps/device-steps.ts';
import { HostSteps } from './steps/host-steps.ts';
import { poolOf } from './replica-pool.ts';
import { fitsAtOnce, type Session } from './replica-work.ts';
import { triangular } from './schedule.ts';
import type { RowLosses, Steps, TrainSource } from './steps/steps.ts';

export interface TrainOptions {
  engine: Engine;
  graph: ModelGraph;
  /** Weights to start from: initialiseWeights(), a checkpoint, or a backbone. */
  initial: FlatWeights;
  /** Batches by step; the first `labeledCount` rows of each carry human labels. Closed by its maker. */
  source: TrainSource;
  steps: number;
  /** Seed of dropout and stochastic depth. */
  seed: number;
  /** Peak rate of all but the head, per mean-loss gradient; rateForBatch() scales the usual one to a batch. */
  learningRate: number;
  /** Peak rate of the head; default `learningRate`. */
  headLearningRate?: number;
  momentum: number;
  weightDecay: number;
  /** Share of the steps spent warming up. */
  warmup: number;
  emaDecay: number;
  /** Weight of the pseudo-label loss against the labeled loss. */
  pseudoWeight: number;
  /** Learn from a teacher's logits on the same view. */
  distillation?: (Distillation & { teacher: { graph: ModelGraph; weights: FlatWeights } }) | null;
  /** `running` keeps batch norm in inference mode, for fine-tuning. Default `batch`. */
  norm?: 'batch' | 'running';
  /** Weights of the body that stay as they are. */
  fixed?: ReadonlySet<string>;
  /** Trains the head only; the body's weights and statistics stay. */
  headOnly?: boolean;
  /** Yields a checkpoint every so many steps; 0 or absent: never. */
  checkpointEvery?: number;
  /** Bytes of a checkpoint event of the same options. */
  resume?: Uint8Array | null;
  signal?: AbortSignal;
}

export type TrainEvent =
  | {
      type: 'step';
      /** Steps taken, 1..steps. */
      step: number;
      steps: number;
      /** Mean cross-entropy of labeled rows, nats; with distillation alone, 0 when no row is labeled. */
      lossLabeled: number;
      /** Mean cross-entropy of pseudo-labeled rows, or with distillation T²·KL over all rows; null without either. */
      lossPseudo: number | null;
      learningRate: number;
      imagesPerSecond: number;
    }
  | {
      type: 'checkpoint';
      step: number;
      bytes: Uint8Array;
      /** The averaged weights so far: copy before keeping. */ weights: FlatWeights;
    };

export interface TrainedWeights {
  /** The moving average, batch-norm statistics included: what predicts. */
  weights: FlatWeights;
  steps: number;
  imagesPerSecond: number;
}

/** Steps over which the rate is averaged. */
const RATE_STEPS = 20;

/**
 * Trains a graph and yields what happens; returns the averaged weights. A WebGPU device takes the steps by itself
 * (DeviceSteps), elsewhere replicas share each batch (HostSteps). The same seed and number of threads give the same
 * losses.
 * Throws AppError BAD_INPUT when the loss stops being a number, TOO_LARGE when memory runs out, and the signal's reason
 * when aborted.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, TrainedWeights> {
  const { graph, source, steps, warmup, learningRate, distillation = null, norm = 'batch', headOnly = false } = options;
  const { momentum, weightDecay, emaDecay } = options;
  const headRate = options.headLearningRate ?? learningRate;
  const optimiser = new Optimiser(graph, options.initial, {
    bodyRate: headOnly ? 0 : learningRate,
    ...(options.fixed ? { fixed: options.fixed } : {}),
    headRate,
    momentum,
    weightDecay,
    emaDecay,
  });
  const first = options.resume ? restoreCheckpoint(optimiser, options.resume) : 0;
  const session = { graph, headOnly, untrained: [...(options.fixed ?? [])], norm };
  let taker: Steps | null = null;
  const started = performance.now();
  let images = 0;
  try {
    taker = await openSteps(options, optimiser, session);
    const recent: { time: number; images: number }[] = [{ time: started, images: 0 }];
    const report = async ({ step, labeledCount, losses }: Taken): Promise<TrainEvent> => {
      const taken = await losses;
      const { labeled: lossLabeled, pseudo: lossPseudo, total } = measure(taken, labeledCount, distillation);
      if (!Number.isFinite(total)) throw diverged(step);
      images += taken.crossEntropy.length;
      recent.push({ time: performance.now(), images });
      if (recent.length > RATE_STEPS) recent.shift();
      const [from, to] = [recent[0], recent[recent.length - 1]] as [
        { time: number; images: number },
        { time: number; images: number },
      ];
      const imagesPerSecond = ((to.images - from.images) * 1000) / Math.max(1e-3, to.time - from.time);
      const rate = (learningRate || headRate) * triangular(step, steps, warmup);
      return { type: 'step', step: step + 1, steps, lossLabeled, lossPseudo, learningRate: rate, imagesPerSecond };
    };
    const underWay: Taken[] = [];
    let upcoming = first < steps ? source.batch(first) : null;
    for (let step = first; step < steps && upcoming !== null; step += 1) {
      options.signal?.throwIfAborted();
      const batch = await upcoming;
      const { labeledCount } = batch;
      const rows = rowWeights(batch.targets.length / graph.classes, labeledCount, options.pseudoWeight, distillation);
      const losses = taker.take(step, batch, rows, triangular(step, steps, warmup));
      losses.catch(() => undefined);
      underWay.push({ step, labeledCount, losses });
      // The next batch is made while this step is taken.
      upcoming = step + 1 < steps ? source.batch(step + 1) : null;
      upcoming?.catch(() => undefined);
      const { checkpointEvery = 0 } = options;
      const taken = step + 1;
      const keeps = checkpointEvery > 0 && taken % checkpointEvery === 0 && taken < steps;
      while (underWay.length > (keeps || taken === steps ? 0 : taker.ahead))
        yield await report(underWay.shift() as Taken);
      if (keeps) {
        await taker.settle();
        yield { type: 'checkpoint', step: taken, bytes: encodeCheckpoint(optimiser, taken), weights: optimiser.ema };
      }
    }
    await taker.settle();
  } catch (error) {
    throw explainMemory(error);
  } finally {
    await taker?.close();
  }
  if (!optimiser.ema.every(Number.isFinite)) throw diverged(steps);
  return { weights: optimiser.ema, steps, imagesPerSecond: (images * 1000) / Math.max(1, performance.now() - started) };
}

/** A step under way. */
interface Taken {
  step: number;
  labeledCount: number;
  losses: Promise<RowLosses>;
}

/** A device that can takes the steps by itself; else the replicas with the host's optimiser. */
async function openSteps(
  { engine, seed, distillation = null }: TrainOptions,
  optimiser: Optimiser,
  session: Omit<Session, 'id' | 'weights'>,
): Promise<Steps> {
  if (engine.name === 'webgpu' && fitsAtOnce(session))
    return DeviceSteps.open(optimiser, { session, distillation, seed });
  return HostSteps.open(optimiser, poolOf(engine), session, distillation, seed);
}

const diverged = (step: number): AppError =>
  new AppError('BAD_INPUT', say('learning.diverged', { step: String(step + 1) }));

/** Losses of the labeled rows, the others, and all as they are weighted. */
function measure(
  { crossEntropy, divergence }: RowLosses,
  labeledCount: number,
  distillation: Distillation | null,
): { labeled: number; pseudo: number | null; total: number } {
  const rows = crossEntropy.length;
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
  const labeled = sum(crossEntropy.subarray(0, labeledCount));
  const pseudo = sum(crossEntropy.subarray(labeledCount));
  const total = labeled + pseudo + sum(divergence);
  const mean = labeledCount === 0 ? 0 : labeled / labeledCount;
  if (distillation !== null)
    return { labeled: mean, pseudo: (distillation.temperature ** 2 * sum(divergence)) / rows, total };
  return { labeled: mean, pseudo: rows === labeledCount ? null : pseudo / (rows - labeledCount), total };
}
