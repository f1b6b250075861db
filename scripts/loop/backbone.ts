import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { BUILT_IN_BACKBONE } from '#core/run/backbones.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { listBackbones } from '#db/queries/run/backbone.ts';
import { hasBuiltInBackbone } from '#ml/backbone/index.ts';
import type { Actor, Services } from '#server/context.ts';
import { importBackbone as importFile } from '#server/services/backbone/import-backbone.ts';
import { offerBuiltIn } from '#server/services/backbone/offer-built-in.ts';
import type { LoopBackbone } from './config.ts';

/** The backbones that a run may stand on: those named, with commas between, else the one that the product has. */
export async function findBackbones(services: Services, actor: Actor, named: string | null): Promise<LoopBackbone[]> {
  const ids: string[] = [];
  const names = named?.split(',') ?? (hasBuiltInBackbone() ? [BUILT_IN_BACKBONE.name] : []);
  for (const name of names)
    ids.push(
      ...(name === BUILT_IN_BACKBONE.name || name === 'built-in'
        ? await takeBuiltIn(services, actor)
        : [await importOne(services, actor, name)]),
    );
  const known = await listBackbones(services.db, actor.organizationId);
  return ids.flatMap((id) =>
    known.filter((row) => row.id === id).map(({ name, inputSize }) => ({ backboneId: id, name, inputSize })),
  );
}

/** The backbone that comes with the product, offered as the server does at its start. */
async function takeBuiltIn(services: Services, { organizationId }: Actor): Promise<string[]> {
  await offerBuiltIn(services);
  const known = await listBackbones(services.db, organizationId);
  return known.filter(({ kind }) => kind === 'built-in').map(({ id }) => id);
}

/**
 * Imports a model file, or a folder with a TensorFlow.js model, the way an upload is; returns its id. Pixels are scaled
 * to [−1, 1], as MobileNet wants them.
 */
async function importOne(services: Services, actor: Actor, path: string): Promise<string> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new AppError('BAD_INPUT', say('learning.loopBackbone', { path }));
  const bytes = found.isDirectory()
    ? await zipFiles(readdirSync(path).map((name) => ({ path: name, bytes: readFileSync(resolve(path, name)) })))
    : readFileSync(path);
  const { backboneId } = await importFile(services, actor, {
    name: basename(resolve(path)),
    scale: 'symmetric',
    bytes,
  });
  return backboneId;
}
