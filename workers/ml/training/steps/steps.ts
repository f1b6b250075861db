import type { Batch, BatchSource } from '../../augment/batches.ts';
import type { RowWeights } from '../loss.ts';

export type TrainBatch = Pick<Batch, 'targets' | 'labeledCount'> & { pixels: Uint8Array | Float32Array };

/** Batches by step; the first `labeledCount` rows of each carry human labels. Closed by its maker. */
export type TrainSource = { batch(step: number): Promise<TrainBatch> } | BatchSource;

/** Losses of each row of a batch, in its order. */
export interface RowLosses {
  /** [n], nats. */
  crossEntropy: Float32Array;
  /** [n], nats; empty without a teacher. */
  divergence: Float32Array;
}

/** Whoever takes the steps of a training: the replicas of an engine with the host's optimiser, or a device alone. */
export interface Steps {
  /** Steps that may be under way before the losses of the first are known. */
  readonly ahead: number;
  /**
   * Takes a step; `share` is the schedule's factor.
   * @returns the losses before the step
   */
  take(step: number, batch: TrainBatch, rows: RowWeights, share: number): Promise<RowLosses>;
  /** Brings the optimiser's arrays to where the steps taken so far have led. */
  settle(): Promise<void>;
  close(): Promise<void>;
}
