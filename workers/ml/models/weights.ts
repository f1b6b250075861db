import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { sizeOf, weightCount, type FlatWeights, type ModelGraph } from './graph.ts';

/** Beside the bytes of a checkpoint: what lies where. JSON. */
export interface WeightsManifest {
  format: 'pupil-weights-1';
  model: string;
  inputSize: number;
  channels: 1 | 3;
  classes: number;
  /** Little-endian float32, one after the other; offset and length in bytes. */
  weights: { name: string; shape: number[]; offset: number; bytes: number }[];
  bytes: number;
}

export interface EncodedWeights {
  manifest: WeightsManifest;
  /** Store this and its sha256; the bytes are the same for the same weights on every machine. */
  bytes: Uint8Array;
}

/** All weights, batch-norm statistics included, as one block of bytes and its manifest. */
export function encodeWeights(graph: ModelGraph, flat: FlatWeights): EncodedWeights {
  const bytes = new Uint8Array(flat.length * 4);
  new Float32Array(bytes.buffer).set(flat);
  let offset = 0;
  const weights = graph.weights.map(({ name, shape }) => {
    const entry = { name, shape: [...shape], offset, bytes: sizeOf(shape) * 4 };
    offset += entry.bytes;
    return entry;
  });
  const { size: inputSize, channels } = graph.input;
  return {
    bytes,
    manifest: {
      format: 'pupil-weights-1',
      model: graph.name,
      inputSize,
      channels,
      classes: graph.classes,
      weights,
      bytes: offset,
    },
  };
}

/**
 * The weights of `graph` from stored bytes. Throws AppError BAD_INPUT when the file is cut short, belongs to another
 * model, or holds a value that is not a number.
 */
export function decodeWeights(graph: ModelGraph, { manifest, bytes }: EncodedWeights): FlatWeights {
  const fail = (why: string): never => {
    throw new AppError('BAD_INPUT', say('learning.weights', { name: graph.name, why }));
  };
  if (manifest.format !== 'pupil-weights-1') fail(`format ${String(manifest.format)} is unknown`);
  const total = weightCount(graph) * 4;
  if (bytes.byteLength !== total || manifest.bytes !== total)
    fail(`expected ${total} bytes, found ${bytes.byteLength}`);
  if (manifest.weights.length !== graph.weights.length)
    fail(`expected ${graph.weights.length} tensors, found ${manifest.weights.length}`);
  const flat = new Float32Array(total / 4);
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let to = 0;
  graph.weights.forEach((weight, i) => {
    const entry = manifest.weights[i];
    const size = sizeOf(weight.shape);
    const same = entry?.name === weight.name && entry.shape.join() === weight.shape.join() && entry.bytes === size * 4;
    if (entry === undefined || !same || entry.offset < 0 || entry.offset + entry.bytes > total)
      return fail(`tensor ${weight.name} is missing or has another shape`);
    for (let at = 0; at < size; at += 1) {
      const value = source.getFloat32(entry.offset + at * 4, true);
      if (!Number.isFinite(value)) fail(`tensor ${weight.name} holds a value that is not a number`);
      flat[to + at] = value;
    }
    to += size;
  });
  return flat;
}
