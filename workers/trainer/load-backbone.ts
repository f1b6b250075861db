import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { createRandom } from '#core/random.ts';
import { getBackbone } from '#db/queries/backbone.ts';
import { importLayersModel } from '#ml/models/import-layers.ts';
import type { ImportedModel, PixelScale } from '#ml/models/import-layers.ts';
import type { RunContext } from './context.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';

/**
 * The run's imported backbone with a fresh head. A stored backbone is a zip of `model.json`, `weights.bin`, and `backbone.json`, which
 * says what pixels it was trained on. Its body is convolutions up to a global average, so it takes images of any size.
 */
export async function loadBackbone(context: RunContext, options: { inputSize: number | null; seed: number }): Promise<ImportedModel> {
  const { config, run } = context;
  if (!config.backboneId) throw new AppError('BAD_INPUT', 'This method starts from pre-trained weights: choose a backbone and start a new run.');
  const row = await getBackbone(context.db, { id: config.backboneId, projectId: run.projectId });
  const bytes = await context.blobs.get(row.blobKey);
  if (createHash('sha256').update(bytes).digest('hex') !== row.sha256) throw new AppError('BAD_INPUT', `The stored backbone "${row.name}" is damaged. Import it again.`);
  const files = await unzipFiles(bytes);
  const [model, weights, notes] = ['model.json', 'weights.bin', 'backbone.json'].map((name) => files.get(name));
  if (!model || !weights || !notes) throw new AppError('BAD_INPUT', `The stored backbone "${row.name}" is not complete. Import it again.`);
  const { scale } = JSON.parse(notes.toString('utf8')) as { scale: PixelScale };
  const imported = await importLayersModel(JSON.parse(model.toString('utf8')), weights, {
    name: row.name, classes: run.classIds.length, scale, dropout: config.dropout, random: createRandom(options.seed).fork('head'),
  });
  const { graph } = imported;
  return options.inputSize === null ? imported : { ...imported, graph: { ...graph, input: { ...graph.input, size: options.inputSize } } };
}
