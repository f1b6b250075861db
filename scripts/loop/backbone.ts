import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { zipFiles } from '#db/blobs/zip-files.ts';
import type { Actor, Services } from '#server/context.ts';
import { importBackbone as importFile } from '#server/services/backbone/import-backbone.ts';

/**
 * Imports a folder with a TensorFlow.js layers model the way an upload is; returns its id. Pixels are scaled to [−1,
 * 1], as MobileNet wants them.
 */
export async function importBackbone(services: Services, actor: Actor, folder: string): Promise<string> {
  const files = readdirSync(folder).map((name) => ({ path: name, bytes: readFileSync(join(folder, name)) }));
  const { backboneId } = await importFile(services, actor, {
    name: basename(resolve(folder)),
    scale: 'symmetric',
    bytes: await zipFiles(files),
  });
  return backboneId;
}
