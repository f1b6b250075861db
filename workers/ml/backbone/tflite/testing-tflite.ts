import { Builder } from 'flatbuffers';
import { createRandom } from '#core/math/random.ts';
import { fromHalf, toHalf } from '../../export/quantise.ts';

/** Writes small TensorFlow Lite files for tests, with the package's own builder; field numbers as in schema.fbs. */
export interface DrawnTensor {
  name: string;
  shape: number[];
  type?: 'float32' | 'float16' | 'int32' | 'int8';
  data?: Uint8Array;
  /** Index of a buffer that is not its own. */
  buffer?: number;
}

export interface DrawnOperator {
  code: number;
  inputs: number[];
  outputs: number[];
  /** Fields of the options table: number of the field, width in bytes, value. */
  options?: [field: number, width: 1 | 4, value: number][];
}

const TYPES = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;

export function writeTflite(
  tensors: DrawnTensor[],
  operators: DrawnOperator[],
  inputs: number[],
  outputs: number[],
): Uint8Array {
  const b = new Builder(1024);
  const ints = (values: number[]): number => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addInt32(value);
    return b.endVector();
  };
  const table = (fields: number, fill: () => void): number => {
    b.startObject(fields);
    fill();
    return b.endObject();
  };
  const tables = (offsets: number[]): number => {
    b.startVector(4, offsets.length, 4);
    for (const offset of [...offsets].reverse()) b.addOffset(offset);
    return b.endVector();
  };
  const bytes = (data: Uint8Array): number => {
    b.startVector(1, data.length, 16);
    for (let i = data.length - 1; i >= 0; i -= 1) b.addInt8(data[i] ?? 0);
    return b.endVector();
  };
  const buffers = [new Uint8Array(0), ...tensors.map(({ data }) => data ?? new Uint8Array(0))].map((data) => {
    const vector = data.length === 0 ? 0 : bytes(data);
    return table(3, () => b.addFieldOffset(0, vector, 0));
  });
  const tensorTables = tensors.map(({ name, shape, type = 'float32', data, buffer }, i) => {
    const [label, sizes] = [b.createString(name), ints(shape)];
    return table(8, () => {
      b.addFieldOffset(0, sizes, 0);
      b.addFieldInt8(1, TYPES[type], 0);
      b.addFieldInt32(2, buffer ?? (data === undefined ? 0 : i + 1), 0);
      b.addFieldOffset(3, label, 0);
    });
  });
  const codes = [...new Set(operators.map(({ code }) => code))];
  const codeTables = codes.map((code) =>
    table(4, () => {
      b.addFieldInt8(0, code, 0);
      b.addFieldInt32(3, code, 0);
    }),
  );
  const operatorTables = operators.map(({ code, inputs: reads, outputs: makes, options = [] }) => {
    const [from, to] = [ints(reads), ints(makes)];
    const fields = table(8, () => {
      for (const [field, width, value] of options) {
        if (width === 1) b.addFieldInt8(field, value, 0);
        else b.addFieldInt32(field, value, 0);
      }
    });
    return table(6, () => {
      b.addFieldInt32(0, codes.indexOf(code), -1);
      b.addFieldOffset(1, from, 0);
      b.addFieldOffset(2, to, 0);
      b.addFieldInt8(3, 1, 0);
      b.addFieldOffset(4, fields, 0);
    });
  });
  const parts = {
    tensors: tables(tensorTables),
    inputs: ints(inputs),
    outputs: ints(outputs),
    operators: tables(operatorTables),
  };
  const graph = table(5, () => {
    b.addFieldOffset(0, parts.tensors, 0);
    b.addFieldOffset(1, parts.inputs, 0);
    b.addFieldOffset(2, parts.outputs, 0);
    b.addFieldOffset(3, parts.operators, 0);
  });
  const [codeList, graphs, bufferList] = [tables(codeTables), tables([graph]), tables(buffers)];
  const model = table(8, () => {
    b.addFieldInt32(0, 3, 0);
    b.addFieldOffset(1, codeList, 0);
    b.addFieldOffset(2, graphs, 0);
    b.addFieldOffset(4, bufferList, 0);
  });
  b.finish(model, 'TFL3');
  return b.asUint8Array().slice();
}

export const SIDE = 19;

const random = createRandom(11);
const draw = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => fromHalf(toHalf(random.normal() * 0.4)));
const floats = (values: Float32Array): Uint8Array => new Uint8Array(values.slice().buffer);
const halves = (values: Float32Array): Uint8Array => new Uint8Array(Uint16Array.from(values, toHalf).buffer);

/** Weights of the drawn net, in TensorFlow Lite's layouts: OHWI, 1HWC. */
export const DRAWN = {
  stem: draw(8 * 3 * 3 * 3),
  bias: draw(8),
  depth: draw(3 * 3 * 8),
  point: draw(8 * 8),
  head: draw(5 * 8),
};

/**
 * A small MobileNet as a converter writes it: half-precision weights behind DEQUANTIZE, a residual, an average, a
 * linear head, softmax.
 */
export function drawTflite(): {
  tensors: DrawnTensor[];
  operators: DrawnOperator[];
  inputs: number[];
  outputs: number[];
} {
  const tensors: DrawnTensor[] = [
    { name: 'image', shape: [1, SIDE, SIDE, 3] },
    { name: 'stem/half', shape: [8, 3, 3, 3], type: 'float16', data: halves(DRAWN.stem) },
    { name: 'stem/weights', shape: [8, 3, 3, 3] },
    { name: 'bias', shape: [8], data: floats(DRAWN.bias) },
    { name: 'stem;stem/Relu6', shape: [1, 10, 10, 8] },
    { name: 'depth/weights', shape: [1, 3, 3, 8], data: floats(DRAWN.depth) },
    { name: 'depth', shape: [1, 10, 10, 8] },
    { name: 'point/weights', shape: [8, 1, 1, 8], data: floats(DRAWN.point) },
    { name: 'point', shape: [1, 10, 10, 8] },
    { name: 'sum', shape: [1, 10, 10, 8] },
    { name: 'axes', shape: [2], type: 'int32', data: new Uint8Array(Int32Array.of(1, 2).buffer) },
    { name: 'mean', shape: [1, 8] },
    { name: 'head/weights', shape: [5, 8], data: floats(DRAWN.head) },
    { name: 'logits', shape: [1, 5] },
    { name: 'probabilities', shape: [1, 5] },
  ];
  const operators: DrawnOperator[] = [
    { code: 6, inputs: [1], outputs: [2] },
    {
      code: 3,
      inputs: [0, 2, 3],
      outputs: [4],
      options: [
        [0, 1, 0],
        [1, 4, 2],
        [2, 4, 2],
        [3, 1, 3],
        [4, 4, 1],
        [5, 4, 1],
      ],
    },
    {
      code: 4,
      inputs: [4, 5, 3],
      outputs: [6],
      options: [
        [0, 1, 0],
        [1, 4, 1],
        [2, 4, 1],
        [3, 4, 1],
        [4, 1, 1],
        [5, 4, 1],
        [6, 4, 1],
      ],
    },
    {
      code: 3,
      inputs: [6, 7, 3],
      outputs: [8],
      options: [
        [0, 1, 1],
        [1, 4, 1],
        [2, 4, 1],
        [4, 4, 1],
        [5, 4, 1],
      ],
    },
    { code: 0, inputs: [4, 8], outputs: [9] },
    { code: 40, inputs: [9, 10], outputs: [11] },
    { code: 9, inputs: [11, 12, -1], outputs: [13] },
    { code: 25, inputs: [13], outputs: [14] },
  ];
  return { tensors, operators, inputs: [0], outputs: [14] };
}
