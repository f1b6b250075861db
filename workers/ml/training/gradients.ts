import * as tf from '@tensorflow/tfjs';
import { forward, type Masks } from '../models/forward.ts';
import type { ModelGraph } from '../models/graph.ts';
import { crossEntropyRows, divergenceRows } from './loss.ts';

export interface GradientInputs {
  graph: ModelGraph;
  weights: ReadonlyMap<string, tf.Tensor>;
  /** Names of the weights that get gradients, in the order of the result. */
  trained: readonly string[];
  /** Preprocessed, [n, size, size, channels] or [n, features]. */
  x: tf.Tensor;
  /** [n, classes] */
  targets: tf.Tensor2D;
  /** [n] each: how much each row counts. */
  rows: { crossEntropy: tf.Tensor1D; divergence: tf.Tensor1D };
  /** Logits of the teacher on the same view [n, classes], and T of both softmaxes. */
  teacher: { logits: tf.Tensor2D; temperature: number } | null;
  noise: Masks;
  norm: 'batch' | 'running';
}

/** Kept tensors: the caller disposes them. */
export interface Gradients {
  /** One a trained weight, in its shape. */
  gradients: tf.Tensor[];
  /** Mean, then variance of every batch norm in node order, [c] each; [] on stored statistics. */
  statistics: tf.Tensor[];
  /** [n], nats. */
  crossEntropy: tf.Tensor;
  /** [n], nats; null without a teacher. */
  divergence: tf.Tensor | null;
}

/** One pass forward and back. Call inside tf.tidy. */
export function gradientsOf(inputs: GradientInputs): Gradients {
  const { graph, weights, trained, x, targets, rows, teacher, noise, norm } = inputs;
  const seen: Pick<Gradients, 'statistics'> & { losses: [tf.Tensor, tf.Tensor | null] | null } = {
    statistics: [],
    losses: null,
  };
  const loss = (...variables: tf.Tensor[]): tf.Scalar => {
    const named = new Map(weights);
    trained.forEach((name, i) => named.set(name, variables[i] as tf.Tensor));
    const result = forward(graph, named, x, { noise, norm });
    seen.statistics = [...result.statistics.values()].flatMap(({ mean, variance }) => [mean, variance]);
    const crossEntropy = tf.keep(crossEntropyRows(result.logits, targets)); // [n]
    const divergence =
      teacher === null ? null : tf.keep(divergenceRows(teacher.logits, result.logits, teacher.temperature)); // [n]
    seen.losses = [crossEntropy, divergence];
    const weighted = crossEntropy.mul(rows.crossEntropy).sum();
    const total = divergence === null ? weighted : weighted.add(divergence.mul(rows.divergence).sum());
    return total.asScalar();
  };
  const { grads } = tf.valueAndGrads(loss)(trained.map((name) => weights.get(name) as tf.Tensor));
  const [crossEntropy, divergence] = seen.losses as unknown as [tf.Tensor, tf.Tensor | null];
  return {
    gradients: grads.map((gradient) => tf.keep(gradient)),
    statistics: seen.statistics,
    crossEntropy,
    divergence,
  };
}

export const disposeGradients = ({ gradients, statistics, crossEntropy, divergence }: Gradients): void =>
  tf.dispose([...gradients, ...statistics, crossEntropy, ...(divergence === null ? [] : [divergence])]);
