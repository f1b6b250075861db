import type { PixelSet } from '#core/run/learning.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import type { FeatureSetRow } from '#db/queries/image/feature-set.ts';
import type { Engine } from '#ml/engine/engine.ts';
import { openPredictor } from '#ml/index.ts';
import { tapWidths } from '#ml/models/tap-widths.ts';
import { describePixels } from '#ml/selection/descriptor.ts';
import { loadBackbone } from '../model/load-backbone.ts';

/** Says of pixels what a backbone sees in them. */
export interface FeatureReader {
  channels: 1 | 3;
  /** Widths of the layers whose features are joined; null for one. */
  taps: readonly number[] | null;
  /** [pixels.count, width] */
  read(pixels: PixelSet): Promise<{ values: Float32Array; width: number }>;
  close(): Promise<void>;
}

/** Where no backbone is: edges and colours, which need no model. */
const describer: FeatureReader = {
  channels: 3,
  taps: null,
  read: (pixels) => Promise.resolve(describePixels(pixels)),
  close: () => Promise.resolve(),
};

/** Opens what embeds a set's images. @throws AppError BAD_INPUT when its backbone is damaged or gone */
export async function openFeatures(
  context: { db: Database['db']; blobs: BlobStore; openEngine: () => Promise<Engine> },
  set: Pick<FeatureSetRow, 'projectId' | 'backboneId' | 'side'>,
): Promise<FeatureReader> {
  const { db, blobs } = context;
  const { projectId, backboneId, side } = set;
  if (backboneId === null) return describer;
  // Its head is not asked; two classes are the smallest there can be.
  const { graph, weights } = await loadBackbone(
    { db, blobs, config: { dropout: 0 }, run: { projectId, classIds: ['', ''] } },
    { backboneId, side, seed: 1 },
  );
  const engine = await context.openEngine();
  const predictor = await openPredictor(engine, graph, weights);
  return {
    channels: graph.input.channels === 1 ? 1 : 3,
    taps: tapWidths(graph),
    read: async (pixels) => {
      const { embeddings, embeddingSize } = await predictor.predict(pixels, ['identity']);
      return { values: embeddings, width: embeddingSize };
    },
    close: async () => {
      await predictor.close();
      await engine.dispose();
    },
  };
}
