import { createHash } from 'node:crypto';
import type { PixelScaleName } from '#core/run/backbones.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import { readBackbone } from '#ml/backbone/index.ts';
import type { Actor, Services } from '../../context.ts';
import { storeBackbone } from './store-backbone.ts';

export interface BackboneFile {
  name: string;
  /** What pixels it was trained on: [−1, 1], [0, 1], or centred by ImageNet's means. */
  scale: PixelScaleName;
  /** An ONNX or TensorFlow Lite file, a zip of one, or a zip with a TensorFlow.js model.json and its weight files. */
  bytes: Buffer;
  /** Layer whose features are wanted, by its name in the file; the last before the head unless told. */
  layer?: string;
  licence?: string;
  origin?: string;
  /** Where it was fetched from; absent for an upload. */
  sourceUrl?: string;
}

/**
 * Stores pre-trained weights for an organization: the file is read into a graph and numbers, and only these are kept,
 * under their hash. Nothing of the file is run.
 * @throws AppError BAD_INPUT when the file cannot be a backbone, with the true reason
 */
export async function importBackbone(
  services: Pick<Services, 'db' | 'blobs'>,
  actor: Actor,
  file: BackboneFile,
): Promise<{ backboneId: string }> {
  const { name, scale, bytes, layer, licence = null, origin = null, sourceUrl = null } = file;
  const isZip = bytes.length >= 4 && bytes.readUInt32LE(0) === 0x04034b50;
  const files = isZip ? await unzipFiles(bytes) : new Map([[fileName(sourceUrl), bytes]]);
  const { kind, backbone } = readBackbone(files, { name, scale, ...(layer === undefined ? {} : { layer }) });
  const fileSha256 = createHash('sha256').update(bytes).digest('hex');
  const whence = origin ?? (sourceUrl === null ? 'Uploaded' : null);
  return storeBackbone(services, actor, backbone, {
    name,
    kind,
    licence,
    origin: [whence, `file SHA-256 ${fileSha256}`].filter(Boolean).join('; '),
    sourceUrl,
    fileSha256,
  });
}

/** What a single file is called: its address tells its kind where the bytes do not. */
const fileName = (url: string | null): string =>
  (url === null ? 'model' : new URL(url).pathname.split('/').at(-1)) ?? 'model';
