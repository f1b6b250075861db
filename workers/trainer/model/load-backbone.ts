import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { createRandom } from '#core/math/random.ts';
import { getBackbone } from '#db/queries/run/backbone.ts';
import type { PixelScaleName } from '#core/run/backbones.ts';
import { readLayers, type Backbone } from '#ml/backbone/index.ts';
import { checkInputSize, replaceHead } from '#ml/index.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import type { RunContext } from '../hold/context.ts';
import { decodeModelFile, isModelFile } from './model-file.ts';

/**
 * A round's backbone with a fresh head: imported weights, or a round of an earlier run. An imported body is
 * convolutions up to averages over the image, so it takes images of any side at which each layer still has a place to
 * stand.
 * @throws AppError BAD_INPUT when the backbone is damaged, or cannot look at images of this side, px
 */
export async function loadBackbone(
  context: Pick<RunContext, 'db' | 'blobs'> & {
    config: Pick<RunContext['config'], 'dropout'>;
    run: Pick<RunContext['run'], 'projectId' | 'classIds'>;
  },
  options: { backboneId: string | null; side: number; seed: number },
): Promise<Backbone & { isEarlierRound: boolean; sha256: string }> {
  const { config, run } = context;
  if (!options.backboneId) throw new AppError('BAD_INPUT', say('learning.chooseBackbone'));
  const { name, bytes, sha256 } = await readBackbone(context, { id: options.backboneId, projectId: run.projectId });
  const head = { classes: run.classIds.length, random: createRandom(options.seed).fork('head') };
  const stored = isModelFile(bytes) ? decodeModelFile(bytes) : { ...(await readZip(name, bytes)), imported: true };
  const isEarlierRound = stored.imported !== true;
  const { graph, weights } = replaceHead(stored, isEarlierRound ? head : { ...head, dropout: config.dropout });
  checkInputSize(graph, options.side);
  return { weights, isEarlierRound, sha256, graph: { ...graph, input: { ...graph.input, size: options.side } } };
}

async function readBackbone(
  context: Pick<RunContext, 'db' | 'blobs'>,
  params: { id: string; projectId: string },
): Promise<{ name: string; bytes: Buffer; sha256: string }> {
  const row = await getBackbone(context.db, params);
  const bytes = await context.blobs.get(row.blobKey);
  if (createHash('sha256').update(bytes).digest('hex') !== row.sha256)
    throw new AppError('BAD_INPUT', say('learning.backboneDamaged', { name: row.name }));
  return { name: row.name, bytes, sha256: row.sha256 };
}

/** A backbone that was imported before files were turned into graphs on arrival. */
async function readZip(name: string, bytes: Buffer): Promise<Backbone> {
  const files = await unzipFiles(bytes);
  const [model, weights, notes] = ['model.json', 'weights.bin', 'backbone.json'].map((path) => files.get(path));
  if (!model || !weights || !notes) throw new AppError('BAD_INPUT', say('learning.backboneIncomplete', { name }));
  const { scale } = JSON.parse(notes.toString('utf8')) as { scale: PixelScaleName };
  return readLayers(JSON.parse(model.toString('utf8')), weights, { name, scale });
}
