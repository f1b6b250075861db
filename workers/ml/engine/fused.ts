import * as tf from '@tensorflow/tfjs';
import { BATCH_NORM, BATCH_NORM_GRADIENT } from './wasm-kernels.ts';

export interface NormInputs {
  /** [..., c] */
  x: tf.Tensor;
  /** [c] */
  gamma: tf.Tensor;
  /** [c] */
  beta: tf.Tensor;
  /** Added before the relu; the shape of x. */
  residual: tf.Tensor | null;
  epsilon: number;
  relu: boolean;
}

export interface NormResult {
  y: tf.Tensor;
  /** [c], batch mean; kept: the caller disposes it. */
  mean: tf.Tensor;
  /** [c], biased batch variance; kept: the caller disposes it. */
  variance: tf.Tensor;
}

type Norm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, residual: tf.Tensor | null) => tf.Tensor[];
type NormGradient = (saved: { x: tf.Tensor; y: tf.Tensor; gamma: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor }, dy: tf.Tensor) => tf.Tensor[];

const runKernel = (name: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap): tf.Tensor[] =>
  tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attrs) as unknown as tf.Tensor[];

/**
 * Batch norm by batch statistics, residual sum and relu as one differentiable op:
 * y = relu(gamma·(x − mean)/√(variance + epsilon) + beta + residual). One kernel a pass on wasm, standard ops elsewhere.
 * The statistics carry no gradient of their own; theirs is inside that of y (Ioffe & Szegedy 2015).
 */
export function normAct({ x, gamma, beta, residual, epsilon, relu }: NormInputs): NormResult {
  const attributes = { epsilon, relu, residual: residual !== null };
  const onWasm = tf.getBackend() === 'wasm' && (x.shape[x.shape.length - 1] ?? 0) % 4 === 0;
  const forward: Norm = onWasm
    ? (a, g, b, r) => runKernel(BATCH_NORM, { x: a, gamma: g, beta: b, ...(r === null ? {} : { residual: r }) }, attributes)
    : (a, g, b, r) => composed(a, g, b, r, epsilon, relu);
  const backward: NormGradient = onWasm
    ? (saved, dy) => runKernel(BATCH_NORM_GRADIENT, { ...saved, dy }, attributes)
    : (saved, dy) => composedGradient(saved, dy, attributes);
  const statistics: tf.Tensor[] = [];
  const op = tf.customGrad((...parameters) => {
    const save = parameters[parameters.length - 1] as tf.GradSaveFunc;
    const [a, g, b, r] = parameters as tf.Tensor[];
    const [y, mean, variance] = forward(a as tf.Tensor, g as tf.Tensor, b as tf.Tensor, residual === null ? null : (r as tf.Tensor)) as [tf.Tensor, tf.Tensor, tf.Tensor];
    statistics.push(tf.keep(mean), tf.keep(variance));
    save([a as tf.Tensor, y, g as tf.Tensor, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [sx, sy, sg, sm, sv] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const [dx, dgamma, dbeta, dresidual] = backward({ x: sx, y: sy, gamma: sg, mean: sm, variance: sv }, dy) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
        // Without relu the residual's gradient is dy itself.
        return residual === null ? [dx, dgamma, dbeta] : [dx, dgamma, dbeta, dresidual ?? dy.clone()];
      },
    };
  });
  const y = residual === null ? op(x, gamma, beta) : op(x, gamma, beta, residual);
  const [mean, variance] = statistics as [tf.Tensor, tf.Tensor];
  return { y, mean, variance };
}

const axesOf = (x: tf.Tensor): number[] => Array.from({ length: x.rank - 1 }, (_, i) => i);

function composed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, residual: tf.Tensor | null, epsilon: number, relu: boolean): tf.Tensor[] {
  const { mean, variance } = tf.moments(x, axesOf(x));
  const scale = gamma.mul(tf.rsqrt(variance.add(epsilon))); // [c]
  const normed = x.sub(mean).mul(scale).add(beta); // [..., c]
  const sum = residual === null ? normed : normed.add(residual);
  return [relu ? tf.relu(sum) : sum, mean, variance];
}

function composedGradient(
  { x, y, gamma, mean, variance }: Parameters<NormGradient>[0],
  dy: tf.Tensor,
  { epsilon, relu, residual }: { epsilon: number; relu: boolean; residual: boolean },
): tf.Tensor[] {
  const axes = axesOf(x);
  const g = relu ? dy.mul(tf.step(y)) : dy; // [..., c]
  const inverse = tf.rsqrt(variance.add(epsilon)); // [c]
  const unit = x.sub(mean).mul(inverse); // [..., c]
  const dbeta = g.sum(axes);
  const dgamma = g.mul(unit).sum(axes);
  const rows = x.size / gamma.size;
  const dx = g.sub(dbeta.div(rows)).sub(unit.mul(dgamma.div(rows))).mul(gamma.mul(inverse));
  return residual && relu ? [dx, dgamma, dbeta, g] : [dx, dgamma, dbeta];
}
