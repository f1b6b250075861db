import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { FlatWeights, ModelGraph } from './graph.ts';
import { decodeWeights, encodeWeights, type WeightsManifest } from './weights.ts';

/** A finished model: its graph and the weights that it is judged by. */
export interface ModelFile {
  graph: ModelGraph;
  weights: FlatWeights;
  /** Set where the weights came in a file from elsewhere: no run of ours trained them. */
  imported?: true;
}

interface Header {
  graph: ModelGraph;
  manifest: WeightsManifest;
  imported?: true;
}

const MAGIC = 'PUPILM1\n';

/**
 * One block of bytes: magic, length of the header (u32, little-endian), header (JSON), weights. The same model gives
 * the same bytes.
 */
export function encodeModelFile({ graph, weights, imported }: ModelFile): Uint8Array {
  const { manifest, bytes } = encodeWeights(graph, weights);
  const header: Header = { graph, manifest, ...(imported ? { imported } : {}) };
  const head = Buffer.from(JSON.stringify(header), 'utf8');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([Buffer.from(MAGIC, 'ascii'), size, head, bytes]);
}

/** Is this a model of ours, or a zip of imported weights? */
export const isModelFile = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(MAGIC.length, bytes.byteLength)).toString('ascii') === MAGIC;

/** @throws AppError BAD_INPUT when the bytes are not a model of ours, cut short, or hold numbers that are not finite */
export function decodeModelFile(bytes: Uint8Array): ModelFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = MAGIC.length + 4;
  if (buffer.length < start || buffer.toString('ascii', 0, MAGIC.length) !== MAGIC)
    throw damaged(say('learning.storedBegin'));
  const end = start + buffer.readUInt32LE(MAGIC.length);
  if (buffer.length < end) throw damaged(say('learning.storedCut'));
  const { graph, manifest, imported } = JSON.parse(buffer.toString('utf8', start, end)) as Header;
  const weights = decodeWeights(graph, { manifest, bytes: buffer.subarray(end) });
  return { graph, weights, ...(imported ? { imported } : {}) };
}

const damaged = (why: Said): AppError => new AppError('BAD_INPUT', say('learning.storedModel', { why }));
