import * as tf from '@tensorflow/tfjs';
import { BATCH_NORM, BATCH_NORM_GRADIENT } from './wasm-kernels.ts';
import type { Activation } from './wasm-rows.ts';

export interface NormInputs {
  /** [..., c] */
  x: tf.Tensor;
  /** [c] */
  gamma: tf.Tensor;
  /** [c] */
  beta: tf.Tensor;
  /** Added before the relu; the shape of x. */
  residual: tf.Tensor | null;
  /** Running statistics [c] to normalise by; null takes those of the batch. */
  fixed: { mean: tf.Tensor; variance: tf.Tensor } | null;
  epsilon: number;
  activation: Activation;
}

export interface NormResult {
  y: tf.Tensor;
  /** [c], mean that was used; kept: the caller disposes it. */
  mean: tf.Tensor;
  /** [c], biased variance that was used; kept: the caller disposes it. */
  variance: tf.Tensor;
}

interface Saved {
  x: tf.Tensor;
  y: tf.Tensor;
  gamma: tf.Tensor;
  mean: tf.Tensor;
  variance: tf.Tensor;
}
interface Flags {
  epsilon: number;
  activation: Activation;
  residual: boolean;
  fixed: boolean;
}

const runKernel = (name: string, inputs: object, flags: Flags): tf.Tensor[] =>
  tf
    .engine()
    .runKernel(
      name,
      inputs as unknown as tf.NamedTensorMap,
      flags as unknown as tf.NamedAttrMap,
    ) as unknown as tf.Tensor[];

/**
 * Batch norm, residual sum and activation as one differentiable op: y = act(gamma·(x − mean)/√(variance + epsilon) +
 * beta + residual). Our own kernels on wasm and WebGPU, standard ops elsewhere. Batch statistics carry no gradient of
 * their own: theirs is inside that of y (Ioffe & Szegedy 2015, section 3).
 */
export function normAct({ x, gamma, beta, residual, fixed, epsilon, activation }: NormInputs): NormResult {
  const flags: Flags = { epsilon, activation, residual: residual !== null, fixed: fixed !== null };
  const backend = tf.getBackend();
  const fused = backend === 'webgpu' || (backend === 'wasm' && (x.shape[x.shape.length - 1] ?? 0) % 4 === 0);
  const statistics: tf.Tensor[] = [];
  const op = tf.customGrad((...parameters) => {
    const save = parameters[parameters.length - 1] as tf.GradSaveFunc;
    const [a, g, b, r] = parameters as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const inputs = { x: a, gamma: g, beta: b, ...(residual === null ? {} : { residual: r }), ...fixed };
    const [y, mean, variance] = (fused ? runKernel(BATCH_NORM, inputs, flags) : composed(inputs, flags)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    statistics.push(tf.keep(mean), tf.keep(variance));
    save([a, y, g, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, tensors: tf.Tensor[]) => {
        const [sx, sy, sg, sm, sv] = tensors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const saved: Saved = { x: sx, y: sy, gamma: sg, mean: sm, variance: sv };
        const gradients = fused
          ? runKernel(BATCH_NORM_GRADIENT, { ...saved, dy }, flags)
          : composedGradient(saved, dy, flags);
        const [dx, dgamma, dbeta, dresidual] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
        // Without an activation the residual's gradient is dy itself.
        return residual === null ? [dx, dgamma, dbeta] : [dx, dgamma, dbeta, dresidual ?? dy.clone()];
      },
    };
  });
  const y = residual === null ? op(x, gamma, beta) : op(x, gamma, beta, residual);
  const [mean, variance] = statistics as [tf.Tensor, tf.Tensor];
  return { y, mean, variance };
}

const axesOf = (x: tf.Tensor): number[] => Array.from({ length: x.rank - 1 }, (_, i) => i);

type ComposedInputs = Pick<NormInputs, 'x' | 'gamma' | 'beta'> & {
  residual?: tf.Tensor;
  mean?: tf.Tensor;
  variance?: tf.Tensor;
};

function composed({ x, gamma, beta, residual, ...fixed }: ComposedInputs, { epsilon, activation }: Flags): tf.Tensor[] {
  const batch = fixed.mean === undefined ? tf.moments(x, axesOf(x)) : null;
  const mean = batch?.mean ?? (fixed.mean as tf.Tensor).clone();
  const variance = batch?.variance ?? (fixed.variance as tf.Tensor).clone();
  const scale = gamma.mul(tf.rsqrt(variance.add(epsilon))); // [c]
  const normed = x.sub(mean).mul(scale).add(beta); // [..., c]
  const sum = residual === undefined ? normed : normed.add(residual);
  return [activated(sum, activation), mean, variance];
}

export function activated(x: tf.Tensor, activation: Activation): tf.Tensor {
  if (activation === 'linear') return x;
  return activation === 'relu' ? tf.relu(x) : tf.relu6(x);
}

function composedGradient(
  { x, y, gamma, mean, variance }: Saved,
  dy: tf.Tensor,
  { epsilon, activation, residual, fixed }: Flags,
): tf.Tensor[] {
  const axes = axesOf(x);
  const positive = activation === 'linear' ? dy : dy.mul(tf.step(y)); // [..., c]
  const g = activation === 'relu6' ? positive.mul(tf.step(tf.sub(6, y))) : positive; // [..., c]
  const inverse = tf.rsqrt(variance.add(epsilon)); // [c]
  const unit = x.sub(mean).mul(inverse); // [..., c]
  const dbeta = g.sum(axes);
  const dgamma = g.mul(unit).sum(axes);
  const rows = x.size / gamma.size;
  const centred = fixed ? g : g.sub(dbeta.div(rows)).sub(unit.mul(dgamma.div(rows)));
  const dx = centred.mul(gamma.mul(inverse));
  return residual && activation !== 'linear' ? [dx, dgamma, dbeta, g] : [dx, dgamma, dbeta];
}
