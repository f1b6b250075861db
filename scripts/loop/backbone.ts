import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AppError } from '#core/errors.ts';
import { backboneKey } from '#core/media.ts';
import { insertBackbone } from '#db/queries/backbone.ts';
import type { Services } from '#server/context.ts';
import { zipFiles } from '#trainer/zip-files.ts';

interface LayersFile {
  modelTopology?: { model_config?: { config?: { layers?: { config?: { batch_input_shape?: (number | null)[] } }[] } } };
  weightsManifest?: { paths: string[] }[];
}

/** Stores a folder with a TensorFlow.js layers model as a backbone; returns its id. Pixels are scaled to [−1, 1], as MobileNet wants them. */
export async function importBackbone(services: Services, organizationId: string, folder: string): Promise<string> {
  const text = readFileSync(join(folder, 'model.json'));
  const model = JSON.parse(text.toString('utf8')) as LayersFile;
  const paths = (model.weightsManifest ?? []).flatMap((group) => group.paths);
  if (paths.length === 0) throw new AppError('BAD_INPUT', `${folder}/model.json lists no weights. Name a folder with a TensorFlow.js layers model.`);
  const weights = Buffer.concat(paths.map((path) => readFileSync(join(folder, basename(path)))));
  const bytes = await zipFiles([
    { path: 'model.json', bytes: text }, { path: 'weights.bin', bytes: weights }, { path: 'backbone.json', bytes: Buffer.from(JSON.stringify({ scale: 'symmetric' })) },
  ]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blobKey = backboneKey(sha256);
  await services.blobs.put(blobKey, bytes);
  const inputSize = model.modelTopology?.model_config?.config?.layers?.[0]?.config?.batch_input_shape?.[1] ?? 224;
  return insertBackbone(services.db, { organizationId, name: basename(resolve(folder)), blobKey, sha256, bytes: bytes.length, inputSize });
}
