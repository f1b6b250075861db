import { argmaxRows } from '#core/math/probabilities.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import { listAnsweredImages } from '#db/queries/round/training-image.ts';
import type { Db } from '#db/client.ts';
import { fitTemperature } from '#ml/evaluate/calibration.ts';
import type { Figure } from '#ml/export/index.ts';
import { openPredictor } from '#ml/index.ts';
import type { Engine } from '#ml/engine/engine.ts';
import type { ModelFile } from '../model/model-file.ts';
import type { PixelCache } from '../hold/pixel-cache.ts';

const SHARD = 512;

export interface MeasuredExport {
  /** Empty when no validation image has an answer. */
  figures: Figure[];
  /** What calibrates this very model; null when no validation image has an answer. */
  temperature: number | null;
}

/**
 * Accuracy and temperature on validation of the very model that leaves: its quantised weights, one look at each image.
 * A round answers with the mean over an image and its mirror image, which is less extreme: the round's temperature
 * would leave single looks too sure. The test split is not read again (RUN-7).
 */
export async function measureExport(
  context: { db: Db; engine: Engine; pixels: PixelCache },
  params: { projectId: string; runId: string; classIds: readonly string[]; model: ModelFile },
): Promise<MeasuredExport> {
  const { model, projectId, runId, classIds } = params;
  const images = await listAnsweredImages(context.db, { projectId, runId, split: 'validation', classIds });
  if (images.length === 0) return { figures: [], temperature: null };
  const predictor = await openPredictor(context.engine, model.graph, model.weights);
  const logits = new Float32Array(images.length * classIds.length);
  try {
    for (let start = 0; start < images.length; start += SHARD) {
      const some = images.slice(start, start + SHARD);
      logits.set(
        (
          await predictor.predict(
            await context.pixels.load(some, { size: model.graph.input.size, channels: model.graph.input.channels }),
          )
        ).logits,
        start * classIds.length,
      );
    }
  } finally {
    await predictor.close();
  }
  const answers = argmaxRows(logits, classIds.length);
  const right = images.filter(({ classIndex }, row) => answers[row] === classIndex).length;
  return {
    figures: [
      {
        name: 'This file, validation accuracy, one look at each image',
        value: right / images.length,
        count: images.length,
        interval: wilsonInterval(right, images.length),
      },
    ],
    temperature: fitTemperature(
      logits,
      images.map(({ classIndex }) => classIndex),
      classIds.length,
    ),
  };
}
