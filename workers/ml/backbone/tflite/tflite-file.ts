import { fromHalf } from '../../export/quantise.ts';
import { Table } from './flatbuffer.ts';
import { boundedSize, LIMITS, type Refuse } from '../limits.ts';

/** Field numbers and codes are those of TensorFlow Lite's schema.fbs. */
export const OPERATORS: ReadonlyMap<number, string> = new Map([
  [0, 'ADD'],
  [1, 'AVERAGE_POOL_2D'],
  [2, 'CONCATENATION'],
  [3, 'CONV_2D'],
  [4, 'DEPTHWISE_CONV_2D'],
  [6, 'DEQUANTIZE'],
  [9, 'FULLY_CONNECTED'],
  [14, 'LOGISTIC'],
  [17, 'MAX_POOL_2D'],
  [18, 'MUL'],
  [19, 'RELU'],
  [21, 'RELU6'],
  [22, 'RESHAPE'],
  [23, 'RESIZE_BILINEAR'],
  [25, 'SOFTMAX'],
  [32, 'CUSTOM'],
  [34, 'PAD'],
  [39, 'TRANSPOSE'],
  [40, 'MEAN'],
  [41, 'SUB'],
  [43, 'SQUEEZE'],
  [60, 'PADV2'],
  [114, 'QUANTIZE'],
  [117, 'HARD_SWISH'],
]);

const TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
] as const;
type TensorType = (typeof TYPES)[number] | 'other';

export interface TfliteTensor {
  name: string;
  shape: number[];
  type: TensorType;
  /** Empty unless the tensor is a constant. */
  data: Uint8Array;
}

export interface TfliteOperator {
  kind: string;
  inputs: number[];
  outputs: number[];
  options: Table | null;
}

export interface TfliteFile {
  tensors: TfliteTensor[];
  operators: TfliteOperator[];
  inputs: number[];
  outputs: number[];
}

/**
 * Reads a TensorFlow Lite file as it stands. Constants stay views into `bytes` until somebody asks for their numbers.
 */
export function readTfliteFile(bytes: Uint8Array, refuse: Refuse): TfliteFile {
  if (bytes.length > LIMITS.bytes) return refuse(`it is larger than ${LIMITS.bytes / 2 ** 20} MiB`);
  const model = Table.root(bytes, 'TFL3', refuse);
  const codes = model.tables(1, LIMITS.entries).map((code) => {
    const builtin = Math.max(code.uint8(0), code.int32(3));
    const known = OPERATORS.get(builtin);
    return known === 'CUSTOM' ? `custom operator ${code.text(1)}` : (known ?? `operator ${builtin}`);
  });
  const [graph, ...others] = model.tables(2, LIMITS.entries);
  if (graph === undefined) return refuse('it holds no graph');
  if (others.length > 0) return refuse(`it holds ${others.length + 1} graphs, and one is needed`);
  const buffers = model.tables(4, LIMITS.entries);
  const tensors = graph.tables(0, LIMITS.entries).map((tensor): TfliteTensor => {
    const name = tensor.text(3);
    const buffer = buffers[tensor.uint32(2)] ?? refuse(`tensor ${name} names data that is not there`);
    if (!buffer.isZero64(1)) refuse(`the data of tensor ${name} lies outside of the flatbuffer`);
    return { name, shape: tensor.int32s(0), type: TYPES[tensor.uint8(1)] ?? 'other', data: buffer.bytes(0) };
  });
  const operators = graph.tables(3, LIMITS.nodes).map((operator): TfliteOperator => ({
    kind: codes[operator.uint32(0)] ?? refuse('an operator has no code'),
    inputs: operator.int32s(1),
    outputs: operator.int32s(2),
    options: operator.table(4),
  }));
  for (const { inputs, outputs } of operators) {
    // −1 stands for an input that is left out.
    if (![...inputs, ...outputs].every((i) => i >= -1 && i < tensors.length))
      refuse('an operator names a tensor that is not there');
  }
  return { tensors, operators, inputs: graph.int32s(1), outputs: graph.int32s(2) };
}

/** The numbers of a constant, float32 or float16. Refuses others with what they are. */
export function readFloats({ name, shape, type, data }: TfliteTensor, refuse: Refuse): Float32Array {
  const size = boundedSize(shape, `tensor ${name}`, refuse);
  if (type === 'int8' || type === 'uint8' || type === 'int16') {
    return refuse(
      `its weights are quantised to ${type}, which cannot be trained: export it with float32 or float16 weights`,
    );
  }
  if (type !== 'float32' && type !== 'float16')
    return refuse(`tensor ${name} is of type ${type} where weights are needed`);
  const width = type === 'float32' ? 4 : 2;
  if (data.length !== size * width)
    return refuse(`tensor ${name} should be ${size * width} bytes and is ${data.length}`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read =
    width === 4 ? (i: number) => view.getFloat32(4 * i, true) : (i: number) => fromHalf(view.getUint16(2 * i, true));
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 1) values[i] = read(i);
  return values;
}

export function readInt32s({ name, shape, type, data }: TfliteTensor, refuse: Refuse): number[] {
  const size = boundedSize(shape, `tensor ${name}`, refuse);
  if (type !== 'int32' || data.length !== size * 4 || size > LIMITS.entries)
    return refuse(`tensor ${name} does not hold whole numbers`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: size }, (_, i) => view.getInt32(4 * i, true));
}
