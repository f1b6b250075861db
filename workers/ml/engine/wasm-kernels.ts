import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { conv2d, conv2dFilterGradient, conv2dInputGradient, isCovered } from './wasm-conv-ops.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './wasm-depthwise.ts';
import { WasmMemory } from './wasm-memory.ts';
import type { Activation } from './wasm-rows.ts';
import {
  averagePoolGradient,
  batchNorm,
  batchNormGradient,
  isTiling,
  maxPool,
  maxPoolGradient,
} from './wasm-row-ops.ts';

/** Names of our own fused kernels, for wasm and WebGPU; fused.ts composes them from standard ops elsewhere. */
export const BATCH_NORM = 'PupilBatchNorm';
export const BATCH_NORM_GRADIENT = 'PupilBatchNormGradient';

const ACTIVATIONS: readonly Activation[] = ['linear', 'relu', 'relu6'];
const activationOf = (a: { activation?: string }): Activation =>
  ACTIVATIONS.find((name) => name === a.activation) ?? 'linear';

type Inputs = Record<string, tf.TensorInfo>;
type Size = [number, number] | number;
interface ConvAttributes {
  strides: Size;
  pad: 'same' | 'valid' | number;
  dilations?: Size;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape?: [number, number, number, number];
  inputShape?: [number, number, number, number];
  filterSize?: Size;
  activation?: string;
  transposeA?: boolean;
  transposeB?: boolean;
  epsilon?: number;
  residual?: boolean;
  fixed?: boolean;
}
type Four = [number, number, number, number];
type KernelBody = (
  inputs: Inputs,
  attributes: ConvAttributes,
  original: () => tf.TensorInfo | tf.TensorInfo[],
) => tf.TensorInfo | tf.TensorInfo[];

const shapeOf = (tensor: tf.TensorInfo): Four => tensor.shape as Four;

function convInfo(input: Four, filter: Four, a: ConvAttributes, depthwise = false): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    input,
    filter,
    a.strides,
    a.dilations ?? 1,
    a.pad,
    a.dimRoundingMode,
    depthwise,
  );
}

const poolInfo = (input: Four, a: ConvAttributes): tf.backend_util.Conv2DInfo =>
  tf.backend_util.computePool2DInfo(input, a.filterSize ?? 1, a.strides, 1, a.pad, a.dimRoundingMode);

function pick(inputs: Inputs, name: string): tf.TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`kernel input ${name} is missing`);
  return tensor;
}

function uncovered(name: string): never {
  throw new Error(`${name}: dilation and channels-first layout have no gradient on the wasm engine`);
}

/**
 * Replaces slow kernels of the wasm backend and adds missing ones. What ours do not cover goes to the original.
 * Idempotent for one backend.
 */
export function installWasmKernels(backend: BackendWasm): void {
  const memory = new WasmMemory(backend);

  const replace = (name: string, body: KernelBody): void => {
    const original = tf.getKernel(name, 'wasm') as
      | { kernelFunc: tf.KernelFunc; setupFunc?: (backend: unknown) => void }
      | undefined;
    if (original !== undefined) tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({
      kernelName: name,
      backendName: 'wasm',
      ...(original?.setupFunc === undefined ? {} : { setupFunc: original.setupFunc }),
      kernelFunc: (call) => {
        const fallBack = (): tf.TensorInfo | tf.TensorInfo[] => original?.kernelFunc(call) ?? uncovered(name);
        return body(call.inputs as Inputs, call.attrs as unknown as ConvAttributes, fallBack);
      },
    });
  };

  replace('Conv2D', (inputs, a, original) => {
    const [x, filter] = [pick(inputs, 'x'), pick(inputs, 'filter')];
    const info = convInfo(shapeOf(x), shapeOf(filter), a);
    return isCovered(info) && info.outChannels % 4 === 0 ? conv2d(memory, x, filter, info, null, 'linear') : original();
  });
  replace('FusedConv2D', (inputs, a, original) => {
    const [x, filter, bias] = [pick(inputs, 'x'), pick(inputs, 'filter'), inputs.bias];
    const info = convInfo(shapeOf(x), shapeOf(filter), a);
    const activation = ACTIVATIONS.find((name) => name === a.activation);
    if (bias === undefined || activation === undefined || !isCovered(info) || info.outChannels % 4 !== 0)
      return original();
    return conv2d(memory, x, filter, info, bias, activation);
  });
  replace('Conv2DBackpropFilter', (inputs, a) => {
    const [x, dy] = [pick(inputs, 'x'), pick(inputs, 'dy')];
    const info = convInfo(shapeOf(x), a.filterShape as Four, a);
    return isCovered(info) ? conv2dFilterGradient(memory, x, dy, info) : uncovered('Conv2DBackpropFilter');
  });
  replace('Conv2DBackpropInput', (inputs, a, original) => {
    const [dy, filter] = [pick(inputs, 'dy'), pick(inputs, 'filter')];
    const info = convInfo(a.inputShape as Four, shapeOf(filter), a);
    return isCovered(info) ? conv2dInputGradient(memory, dy, filter, info) : original();
  });
  replace('DepthwiseConv2dNativeBackpropFilter', (inputs, a) => {
    const [x, dy] = [pick(inputs, 'x'), pick(inputs, 'dy')];
    const info = convInfo(shapeOf(x), a.filterShape as Four, a, true);
    return isCovered(info)
      ? depthwiseFilterGradient(memory, x, dy, info)
      : uncovered('DepthwiseConv2dNativeBackpropFilter');
  });
  replace('DepthwiseConv2dNativeBackpropInput', (inputs, a) => {
    const [dy, filter] = [pick(inputs, 'dy'), pick(inputs, 'filter')];
    const info = convInfo(a.inputShape as Four, shapeOf(filter), a, true);
    return isCovered(info)
      ? depthwiseInputGradient(memory, dy, filter, info)
      : uncovered('DepthwiseConv2dNativeBackpropInput');
  });
  replace('MaxPool', (inputs, a, original) => {
    const x = pick(inputs, 'x');
    const info = poolInfo(shapeOf(x), a);
    return isTiling(info) ? maxPool(memory, x, info) : original();
  });
  replace('MaxPoolGrad', (inputs, a) => {
    const x = pick(inputs, 'input');
    return maxPoolGradient(memory, x, pick(inputs, 'output'), pick(inputs, 'dy'), poolInfo(shapeOf(x), a));
  });
  replace('AvgPoolGrad', (inputs, a, original) => {
    const info = poolInfo(shapeOf(pick(inputs, 'input')), a);
    return isTiling(info) ? averagePoolGradient(memory, pick(inputs, 'dy'), info) : original();
  });
  // Tensors never change: a copy shares the data. Every tensor saved for the gradient is such a copy.
  replace('Identity', (inputs, _, original) => {
    const x = pick(inputs, 'x');
    if (x.dtype === 'string') return original();
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
  replace('BatchMatMul', (inputs, a, original) => {
    if (a.transposeA !== true && a.transposeB !== true) return original();
    const [left, right] = [pick(inputs, 'a'), pick(inputs, 'b')];
    const straight = [transposed(left, a.transposeA === true), transposed(right, a.transposeB === true)] as const;
    const result = runKernel(
      'BatchMatMul',
      { a: straight[0], b: straight[1] },
      { transposeA: false, transposeB: false },
    );
    if (straight[0] !== left) backend.disposeData(straight[0].dataId);
    if (straight[1] !== right) backend.disposeData(straight[1].dataId);
    return result;
  });
  replace('UnsortedSegmentSum', (inputs, a) => {
    const { numSegments } = a as unknown as { numSegments: number };
    return segmentSum(memory, pick(inputs, 'x'), pick(inputs, 'segmentIds'), numSegments);
  });
  replace(BATCH_NORM, (inputs, a) => {
    const { residual, mean, variance } = inputs;
    const statistics = mean === undefined || variance === undefined ? {} : { mean, variance };
    const required = { x: pick(inputs, 'x'), gamma: pick(inputs, 'gamma'), beta: pick(inputs, 'beta') };
    return batchNorm(
      memory,
      { ...required, ...statistics, ...(residual === undefined ? {} : { residual }) },
      a.epsilon ?? 1e-5,
      activationOf(a),
    );
  });
  replace(BATCH_NORM_GRADIENT, (inputs, a) => {
    const all = { x: pick(inputs, 'x'), y: pick(inputs, 'y'), dy: pick(inputs, 'dy') };
    const statistics = { gamma: pick(inputs, 'gamma'), mean: pick(inputs, 'mean'), variance: pick(inputs, 'variance') };
    const options = {
      epsilon: a.epsilon ?? 1e-5,
      activation: activationOf(a),
      residual: a.residual === true,
      fixed: a.fixed === true,
    };
    return batchNormGradient(memory, { ...all, ...statistics }, options);
  });

  function runKernel(name: string, inputs: Inputs, attrs: object): tf.TensorInfo {
    return tf.getKernel(name, 'wasm').kernelFunc({
      inputs,
      backend,
      attrs: attrs as tf.NamedAttrMap,
    }) as tf.TensorInfo;
  }

  /** The transposed product of the wasm backend runs at 0.7 GFLOP/s against 27 of the plain one. */
  function transposed(tensor: tf.TensorInfo, needed: boolean): tf.TensorInfo {
    if (!needed) return tensor;
    const rank = tensor.shape.length;
    const perm = [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];
    return runKernel('Transpose', { x: tensor }, { perm });
  }
}

/** out[id] += x rows; x [n, …], ids [n] → [segments, …]. Negative ids are dropped, as TensorFlow does. */
function segmentSum(memory: WasmMemory, x: tf.TensorInfo, ids: tf.TensorInfo, segments: number): tf.TensorInfo {
  const row = x.shape.slice(1).reduce((product, n) => product * n, 1);
  const out = memory.output([segments, ...x.shape.slice(1)]);
  memory.zero(memory.address(out), segments * row);
  const floats = memory.floats;
  const index = memory.backend.typedArrayFromHeap(ids);
  const [from, to] = [memory.address(x) >>> 2, memory.address(out) >>> 2];
  for (let n = 0; n < (x.shape[0] ?? 0); n += 1) {
    const id = index[n] as number;
    if (id < 0) continue;
    for (let i = 0; i < row; i += 1) {
      floats[to + id * row + i] = (floats[to + id * row + i] as number) + (floats[from + n * row + i] as number);
    }
  }
  return out;
}
