import { fromHalf } from '../../export/quantise.ts';
import type { Values } from '../compose.ts';
import { boundedSize, LIMITS, type Refuse } from '../limits.ts';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Spec {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32';
  size: number;
  stored: { kind: 'float32' | 'int32' | 'float16' | 'uint8' | 'uint16'; scale: number; min: number };
}

const WIDTHS = { float32: 4, int32: 4, float16: 2, uint8: 1, uint16: 2 } as const;

/**
 * The weights of a TensorFlow.js model.json from the joined bytes of its files, by name. Sizes are checked against the
 * bytes before anything is read. https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
 */
export function readTfjsWeights(
  model: Record<string, unknown>,
  bytes: Uint8Array,
  refuse: Refuse,
): Map<string, Values> {
  const manifest = model['weightsManifest'];
  if (!Array.isArray(manifest)) return refuse('model.json lists no weights');
  if (bytes.length > LIMITS.bytes) return refuse(`its weights are larger than ${LIMITS.bytes / 2 ** 20} MiB`);
  const specs = manifest
    .flatMap((group: unknown) =>
      isRecord(group) && Array.isArray(group['weights']) ? (group['weights'] as unknown[]) : [],
    )
    .map((spec) => readSpec(spec, refuse));
  if (specs.length > LIMITS.entries) return refuse(`it lists ${specs.length} weights`);
  // Packed numbers take up to four times their bytes: what a file holds says little of the memory that it asks for.
  if (specs.reduce((sum, { size }) => sum + size, 0) > LIMITS.weights)
    return refuse(`its layers hold more than ${LIMITS.weights} numbers together`);
  const expected = specs.reduce((sum, { size, stored }) => sum + size * WIDTHS[stored.kind], 0);
  if (expected !== bytes.length) {
    return refuse(
      `its weights should be ${expected} bytes and are ${bytes.length}: a file is missing, cut short or not its own`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Map<string, Values>();
  let at = 0;
  for (const { name, shape, size, stored } of specs) {
    const { kind, scale, min } = stored;
    const start = at;
    const values = new Float32Array(size);
    const read = {
      float32: (i: number) => view.getFloat32(start + 4 * i, true),
      int32: (i: number) => view.getInt32(start + 4 * i, true),
      float16: (i: number) => fromHalf(view.getUint16(start + 2 * i, true)),
      uint8: (i: number) => view.getUint8(start + i) * scale + min,
      uint16: (i: number) => view.getUint16(start + 2 * i, true) * scale + min,
    }[kind];
    for (let i = 0; i < size; i += 1) values[i] = read(i);
    at += size * WIDTHS[kind];
    result.set(name.replace(/:0$/, ''), { shape, values });
  }
  return result;
}

function readSpec(spec: unknown, refuse: Refuse): Spec {
  if (!isRecord(spec) || typeof spec['name'] !== 'string' || !Array.isArray(spec['shape']))
    return refuse('a weight has no name or shape');
  const { name, dtype, quantization } = spec;
  const shape = spec['shape'] as number[];
  const size = boundedSize(shape, `weight ${name.slice(0, 100)}`, refuse);
  if (dtype !== 'float32' && dtype !== 'int32')
    return refuse(`weight ${name.slice(0, 100)} is of type ${String(dtype)}`);
  if (quantization === undefined) return { name, shape, dtype, size, stored: { kind: dtype, scale: 1, min: 0 } };
  const { dtype: kind, scale = 1, min = 0 } = isRecord(quantization) ? quantization : {};
  const known = kind === 'float16' || kind === 'uint8' || kind === 'uint16';
  if (!known || typeof scale !== 'number' || typeof min !== 'number')
    return refuse(`weight ${name.slice(0, 100)} is packed in an unknown way`);
  return { name, shape, dtype, size, stored: { kind, scale, min } };
}
