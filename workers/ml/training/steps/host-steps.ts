import type { Optimiser } from '../optimiser.ts';
import type { Distillation, RowWeights } from '../loss.ts';
import type { PoolSession, ReplicaPool } from '../replica-pool.ts';
import type { Session, Shard, ShardResult } from '../replica-work.ts';
import type { RowLosses, Steps, TrainBatch } from './steps.ts';

interface Sessions {
  student: PoolSession;
  teacher: { session: PoolSession; temperature: number } | null;
}

/**
 * Data-parallel steps: each replica takes every k-th row of the batch, normalises by its own rows (as distributed
 * data-parallel training does), the gradients add up and the host's optimiser writes the weights that all share.
 */
export class HostSteps implements Steps {
  readonly ahead = 0;

  private readonly optimiser: Optimiser;
  private readonly pool: ReplicaPool;
  private readonly sessions: Sessions;
  private readonly classes: number;
  private readonly seed: number;

  private constructor(optimiser: Optimiser, pool: ReplicaPool, sessions: Sessions, classes: number, seed: number) {
    this.optimiser = optimiser;
    this.pool = pool;
    this.sessions = sessions;
    this.classes = classes;
    this.seed = seed;
  }

  static async open(
    optimiser: Optimiser,
    pool: ReplicaPool,
    session: Omit<Session, 'id' | 'weights'>,
    distillation: (Distillation & { teacher: Pick<Session, 'graph' | 'weights'> }) | null,
    seed: number,
  ): Promise<HostSteps> {
    const student = await pool.open({ ...session, weights: optimiser.weights }, true);
    const teacher =
      distillation === null
        ? null
        : {
            session: await pool
              .open({ ...distillation.teacher, headOnly: false, norm: 'running' }, false)
              .catch(async (error: unknown) => {
                await student.close();
                throw error;
              }),
            temperature: distillation.temperature,
          };
    return new HostSteps(optimiser, pool, { student, teacher }, session.graph.classes, seed);
  }

  async take(step: number, batch: TrainBatch, rows: RowWeights, share: number): Promise<RowLosses> {
    const results = await this.pool.gradients(this.sessions.student.id, this.cut(batch, rows, `${this.seed}:${step}`));
    const { gradient, statistics } = merge(results);
    const losses = inOrder(results, rows.crossEntropy.length);
    if (losses.crossEntropy.every(Number.isFinite) && losses.divergence.every(Number.isFinite))
      this.optimiser.step(gradient, statistics.length === 0 ? null : statistics, share, step);
    return losses;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    const { student, teacher } = this.sessions;
    await Promise.all([student, ...(teacher === null ? [] : [teacher.session])].map((session) => session.close()));
  }

  /** Every k-th row for each of k replicas, so that each gets its part of labeled and of pseudo-labeled rows. */
  private cut(batch: TrainBatch, rows: RowWeights, noise: string): Shard[] {
    const count = rows.crossEntropy.length;
    const image = batch.pixels.length / count;
    const shards = Math.min(this.pool.size, count);
    const { teacher } = this.sessions;
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
        targets: take(batch.targets, this.classes),
        rows: { crossEntropy: take(rows.crossEntropy, 1), divergence: take(rows.divergence, 1) },
        noise: `${noise}:${k}`,
        teacher: teacher === null ? null : { session: teacher.session.id, temperature: teacher.temperature },
      };
    });
  }
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

/** Row i of replica k is row k + i·replicas of the batch. */
function inOrder(results: ShardResult[], count: number): RowLosses {
  const join = (name: keyof RowLosses): Float32Array => {
    const joined = new Float32Array(results[0]?.[name].length === 0 ? 0 : count);
    results.forEach((result, k) => result[name].forEach((value, i) => (joined[k + i * results.length] = value)));
    return joined;
  };
  return { crossEntropy: join('crossEntropy'), divergence: join('divergence') };
}
