import { sizeOf, weightCount, type FlatWeights, type ModelGraph } from '../models/graph.ts';
import { emaDecayAt } from './schedule.ts';

export interface OptimiserSettings {
  /** Peak rate of the body's weights; 0 freezes them. */
  bodyRate: number;
  /** Names of weights of the body that stay as they are, whatever its rate. */
  fixed?: ReadonlySet<string>;
  /** Peak rate of the head's weights. */
  headRate: number;
  momentum: number;
  /** L2 on kernels only (not on biases, gamma, beta). */
  weightDecay: number;
  emaDecay: number;
}

/** Share of the old running statistic kept at each step. */
export const STATISTIC_DECAY = 0.9;

/**
 * SGD with Nesterov momentum (Sutskever et al. 2013 in PyTorch's form) over one flat vector, with the exponential
 * moving average of all weights, batch-norm statistics included. It runs on the host in plain arrays: the same
 * arithmetic on every engine, and the weights of all replicas live in one shared buffer that it writes.
 */
export class Optimiser {
  readonly weights: FlatWeights;
  readonly momentum: Float32Array;
  readonly ema: FlatWeights;
  private readonly rates: Float32Array;
  private readonly decays: Float32Array;
  private readonly settings: OptimiserSettings;
  private readonly trained: number;
  private readonly statistics: { mean: number; variance: number; channels: number }[];

  constructor(graph: ModelGraph, initial: FlatWeights, settings: OptimiserSettings) {
    const count = weightCount(graph);
    this.weights = new Float32Array(new SharedArrayBuffer(count * 4));
    this.weights.set(initial);
    this.ema = Float32Array.from(initial);
    this.settings = settings;
    this.trained = graph.weights.reduce((sum, w) => sum + (w.trainable ? sizeOf(w.shape) : 0), 0);
    this.momentum = new Float32Array(this.trained);
    this.rates = new Float32Array(this.trained);
    this.decays = new Float32Array(this.trained);
    const offsets = new Map<string, number>();
    let offset = 0;
    for (const weight of graph.weights) {
      const end = offset + sizeOf(weight.shape);
      if (weight.trainable) {
        const bodyRate = settings.fixed?.has(weight.name) ? 0 : settings.bodyRate;
        this.rates.fill(weight.group === 'head' ? settings.headRate : bodyRate, offset, end);
        this.decays.fill(weight.role === 'kernel' ? settings.weightDecay : 0, offset, end);
      }
      offsets.set(weight.name, offset);
      offset = end;
    }
    this.statistics = graph.nodes.flatMap((node) => {
      if (node.op !== 'batchNorm') return [];
      const [mean, variance] = [offsets.get(node.mean), offsets.get(node.variance)];
      const channels = sizeOf(graph.weights.find(({ name }) => name === node.mean)?.shape ?? []);
      return mean === undefined || variance === undefined ? [] : [{ mean, variance, channels }];
    });
  }

  /**
   * One step. `gradient` [trainable]; `batchStatistics` holds mean then variance of each norm in node order, or is null
   * when norms run on their stored statistics; `share` is the schedule's factor, `t` the number of steps taken before.
   */
  step(gradient: Float32Array, batchStatistics: Float32Array | null, share: number, t: number): void {
    const { momentum: mu } = this.settings;
    const { weights, momentum, rates, decays, ema } = this;
    for (let i = 0; i < this.trained; i += 1) {
      const rate = (rates[i] as number) * share;
      if (rate === 0) continue;
      const g = (gradient[i] as number) + (decays[i] as number) * (weights[i] as number);
      const m = mu * (momentum[i] as number) + g;
      momentum[i] = m;
      weights[i] = (weights[i] as number) - rate * (g + mu * m);
    }
    if (batchStatistics !== null) this.blendStatistics(batchStatistics);
    const decay = emaDecayAt(this.settings.emaDecay, t);
    for (let i = 0; i < ema.length; i += 1) ema[i] = decay * (ema[i] as number) + (1 - decay) * (weights[i] as number);
  }

  /** Peak rate and decay of the weight that lies there. */
  settingsAt(offset: number): { rate: number; decay: number } {
    return { rate: this.rates[offset] ?? 0, decay: this.decays[offset] ?? 0 };
  }

  /** Momentum, and the share of itself that the average keeps after `t` steps. */
  shares(t: number): { momentum: number; keep: number } {
    return { momentum: this.settings.momentum, keep: emaDecayAt(this.settings.emaDecay, t) };
  }

  private blendStatistics(batch: Float32Array): void {
    let from = 0;
    const blend = (to: number, channels: number): void => {
      for (let i = 0; i < channels; i += 1, from += 1) {
        this.weights[to + i] =
          STATISTIC_DECAY * (this.weights[to + i] as number) + (1 - STATISTIC_DECAY) * (batch[from] as number);
      }
    };
    for (const { mean, variance, channels } of this.statistics) {
      blend(mean, channels);
      blend(variance, channels);
    }
  }
}
