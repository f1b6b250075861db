import { argmaxRows } from '#core/probabilities.ts';
import { wilsonInterval } from '#core/statistics.ts';
import { listAnsweredImages } from '#db/queries/training-image.ts';
import type { Db } from '#db/client.ts';
import type { Figure } from '#ml/export/index.ts';
import { openPredictor } from '#ml/index.ts';
import type { Engine } from '#ml/engine/engine.ts';
import type { ModelFile } from './model-file.ts';
import type { PixelCache } from './pixel-cache.ts';

const SHARD = 512;

/**
 * Accuracy on validation of the very model that leaves: its quantised weights, one look at each image, no mirror image beside it. Empty
 * when no validation image has an answer. The test split is not read again (RUN-7).
 */
export async function measureExport(
  context: { db: Db; engine: Engine; pixels: PixelCache },
  params: { projectId: string; classIds: readonly string[]; model: ModelFile },
): Promise<Figure[]> {
  const { model, projectId, classIds } = params;
  const images = await listAnsweredImages(context.db, { projectId, split: 'validation', classIds });
  if (images.length === 0) return [];
  const predictor = await openPredictor(context.engine, model.graph, model.weights);
  let right = 0;
  try {
    for (let start = 0; start < images.length; start += SHARD) {
      const some = images.slice(start, start + SHARD);
      const { logits } = await predictor.predict(await context.pixels.load(some, { size: model.graph.input.size, channels: model.graph.input.channels }));
      const answers = argmaxRows(logits, classIds.length);
      right += some.filter(({ classIndex }, i) => answers[i] === classIndex).length;
    }
  } finally {
    await predictor.close();
  }
  return [{ name: 'This file, validation accuracy, one look at each image', value: right / images.length, count: images.length, interval: wilsonInterval(right, images.length) }];
}
