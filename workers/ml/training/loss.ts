import * as tf from '@tensorflow/tfjs';

/** How much each row of a batch counts; the loss is Σ crossEntropy·row + Σ divergence·row. */
export interface RowWeights {
  /** [n], for cross-entropy against the targets. */
  crossEntropy: Float32Array;
  /** [n], for T²·KL against the teacher; all zero without distillation. */
  divergence: Float32Array;
}

export interface Distillation {
  /** T of both softmaxes. */
  temperature: number;
  /** Weight of T²·KL against cross-entropy. */
  alpha: number;
}

/**
 * Weights of (CE(labeled) + ratio·CE(pseudo)) / (1 + ratio), each a mean over its rows (Xie et al. 2020). With
 * distillation alpha·T²·KL over all rows + (1 − alpha)·CE over labeled rows only (Hinton et al. 2015): KL alone where
 * no person answered.
 * @param ratio weight of the pseudo-label loss against the labeled one
 */
export function rowWeights(
  rows: number,
  labeled: number,
  ratio: number,
  distillation: Distillation | null,
): RowWeights {
  const crossEntropy = new Float32Array(rows);
  const divergence = new Float32Array(rows);
  const pseudo = rows - labeled;
  if (distillation !== null) {
    const { alpha, temperature } = distillation;
    divergence.fill((alpha * temperature ** 2) / rows);
    if (labeled > 0) crossEntropy.fill((1 - alpha) / labeled, 0, labeled);
  } else if (pseudo === 0) {
    crossEntropy.fill(1 / labeled);
  } else if (labeled === 0) {
    crossEntropy.fill(1 / pseudo);
  } else {
    crossEntropy.fill(1 / labeled / (1 + ratio), 0, labeled);
    crossEntropy.fill(ratio / pseudo / (1 + ratio), labeled);
  }
  return { crossEntropy, divergence };
}

/** −Σ target·log softmax(logits) of each row, nats. logits, targets [n, classes] → [n]. */
export function crossEntropyRows(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  return tf.sum<tf.Tensor1D>(targets.mul(tf.logSoftmax(logits)), 1).neg(); // [n]
}

/** KL(softmax(teacher/T) ‖ softmax(logits/T)) of each row, nats. logits [n, classes] both → [n]. */
export function divergenceRows(teacher: tf.Tensor2D, logits: tf.Tensor2D, temperature: number): tf.Tensor1D {
  const logTeacher = tf.logSoftmax(teacher.div<tf.Tensor2D>(temperature)); // [n, classes]
  const logStudent = tf.logSoftmax(logits.div<tf.Tensor2D>(temperature)); // [n, classes]
  return tf.sum(tf.exp(logTeacher).mul(logTeacher.sub(logStudent)), 1); // [n]
}
