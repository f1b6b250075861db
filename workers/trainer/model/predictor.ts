import type { PixelSet } from '#core/run/learning.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { answerFeatures, openPredictor as open, parameterCount } from '#ml/index.ts';
import type { Prediction, View } from '#ml/index.ts';
import type { RunContext } from '../hold/context.ts';
import type { Body } from '../hold/feature-cache.ts';
import type { ModelFile } from './model-file.ts';

/** A trained model, ready to answer: never noised, averaged weights, running statistics. */
export interface Predictor {
  inputSize: number;
  channels: 1 | 3;
  parameters: number;
  predict(pixels: PixelSet): Promise<Prediction>;
  /** Only of what stands on features that are kept. */
  answer?(images: readonly TrainingImage[]): Promise<Prediction>;
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

/**
 * A head on an unchanged body: it answers images from the features that are kept of them, one look at each, as the
 * exported model does.
 */
export async function openHeadPredictor(
  context: Pick<RunContext, 'engine' | 'config' | 'features' | 'signal'>,
  body: Body,
  { graph, weights }: ModelFile,
): Promise<Predictor> {
  const whole = await openPredictor(context, { graph, weights }, 'one');
  return {
    ...whole,
    answer: async (images) =>
      answerFeatures(
        graph,
        weights,
        body.graph.embedding,
        await context.features.load(body, images, { signal: context.signal }),
      ),
  };
}
