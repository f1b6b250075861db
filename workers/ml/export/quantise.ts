import { foldNorms } from '../models/fold.ts';
import { sizeOf, weightView, type FlatWeights, type ModelGraph } from '../models/graph.ts';
import type { ExportTensor } from './inference.ts';
import type { Quantisation } from './types.ts';

/** An entry of a TensorFlow.js weights manifest. */
export interface WeightEntry {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32';
  quantization?: { dtype: 'uint8' | 'float16'; original_dtype: 'float32'; scale?: number; min?: number };
}

/** Bytes of a tensor and how to read them: TensorFlow.js weight quantisation, one affine step a tensor. */
export function encodeTensor(
  tensor: ExportTensor,
  quantisation: Quantisation,
  name: string,
): { entry: WeightEntry; bytes: Uint8Array } {
  const entry: WeightEntry = { name, shape: [...tensor.shape], dtype: 'float32' };
  if (quantisation === 'none' || !tensor.quantisable)
    return { entry, bytes: new Uint8Array(Float32Array.from(tensor.data).buffer) };
  if (quantisation === 'float16') {
    return {
      entry: { ...entry, quantization: { dtype: 'float16', original_dtype: 'float32' } },
      bytes: new Uint8Array(Uint16Array.from(tensor.data, toHalf).buffer),
    };
  }
  const { values, scale, zero } = toUint8(tensor.data);
  return {
    entry: { ...entry, quantization: { dtype: 'uint8', original_dtype: 'float32', scale, min: -zero * scale } },
    bytes: values,
  };
}

/** What a reader of the quantised tensor gets back. */
export function dequantise(data: Float32Array, quantisation: Quantisation): Float32Array {
  if (quantisation === 'none') return data;
  if (quantisation === 'float16') return data.map((value) => fromHalf(toHalf(value)));
  const { values, scale, zero } = toUint8(data);
  return Float32Array.from(values, (value) => (value - zero) * scale);
}

/**
 * The model that a quantised export computes, as a graph for the trainer's predictor, so that its accuracy can be
 * measured before it leaves.
 */
export function quantisedModel(
  graph: ModelGraph,
  flat: FlatWeights,
  quantisation: Quantisation,
): { graph: ModelGraph; weights: FlatWeights } {
  const folded = foldNorms(graph, flat);
  const weights = Float32Array.from(folded.weights);
  for (const { name, shape, role } of folded.graph.weights) {
    if (role !== 'kernel' || sizeOf(shape) < 64) continue;
    const view = weightView(folded.graph, weights, name);
    view.set(dequantise(view, quantisation));
  }
  return { graph: folded.graph, weights };
}

/** A step that float32 still holds precisely; a tensor of zeros has it. */
const LEAST_STEP = 1e-30;

/**
 * value ≈ (byte − zero)·scale: 256 steps from the least to the greatest value, zero exactly one of them; the end that
 * rounding pushes out by half a step is clamped.
 */
export function toUint8(data: Float32Array): { values: Uint8Array; scale: number; zero: number } {
  let least = 0;
  let greatest = 0;
  for (const value of data) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const scale = Math.fround(Math.max(LEAST_STEP, (greatest - least) / 255));
  const zero = Math.round((0 - least) / scale);
  return {
    values: Uint8Array.from(data, (value) => Math.max(0, Math.min(255, Math.round(value / scale) + zero))),
    scale,
    zero,
  };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** IEEE 754 binary16, nearest-even; too large becomes the largest finite value, because a weight must stay a number. */
export function toHalf(value: number): number {
  float[0] = Math.max(-65504, Math.min(65504, value));
  const x = bits[0] as number;
  const sign = (x >>> 16) & 0x8000;
  const exponent = ((x >>> 23) & 0xff) - 112;
  const mantissa = x & 0x7fffff;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    const shift = 14 - exponent;
    return sign | roundedShift(mantissa | 0x800000, shift);
  }
  return sign | roundedShift((exponent << 23) | mantissa, 13);
}

const roundedShift = (value: number, shift: number): number => {
  const half = 2 ** (shift - 1);
  const rest = value % 2 ** shift;
  const whole = Math.floor(value / 2 ** shift);
  return rest > half || (rest === half && whole % 2 === 1) ? whole + 1 : whole;
};

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
