import { AppError } from '#core/errors.ts';
import type { PixelSet } from '#core/learning.ts';
import type { Engine } from '../engine/engine.ts';
import { foldNorms } from '../models/fold.ts';
import type { FlatWeights, ModelGraph } from '../models/graph.ts';
import { poolOf } from './replica-pool.ts';
import { join } from './replica-work.ts';

export interface Prediction {
  /** Mean over views, before calibration, [n, classes]. */
  logits: Float32Array;
  /** Of the image as it is, [n, embeddingSize]. */
  embeddings: Float32Array;
  embeddingSize: number;
}

/** Views of one image whose logits are averaged: itself, its mirror image, and shifts of one pixel. */
export type View = 'identity' | 'flip' | 'left' | 'right' | 'up' | 'down';

export interface Predictor {
  /** Answers for images of the model's size and channels, in order. Throws AppError BAD_INPUT for others. */
  predict(pixels: PixelSet, views?: readonly View[]): Promise<Prediction>;
  close(): Promise<void>;
}

/** Floats of one chunk's largest activation, which bounds memory: 64 images of 32 px with 24 channels. */
const CHUNK_PIXELS = 64 * 32 * 32;

/**
 * A model ready to answer on every core of the engine: batch norm folded into convolutions, no noise. The weights are copied
 * once. Close it when done.
 */
export async function openPredictor(engine: Engine, graph: ModelGraph, weights: FlatWeights): Promise<Predictor> {
  const pool = poolOf(engine);
  const session = await pool.open({ ...foldNorms(graph, weights), headOnly: false, norm: 'running' }, false);
  const { size, channels } = graph.input;
  const predict = async (pixels: PixelSet, views: readonly View[] = ['identity']): Promise<Prediction> => {
    const { count } = pixels;
    if (pixels.height !== size || pixels.width !== size || pixels.channels !== channels) {
      throw new AppError('BAD_INPUT', `Model ${graph.name} takes ${size}×${size} images of ${channels} channels, not ${pixels.width}×${pixels.height} of ${pixels.channels}. Resize them first.`);
    }
    const image = size * size * channels;
    const chunk = Math.max(1, Math.min(128, Math.floor(CHUNK_PIXELS / (size * size))));
    const logits = new Float32Array(count * graph.classes);
    let embeddings = new Float32Array(0);
    for (const [v, view] of views.entries()) {
      const chunks: Uint8Array[] = [];
      for (let from = 0; from < count; from += chunk) {
        chunks.push(lookAt(pixels.data.slice(from * image, Math.min(count, from + chunk) * image), view, size, channels));
      }
      const answers = await pool.predict(session.id, chunks);
      let at = 0;
      for (const answer of answers) {
        for (let i = 0; i < answer.logits.length; i += 1, at += 1) logits[at] = (logits[at] as number) + (answer.logits[i] as number) / views.length;
      }
      if (v === 0) embeddings = join(answers.map((answer) => answer.embeddings));
    }
    return { logits, embeddings, embeddingSize: count === 0 ? 0 : embeddings.length / count };
  };
  return { predict, close: () => session.close() };
}

const SHIFT = { left: [0, 1], right: [0, -1], up: [1, 0], down: [-1, 0] } as const;

/** The view of a chunk [n, size, size, channels]; shifts repeat the border. */
function lookAt(pixels: Uint8Array, view: View, size: number, channels: number): Uint8Array {
  if (view === 'identity') return pixels;
  const [dy, dx] = view === 'flip' ? [0, 0] : SHIFT[view];
  const result = new Uint8Array(pixels.length);
  const inside = (i: number): number => Math.min(size - 1, Math.max(0, i));
  const image = size * size * channels;
  for (let start = 0; start < pixels.length; start += image) {
    for (let h = 0; h < size; h += 1) {
      for (let w = 0; w < size; w += 1) {
        const from = start + (inside(h + dy) * size + (view === 'flip' ? size - 1 - w : inside(w + dx))) * channels;
        const to = start + (h * size + w) * channels;
        for (let c = 0; c < channels; c += 1) result[to + c] = pixels[from + c] as number;
      }
    }
  }
  return result;
}
