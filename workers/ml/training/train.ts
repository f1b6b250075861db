import { AppError } from '#core/errors.ts';
import type { Batch, BatchSource } from '../augment/batches.ts';
import type { Engine } from '../engine/engine.ts';
import { explainMemory } from '../engine/out-of-memory.ts';
import type { FlatWeights, ModelGraph } from '../models/graph.ts';
import { encodeCheckpoint, restoreCheckpoint } from './checkpoint.ts';
import { rowWeights, type Distillation, type RowWeights } from './loss.ts';
import { Optimiser } from './optimiser.ts';
import { poolOf, type PoolSession, type ReplicaPool } from './replica-pool.ts';
import type { Shard, ShardResult } from './replica-work.ts';
import { triangular } from './schedule.ts';

export interface TrainOptions {
  engine: Engine;
  graph: ModelGraph;
  /** Weights to start from: initialiseWeights(), a checkpoint, or a backbone. */
  initial: FlatWeights;
  /** Batches by step; the first `labeledCount` rows of each carry human labels. Closed by its maker. */
  source:
    | { batch(step: number): Promise<Pick<Batch, 'targets' | 'labeledCount'> & { pixels: Uint8Array | Float32Array }> }
    | BatchSource;
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
 * Trains a graph and yields what happens; returns the averaged weights. Data-parallel: each replica takes every k-th
 * row of the batch, normalises by its own rows (as distributed data-parallel training does) and the gradients add up;
 * the stored statistics are the mean over replicas. The same seed and the same number of threads give the same losses.
 * Throws AppError BAD_INPUT when the loss stops being a number, TOO_LARGE when memory runs out, and the signal's reason
 * when aborted.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, TrainedWeights> {
  const {
    engine,
    graph,
    source,
    steps,
    warmup,
    learningRate,
    distillation = null,
    norm = 'batch',
    headOnly = false,
  } = options;
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
  const pool = poolOf(engine);
  const sessions: PoolSession[] = [];
  const started = performance.now();
  let images = 0;
  try {
    const untrained = [...(options.fixed ?? [])];
    const student = await pool.open({ graph, weights: optimiser.weights, headOnly, untrained, norm }, true);
    sessions.push(student);
    const teacher =
      distillation === null
        ? null
        : await pool.open({ ...distillation.teacher, headOnly: false, norm: 'running' }, false);
    if (teacher !== null) sessions.push(teacher);
    const recent: { time: number; images: number }[] = [{ time: started, images: 0 }];
    let upcoming = first < steps ? source.batch(first) : null;
    for (let step = first; step < steps && upcoming !== null; step += 1) {
      options.signal?.throwIfAborted();
      const batch = await upcoming;
      const rows = rowWeights(
        batch.targets.length / graph.classes,
        batch.labeledCount,
        options.pseudoWeight,
        distillation,
      );
      const working = pool.gradients(
        student.id,
        cut(graph, batch, rows, pool, `${options.seed}:${step}`, teacher, distillation),
      );
      // The next batch is made while the replicas work on this one.
      upcoming = step + 1 < steps ? source.batch(step + 1) : null;
      upcoming?.catch(() => undefined);
      const results = await working;
      const { gradient, statistics } = merge(results);
      const losses = measure(results, batch.labeledCount, distillation);
      if (!Number.isFinite(losses.total)) throw diverged(step);
      const share = triangular(step, steps, warmup);
      optimiser.step(gradient, statistics.length === 0 ? null : statistics, share, step);
      images += rows.crossEntropy.length;
      recent.push({ time: performance.now(), images });
      if (recent.length > RATE_STEPS) recent.shift();
      const [from, to] = [recent[0], recent[recent.length - 1]] as [
        { time: number; images: number },
        { time: number; images: number },
      ];
      const imagesPerSecond = ((to.images - from.images) * 1000) / Math.max(1e-3, to.time - from.time);
      const taken = step + 1;
      const { labeled: lossLabeled, pseudo: lossPseudo } = losses;
      yield {
        type: 'step',
        step: taken,
        steps,
        lossLabeled,
        lossPseudo,
        learningRate: (learningRate || headRate) * share,
        imagesPerSecond,
      };
      const { checkpointEvery = 0 } = options;
      if (checkpointEvery > 0 && taken % checkpointEvery === 0 && taken < steps) {
        yield { type: 'checkpoint', step: taken, bytes: encodeCheckpoint(optimiser, taken), weights: optimiser.ema };
      }
    }
  } catch (error) {
    throw explainMemory(error);
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
  if (!optimiser.ema.every(Number.isFinite)) throw diverged(steps);
  return { weights: optimiser.ema, steps, imagesPerSecond: (images * 1000) / Math.max(1, performance.now() - started) };
}

const diverged = (step: number): AppError =>
  new AppError(
    'BAD_INPUT',
    `Training diverged at step ${step + 1}: the loss is no longer a number. Start the run again with a lower ` +
      `learning rate.`,
  );

type TrainBatch = Awaited<ReturnType<TrainOptions['source']['batch']>>;

/** Every k-th row for each of k replicas, so that each gets its part of labeled and of pseudo-labeled rows. */
function cut(
  graph: ModelGraph,
  batch: TrainBatch,
  rows: RowWeights,
  pool: ReplicaPool,
  noise: string,
  teacher: PoolSession | null,
  distillation: Distillation | null,
): Shard[] {
  const count = rows.crossEntropy.length;
  const image = batch.pixels.length / count;
  const shards = Math.min(pool.size, count);
  return Array.from({ length: shards }, (_, k): Shard => {
    const indices = Array.from({ length: Math.ceil((count - k) / shards) }, (__, i) => k + i * shards);
    const take = <T extends Uint8Array | Float32Array>(from: T, width: number): T => {
      const result = (
        from instanceof Uint8Array ? new Uint8Array(indices.length * width) : new Float32Array(indices.length * width)
      ) as T;
      indices.forEach((row, i) => result.set(from.subarray(row * width, (row + 1) * width), i * width));
      return result;
    };
    return {
      pixels: take(batch.pixels, image),
      targets: take(batch.targets, graph.classes),
      rows: { crossEntropy: take(rows.crossEntropy, 1), divergence: take(rows.divergence, 1) },
      noise: `${noise}:${k}`,
      teacher:
        teacher === null || distillation === null
          ? null
          : { session: teacher.id, temperature: distillation.temperature },
    };
  });
}

/** Gradients add up (row weights already divide by the whole batch); statistics are averaged. */
function merge(results: ShardResult[]): { gradient: Float32Array; statistics: Float32Array } {
  const [first, ...others] = results as [ShardResult, ...ShardResult[]];
  const { gradient, statistics } = first;
  for (const other of others) {
    for (let i = 0; i < gradient.length; i += 1) gradient[i] = (gradient[i] as number) + (other.gradient[i] as number);
    for (let i = 0; i < statistics.length; i += 1)
      statistics[i] = (statistics[i] as number) + (other.statistics[i] as number);
  }
  for (let i = 0; i < statistics.length; i += 1) statistics[i] = (statistics[i] as number) / results.length;
  return { gradient, statistics };
}

function measure(
  results: ShardResult[],
  labeledCount: number,
  distillation: Distillation | null,
): { labeled: number; pseudo: number | null; total: number } {
  let [labeled, pseudo, divergence, rows] = [0, 0, 0, 0];
  results.forEach(({ crossEntropy, divergence: kl }, k) => {
    crossEntropy.forEach((value, i) => {
      if (k + i * results.length < labeledCount) labeled += value;
      else pseudo += value;
      rows += 1;
    });
    for (const value of kl) divergence += value;
  });
  const total = labeled + pseudo + divergence;
  const mean = labeledCount === 0 ? 0 : labeled / labeledCount;
  if (distillation !== null)
    return { labeled: mean, pseudo: (distillation.temperature ** 2 * divergence) / rows, total };
  return { labeled: mean, pseudo: rows === labeledCount ? null : pseudo / (rows - labeledCount), total };
}
