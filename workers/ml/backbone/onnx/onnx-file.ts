import protobuf from 'protobufjs/minimal.js';
import { fromHalf } from '../../export/quantise.ts';
import { boundedSize, LIMITS, type Refuse } from '../limits.ts';
import type { FileNode } from '../walk.ts';

/** Field numbers are those of onnx.proto3: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 */

export interface OnnxTensor {
  name: string;
  shape: number[];
  type: number;
  /** Little-endian numbers as they lie in the file, or those of a packed field. */
  raw: Uint8Array | null;
  floats: number[];
  ints: number[];
  isExternal: boolean;
}

export interface OnnxAttribute {
  float: number;
  int: number;
  text: string;
  ints: number[];
  tensor: OnnxTensor | null;
}

export interface OnnxNode extends FileNode {
  /** Everything that it reads, constants too; empty for one that is left out. */
  reads: readonly string[];
  attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxFile {
  nodes: OnnxNode[];
  constants: ReadonlyMap<string, OnnxTensor>;
  inputs: { name: string; shape: (number | null)[] }[];
  outputs: string[];
}

interface Field {
  field: number;
  /** A number, or the bytes of a text, a message or a packed list. */
  value: number | Uint8Array;
}

/** Fields of one message; groups, which ONNX has none of, are refused. */
function fieldsOf(bytes: Uint8Array, refuse: Refuse): Field[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const [field, wire] = [tag >>> 3, tag & 7];
      if (fields.length > LIMITS.entries * 4)
        return refuse(`a message in it has more than ${LIMITS.entries * 4} fields`);
      if (wire === 0) fields.push({ field, value: Number(reader.int64().toString()) });
      else if (wire === 1) fields.push({ field, value: reader.double() });
      else if (wire === 2) fields.push({ field, value: reader.bytes() });
      else if (wire === 5) fields.push({ field, value: reader.float() });
      else return refuse('it is no protobuf that ONNX writes');
    }
  } catch (error) {
    if (error instanceof RangeError || error instanceof Error) return refuse('it is cut short, or no ONNX file');
    throw error;
  }
  return fields;
}

const messages = (fields: readonly Field[], wanted: number): Uint8Array[] =>
  fields.flatMap(({ field, value }) => (field === wanted && typeof value !== 'number' ? [value] : []));
const bytesOf = (fields: readonly Field[], wanted: number): Uint8Array | null => messages(fields, wanted)[0] ?? null;
const textOf = (fields: readonly Field[], wanted: number): string => decode(bytesOf(fields, wanted));
const decode = (bytes: Uint8Array | null): string =>
  bytes === null
    ? ''
    : Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LIMITS.name)).toString('utf8');
const numberOf = (fields: readonly Field[], wanted: number): number => {
  const value = fields.find(({ field }) => field === wanted)?.value;
  return typeof value === 'number' ? value : 0;
};

/** A repeated number: packed, or one field each. */
function numbersOf(
  fields: readonly Field[],
  wanted: number,
  read: (reader: protobuf.Reader) => number,
  refuse: Refuse,
): number[] {
  const result: number[] = [];
  for (const { field, value } of fields) {
    if (field !== wanted) continue;
    if (typeof value === 'number') {
      result.push(value);
      continue;
    }
    const reader = protobuf.Reader.create(value);
    while (reader.pos < reader.len) result.push(read(reader));
    if (result.length > LIMITS.weights) refuse('a list in it is too long');
  }
  return result;
}

const whole = (reader: protobuf.Reader): number => Number(reader.int64().toString());

/** Reads an ONNX file as it stands. Weights stay views into `bytes` until somebody asks for their numbers. */
export function readOnnxFile(bytes: Uint8Array, refuse: Refuse): OnnxFile {
  if (bytes.length > LIMITS.bytes) return refuse(`it is larger than ${LIMITS.bytes / 2 ** 20} MiB`);
  const graph = bytesOf(fieldsOf(bytes, refuse), 7);
  if (graph === null) return refuse('it holds no graph');
  const fields = fieldsOf(graph, refuse);
  const constants = new Map(messages(fields, 5).map((tensor) => named(readTensor(tensor, refuse))));
  const all = messages(fields, 1);
  if (all.length > LIMITS.nodes) return refuse(`it has ${all.length} nodes, more than ${LIMITS.nodes}`);
  const nodes: OnnxNode[] = [];
  for (const message of all) {
    const node = readNode(message, refuse);
    const value = node.kind === 'Constant' ? node.attributes.get('value')?.tensor : null;
    if (value) constants.set(node.outputs[0] ?? '', value);
    else nodes.push(node);
  }
  const free = nodes.map((node) => ({
    ...node,
    inputs: node.reads.filter((name) => name !== '' && !constants.has(name)),
  }));
  const inputs = messages(fields, 11).map((input) => readInput(input, refuse));
  const outputs = messages(fields, 12).map((output) => textOf(fieldsOf(output, refuse), 1));
  return { nodes: free, constants, inputs: inputs.filter(({ name }) => !constants.has(name)), outputs };
}

const named = (tensor: OnnxTensor): [string, OnnxTensor] => [tensor.name, tensor];

function readNode(bytes: Uint8Array, refuse: Refuse): OnnxNode {
  const fields = fieldsOf(bytes, refuse);
  const outputs = messages(fields, 2).map(decode);
  const domain = textOf(fields, 7);
  const kind = textOf(fields, 4);
  const known = domain === '' || domain === 'ai.onnx';
  return {
    name: outputs[0] ?? '',
    kind: known ? kind : `${domain}.${kind}`,
    inputs: [],
    reads: messages(fields, 1).map(decode),
    outputs,
    attributes: new Map(messages(fields, 5).map((attribute) => readAttribute(attribute, refuse))),
  };
}

function readAttribute(bytes: Uint8Array, refuse: Refuse): [string, OnnxAttribute] {
  const fields = fieldsOf(bytes, refuse);
  if (bytesOf(fields, 6) !== null) return refuse('it holds graphs inside its graph');
  const tensor = bytesOf(fields, 5);
  return [
    textOf(fields, 1),
    {
      float: numberOf(fields, 2),
      int: numberOf(fields, 3),
      text: textOf(fields, 4),
      ints: numbersOf(fields, 8, whole, refuse),
      tensor: tensor === null ? null : readTensor(tensor, refuse),
    },
  ];
}

function readTensor(bytes: Uint8Array, refuse: Refuse): OnnxTensor {
  const fields = fieldsOf(bytes, refuse);
  return {
    name: textOf(fields, 8),
    shape: numbersOf(fields, 1, whole, refuse),
    type: numberOf(fields, 2),
    raw: bytesOf(fields, 9),
    floats: numbersOf(fields, 4, (reader) => reader.float(), refuse),
    ints: [...numbersOf(fields, 5, whole, refuse), ...numbersOf(fields, 7, whole, refuse)],
    isExternal: messages(fields, 13).length > 0 || numberOf(fields, 14) === 1,
  };
}

function readInput(bytes: Uint8Array, refuse: Refuse): { name: string; shape: (number | null)[] } {
  const fields = fieldsOf(bytes, refuse);
  const type = bytesOf(fields, 2);
  const tensor = type === null ? null : bytesOf(fieldsOf(type, refuse), 1);
  const shape = tensor === null ? null : bytesOf(fieldsOf(tensor, refuse), 2);
  const sides = shape === null ? [] : messages(fieldsOf(shape, refuse), 1);
  return {
    name: textOf(fields, 1),
    shape: sides.map((side) => numberOf(fieldsOf(side, refuse), 1)).map((side) => (side > 0 ? side : null)),
  };
}

const TYPES: Record<number, string> = { 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16', 6: 'int32', 7: 'int64' };

/** The numbers of a constant of floats: float32, float16 or float64. Refuses others with what they are. */
export function readFloats(tensor: OnnxTensor, refuse: Refuse): Float32Array {
  const { name, shape, type, raw, floats, ints } = tensor;
  if (tensor.isExternal) return refuse('its weights lie in another file beside it: save the model as one file');
  const size = boundedSize(shape, `weight ${name.slice(0, 100)}`, refuse);
  const width = { 1: 4, 10: 2, 11: 8 }[type];
  if (width === undefined) {
    return refuse(
      `weight ${name.slice(0, 100)} is of type ${TYPES[type] ?? type}: export it with float32 or float16 weights`,
    );
  }
  const values = new Float32Array(size);
  if (raw === null) {
    // Half-precision numbers that do not lie raw lie as whole numbers.
    const given = type === 10 ? ints.map(fromHalf) : floats;
    if (given.length !== size)
      return refuse(`weight ${name.slice(0, 100)} should be ${size} numbers and is ${given.length}`);
    values.set(given);
    return values;
  }
  if (raw.length !== size * width)
    return refuse(`weight ${name.slice(0, 100)} should be ${size * width} bytes and is ${raw.length}`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = {
    4: (i: number) => view.getFloat32(4 * i, true),
    2: (i: number) => fromHalf(view.getUint16(2 * i, true)),
    8: (i: number) => view.getFloat64(8 * i, true),
  }[width as 2 | 4 | 8];
  for (let i = 0; i < size; i += 1) values[i] = read(i);
  return values;
}

/** The numbers of a small constant of whole numbers. */
export function readInts({ name, shape, type, raw, ints }: OnnxTensor, refuse: Refuse): number[] {
  const size = boundedSize(shape, `constant ${name.slice(0, 100)}`, refuse);
  if ((type !== 6 && type !== 7) || size > LIMITS.entries)
    return refuse(`constant ${name.slice(0, 100)} does not hold whole numbers`);
  if (raw === null) return ints;
  const width = type === 7 ? 8 : 4;
  if (raw.length !== size * width)
    return refuse(`constant ${name.slice(0, 100)} should be ${size * width} bytes and is ${raw.length}`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: size }, (_, i) =>
    width === 8 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}
