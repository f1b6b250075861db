import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { writeGraphModel } from './graph-model.ts';
import { toInference } from './inference.ts';
import { writeLayersModel } from './layers-model.ts';
import { writeModelCard } from './model-card.ts';
import { writeOnnx } from './onnx.ts';
import { writePage } from './page.ts';
import { writeSavedModel } from './saved-model.ts';
import type { ExportFile, ExportInput } from './types.ts';

export { quantisedModel } from './quantise.ts';
export {
  MODEL_FORMATS,
  QUANTISATIONS,
  type ExportFile,
  type ExportInput,
  type Figure,
  type CardRound,
  type ModelCardData,
  type ModelFormat,
  type Quantisation,
} from './types.ts';

/**
 * The files of one export: the model in the asked format and its card (README.md, model-card.json, classes.txt).
 * The same input gives the same bytes.
 *
 * @throws AppError BAD_INPUT when class names and outputs do not match, a weight is not a number, or the page lacks
 *   TensorFlow.js
 */
export async function exportModel(input: ExportInput): Promise<ExportFile[]> {
  if (input.classNames.length !== input.graph.classes) {
    throw new AppError('BAD_INPUT', {
      plain: `The model answers with ${input.graph.classes} classes, but ${input.classNames.length} names were given.`,
    });
  }
  if (!input.weights.every((value) => Number.isFinite(value)))
    throw new AppError('BAD_INPUT', say('learning.notNumber'));
  const files = await Promise.all(
    modelFiles(input).map(async (file) => ({ ...file, sha256: await sha256(file.bytes) })),
  );
  return [...files.map(({ path, bytes }) => ({ path, bytes })), ...writeModelCard(input, files)];
}

function modelFiles(input: ExportInput): ExportFile[] {
  const model = toInference(input.graph, input.weights, input.temperature);
  switch (input.format) {
    case 'tfjs-layers':
      return writeLayersModel(model, input.quantisation);
    case 'tfjs-graph':
      return writeGraphModel(model, input.quantisation);
    case 'onnx':
      return writeOnnx(model, input.quantisation);
    case 'saved-model':
      if (input.quantisation !== 'none')
        throw new AppError('BAD_INPUT', { plain: 'A SavedModel is exported with float32 weights only.' });
      return writeSavedModel(model);
    case 'page':
      if (input.tfjs === undefined)
        throw new AppError('BAD_INPUT', { plain: 'The offline page needs the TensorFlow.js library file.' });
      return writePage(input, writeLayersModel(model, input.quantisation), input.tfjs);
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
