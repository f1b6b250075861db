import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import { getBackbone } from '#db/queries/run/backbone.ts';
import { importLayersModel } from '#ml/models/import-layers.ts';
import type { ImportedModel, PixelScale } from '#ml/models/import-layers.ts';
import { checkInputSize, replaceHead } from '#ml/index.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import type { RunContext } from '../hold/context.ts';
import { decodeModelFile, isModelFile } from './model-file.ts';

/**
 * The run's backbone with a fresh head: imported weights, or a round of an earlier run. An imported one is a zip of
 * `model.json`, `weights.bin`, and `backbone.json`, which says what pixels it was trained on. Its body is convolutions
 * up to a global pooling, so it takes images of any side at which each layer still has a place to stand.
 * @throws AppError BAD_INPUT when the backbone is damaged, or cannot look at images of this side, px
 */
export async function loadBackbone(
  context: Pick<RunContext, 'db' | 'blobs'> & {
    config: Pick<RunContext['config'], 'backboneId' | 'dropout'>;
    run: Pick<RunContext['run'], 'projectId' | 'classIds'>;
  },
  options: { inputSize: number; seed: number },
): Promise<ImportedModel & { isEarlierRound: boolean }> {
  const { config, run } = context;
  if (!config.backboneId)
    throw new AppError(
      'BAD_INPUT',
      'This method starts from pre-trained weights: choose a backbone and start a new run.',
    );
  const { name, bytes } = await readBackbone(context, { id: config.backboneId, projectId: run.projectId });
  const head = { classes: run.classIds.length, random: createRandom(options.seed).fork('head') };
  const isEarlierRound = isModelFile(bytes);
  const { graph, weights } = isEarlierRound
    ? replaceHead(decodeModelFile(bytes), head)
    : await readImported(name, bytes, { ...head, dropout: config.dropout });
  checkInputSize(graph, options.inputSize);
  return { weights, isEarlierRound, graph: { ...graph, input: { ...graph.input, size: options.inputSize } } };
}

/**
 * Channels of the images that the backbone looks at: imported ones at colour, a round of an earlier run at what it was
 * trained on.
 */
export async function findBackboneChannels(
  context: Pick<RunContext, 'db' | 'blobs'>,
  params: { id: string; projectId: string },
): Promise<1 | 3> {
  const { bytes } = await readBackbone(context, params);
  return isModelFile(bytes) && decodeModelFile(bytes).graph.input.channels === 1 ? 1 : 3;
}

async function readBackbone(
  context: Pick<RunContext, 'db' | 'blobs'>,
  params: { id: string; projectId: string },
): Promise<{ name: string; bytes: Buffer }> {
  const row = await getBackbone(context.db, params);
  const bytes = await context.blobs.get(row.blobKey);
  if (createHash('sha256').update(bytes).digest('hex') !== row.sha256)
    throw new AppError('BAD_INPUT', `The stored backbone "${row.name}" is damaged. Import it again.`);
  return { name: row.name, bytes };
}

async function readImported(
  name: string,
  bytes: Buffer,
  options: { classes: number; random: Random; dropout: number },
): Promise<ImportedModel> {
  const files = await unzipFiles(bytes);
  const [model, weights, notes] = ['model.json', 'weights.bin', 'backbone.json'].map((path) => files.get(path));
  if (!model || !weights || !notes)
    throw new AppError('BAD_INPUT', `The stored backbone "${name}" is not complete. Import it again.`);
  const { scale } = JSON.parse(notes.toString('utf8')) as { scale: PixelScale };
  return importLayersModel(JSON.parse(model.toString('utf8')), weights, { name, scale, ...options });
}
