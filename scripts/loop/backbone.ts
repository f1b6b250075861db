import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '#core/errors.ts';
import { backboneKey } from '#core/image/media.ts';
import { BUILT_IN_BACKBONE } from '#core/run/backbones.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { insertBackbone } from '#db/queries/run/backbone.ts';
import { listBackbones } from '#db/queries/run/run-read.ts';
import { hasBuiltInBackbone, readBuiltInBackbone } from '#ml/backbone/index.ts';
import type { Actor, Services } from '#server/context.ts';
import { importBackbone as importFile } from '#server/services/backbone/import-backbone.ts';
import { encodeModelFile } from '#trainer/model/model-file.ts';
import type { LoopBackbone } from './config.ts';

/** The backbones that a run may stand on: those named, with commas between, else the one that the product has. */
export async function findBackbones(services: Services, actor: Actor, named: string | null): Promise<LoopBackbone[]> {
  const ids: string[] = [];
  const names = named?.split(',') ?? (hasBuiltInBackbone() ? [BUILT_IN_BACKBONE.name] : []);
  for (const name of names)
    ids.push(
      name === BUILT_IN_BACKBONE.name || name === 'built-in'
        ? await storeBuiltIn(services, actor)
        : await importFolder(services, actor, name),
    );
  const known = await listBackbones(services.db, actor.organizationId);
  return ids.flatMap((id) =>
    known.filter((row) => row.id === id).map(({ name, inputSize }) => ({ backboneId: id, name, inputSize })),
  );
}

/** The backbone that comes with the product, kept as a model of ours. */
async function storeBuiltIn({ db, blobs }: Services, { organizationId }: Actor): Promise<string> {
  const bytes = encodeModelFile(await readBuiltInBackbone());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blobKey = backboneKey(sha256);
  await blobs.put(blobKey, bytes);
  const { name, side } = BUILT_IN_BACKBONE;
  return insertBackbone(db, { organizationId, name, blobKey, sha256, bytes: bytes.length, inputSize: side });
}

/**
 * Imports a folder with a TensorFlow.js layers model the way an upload is; returns its id. Pixels are scaled to [−1,
 * 1], as MobileNet wants them.
 */
async function importFolder(services: Services, actor: Actor, folder: string): Promise<string> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new AppError('BAD_INPUT', `There is no backbone ${folder}: name "built-in", or a folder with model.json.`);
  const files = readdirSync(folder).map((name) => ({ path: name, bytes: readFileSync(resolve(folder, name)) }));
  const { backboneId } = await importFile(services, actor, {
    name: basename(resolve(folder)),
    scale: 'symmetric',
    bytes: await zipFiles(files),
  });
  return backboneId;
}
