import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fromHalf, toHalf } from '#core/math/half.ts';
import { must } from '#core/must.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { bytesOf } from '#db/packed-embeddings.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { openPredictor } from '#ml/index.ts';
import type { Engine, FlatWeights, ModelGraph } from '#ml/index.ts';
import type { Points } from '#ml/selection/k-means.ts';
import type { PixelCache } from './pixel-cache.ts';
import { openRowCache } from './row-cache.ts';
import type { RowCache, RowCounts } from './row-cache.ts';

/** Imported weights at one image side, and what tells their features from all others. */
export interface Body {
  /** Hash of the backbone's bytes. */
  sha256: string;
  graph: ModelGraph;
  weights: FlatWeights;
}

export interface FeatureCache {
  /** What the body says of images, [n, width], in their order: computed once, then read. */
  load(body: Body, images: readonly TrainingImage[], options?: FeatureOptions): Promise<Points>;
}

export interface FeatureOptions {
  signal?: AbortSignal;
  /** What is done to pixels before the body sees them, and a name that tells it from all others. */
  view?: { name: string; alter: (pixels: PixelSet, images: readonly TrainingImage[]) => PixelSet };
  /** Hears how many of the images that were not looked at before have been. */
  onMade?: (done: number, total: number) => void;
}

/** The same cache, which tells `onMade` whenever it has to look at images. */
export const watchFeatures = (features: FeatureCache, onMade: NonNullable<FeatureOptions['onMade']>): FeatureCache => ({
  load: (body, images, options) => features.load(body, images, { ...options, onMade }),
});

/** Pixels decoded at once: two such blocks are held, one while it is looked at. */
const BLOCK_BYTES = 24 * 2 ** 20;

/** Numbers that a body gives an image: what its head takes. */
export const featureWidth = ({ weights }: ModelGraph): number =>
  weights.find(({ group, role }) => group === 'head' && role === 'kernel')?.shape[0] ?? 0;

/** Features that are stored already, of as many of these images as there are. */
export type ReadStored = (
  body: Pick<Body, 'sha256'> & { side: number; width: number },
  imageIds: readonly string[],
) => AsyncIterable<{ imageIds: readonly string[]; values: Float32Array }>;

/**
 * Keeps features on disk beside the pixels of the project, so that they go with it. What is stored as images arrive is
 * read, not computed again; shards hold float16, so features that are computed here are rounded alike and a run is the
 * same with and without them (FEATURE-10).
 */
export function openFeatureCache(options: {
  folder: string;
  projectId: string;
  pixels: PixelCache;
  engine: Engine;
  readStored?: ReadStored;
  /** Told how many features were read and how many computed, when some were not on disk. */
  onMissing?: (counts: RowCounts) => void;
}): FeatureCache {
  const caches = new Map<string, RowCache<TrainingImage>>();
  const cacheOf = ({ sha256, graph }: Body, view: string | null): RowCache<TrainingImage> => {
    const { size, channels } = graph.input;
    const suffix = view === null ? '-half' : `-${createHash('sha256').update(view).digest('hex').slice(0, 16)}`;
    const name = `features-${sha256.slice(0, 16)}-${size}x${channels}${suffix}`;
    const cache = caches.get(name) ?? openRowCache<TrainingImage>(join(options.folder, options.projectId, name));
    caches.set(name, cache);
    return cache;
  };
  return {
    load: async (body, images, { signal, view, onMade } = {}) => {
      const { size, channels } = body.graph.input;
      const width = featureWidth(body.graph);
      const cache = cacheOf(body, view?.name ?? null);
      const { readStored, onMissing } = options;
      const bytes = await cache.load(images, {
        length: width * 4,
        ...(onMissing ? { onMissing } : {}),
        ...(readStored && !view
          ? { known: (wanted) => readKnown(readStored, { sha256: body.sha256, side: size, width }, wanted) }
          : {}),
        blockLength: size * size * channels,
        blockBytes: BLOCK_BYTES,
        onMade,
        open: async () => {
          const predictor = await openPredictor(options.engine, body.graph, body.weights);
          return {
            prepare: async (some) => {
              const pixels = await options.pixels.decode(some, { size, channels });
              return view ? view.alter(pixels, some) : pixels;
            },
            make: async (pixels) => {
              signal?.throwIfAborted();
              const { embeddings } = await predictor.predict(pixels);
              return bytesOf(view ? embeddings : fromHalf(toHalf(embeddings)));
            },
            close: () => predictor.close(),
          };
        },
      });
      return { values: new Float32Array(bytes.buffer), count: images.length, width };
    },
  };
}

async function* readKnown(
  readStored: ReadStored,
  body: Parameters<ReadStored>[0],
  wanted: readonly TrainingImage[],
): AsyncGenerator<{ images: TrainingImage[]; rows: Uint8Array }> {
  const byId = new Map(wanted.map((image) => [image.id, image]));
  for await (const { imageIds, values } of readStored(body, [...byId.keys()]))
    yield { images: imageIds.map((id) => must(byId, id, 'image')), rows: bytesOf(values) };
}
