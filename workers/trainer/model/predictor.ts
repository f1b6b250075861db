import type { PixelSet } from '#core/run/learning.ts';
import { openPredictor as open, parameterCount } from '#ml/index.ts';
import type { Prediction, View } from '#ml/index.ts';
import type { RunContext } from '../hold/context.ts';
import type { ModelFile } from './model-file.ts';

/** A trained model, ready to answer: never noised, averaged weights, running statistics. */
export interface Predictor {
  inputSize: number;
  channels: 1 | 3;
  parameters: number;
  predict(pixels: PixelSet): Promise<Prediction>;
  close(): Promise<void>;
}

/**
 * Opens a model. It looks at an image and, where the project allows mirror images, at its mirror image too; with
 * `looks` 'one' only at the image itself, as the exported model does, so that a figure measured so is the export's own.
 */
export async function openPredictor(
  context: Pick<RunContext, 'engine' | 'config'>,
  { graph, weights }: ModelFile,
  looks: 'all' | 'one' = 'all',
): Promise<Predictor> {
  const predictor = await open(context.engine, graph, weights);
  const views: View[] =
    looks === 'all' && context.config.augmentation.flipHorizontal ? ['identity', 'flip'] : ['identity'];
  return {
    inputSize: graph.input.size,
    channels: graph.input.channels === 1 ? 1 : 3,
    parameters: parameterCount(graph),
    predict: (pixels) => predictor.predict(pixels, views),
    close: () => predictor.close(),
  };
}
