import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { listBackbones } from '#db/queries/run/run-read.ts';
import type { Actor, Services } from '#server/context.ts';
import { importBackbone as importFile } from '#server/services/backbone/import-backbone.ts';
import type { LoopBackbone } from './config.ts';

/** The backbones that a run may stand on: those named, with commas between, else the one that the product has. */
export async function findBackbones(services: Services, actor: Actor, named: string | null): Promise<LoopBackbone[]> {
  const ids: string[] = [];
  for (const folder of named?.split(',') ?? []) ids.push(await importFolder(services, actor, folder));
  const known = await listBackbones(services.db, actor.organizationId);
  return ids.flatMap((id) =>
    known.filter((row) => row.id === id).map(({ name, inputSize }) => ({ backboneId: id, name, inputSize })),
  );
}

/**
 * Imports a folder with a TensorFlow.js layers model the way an upload is; returns its id. Pixels are scaled to [−1,
 * 1], as MobileNet wants them.
 */
async function importFolder(services: Services, actor: Actor, folder: string): Promise<string> {
  const files = readdirSync(folder).map((name) => ({ path: name, bytes: readFileSync(join(folder, name)) }));
  const { backboneId } = await importFile(services, actor, {
    name: basename(resolve(folder)),
    scale: 'symmetric',
    bytes: await zipFiles(files),
  });
  return backboneId;
}
