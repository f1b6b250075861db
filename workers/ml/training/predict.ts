import { AppError } from '#core/errors.ts';
import { joinFloats } from '#core/math/floats.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { isGpu, type Engine } from '../engine/engine.ts';
import { foldNorms } from '../models/fold.ts';
import type { FlatWeights, ModelGraph } from '../models/graph.ts';
import { toAnswering } from '../export/inference.ts';
import { writeAnsweringOnnx } from '../export/onnx.ts';
import type { Answers, AnswerRuntime, AnswerSession } from '../engine/answer-runtime.ts';
import { poolOf } from './replica-pool.ts';

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

/**
 * Pixels that pass at once, which bounds the memory of activations: 64 images of 32 px in the engine; a runtime keeps
 * small ones in its caches.
 */
const CHUNK_PIXELS = 64 * 32 * 32;
const RUNTIME_CHUNK_PIXELS = 16 * 32 * 32;
const GPU_CHUNK_PIXELS = 256 * 32 * 32;
/** Images that pass at once, however small. */
const CHUNK_IMAGES = 128;
const GPU_CHUNK_IMAGES = 256;

const chunkOf = (size: number, pixels: number, most = CHUNK_IMAGES): number =>
  Math.max(1, Math.min(most, Math.floor(pixels / (size * size))));

/** Where answers come from: chunks in, answers out, in order. */
interface Answering {
  /** Images that pass at once. */
  chunk: number;
  answer(chunks: Uint8Array[]): Promise<Answers[]>;
  close(): Promise<void>;
}

/**
 * A model ready to answer on every core of the engine: batch norm folded into convolutions, no noise. The weights are
 * copied once. Close it when done. The runtime that the engine was given for answers is taken when it takes the model,
 * else the engine.
 */
export async function openPredictor(engine: Engine, graph: ModelGraph, weights: FlatWeights): Promise<Predictor> {
  const { size, channels } = graph.input;
  const { chunk, answer, close } =
    (await openRuntime(engine, graph, weights)) ?? (await openOnEngine(engine, graph, weights));
  const predict = async (pixels: PixelSet, views: readonly View[] = ['identity']): Promise<Prediction> => {
    const { count } = pixels;
    if (pixels.height !== size || pixels.width !== size || pixels.channels !== channels) {
      throw new AppError('BAD_INPUT', {
        plain:
          `Model ${graph.name} takes ${size}×${size} images of ${channels} channels, not ` +
          `${pixels.width}×${pixels.height} of ${pixels.channels}. Resize them first.`,
      });
    }
    const image = size * size * channels;
    const logits = new Float32Array(count * graph.classes);
    let embeddings = new Float32Array(0);
    for (const [v, view] of views.entries()) {
      const chunks: Uint8Array[] = [];
      for (let from = 0; from < count; from += chunk) {
        chunks.push(
          lookAt(pixels.data.slice(from * image, Math.min(count, from + chunk) * image), view, size, channels),
        );
      }
      const answers = await answer(chunks);
      let at = 0;
      for (const answer of answers) {
        for (let i = 0; i < answer.logits.length; i += 1, at += 1)
          logits[at] = (logits[at] as number) + (answer.logits[i] as number) / views.length;
      }
      if (v === 0) embeddings = joinFloats(answers.map((answer) => answer.embeddings));
    }
    return { logits, embeddings, embeddingSize: count === 0 ? 0 : embeddings.length / count };
  };
  return { predict, close };
}

async function openOnEngine(engine: Engine, graph: ModelGraph, weights: FlatWeights): Promise<Answering> {
  const { size } = graph.input;
  const pool = poolOf(engine);
  const session = await pool.open({ ...foldNorms(graph, weights), headOnly: false, norm: 'running' }, false);
  return {
    chunk: isGpu(engine) ? chunkOf(size, GPU_CHUNK_PIXELS, GPU_CHUNK_IMAGES) : chunkOf(size, CHUNK_PIXELS),
    answer: (chunks) => pool.predict(session.id, chunks),
    close: () => session.close(),
  };
}

/** Null without a runtime for answers, for a head on features, and for a model that the runtime refuses. */
async function openRuntime(engine: Engine, graph: ModelGraph, weights: FlatWeights): Promise<Answering | null> {
  const runtime = engine.options.answers ?? null;
  if (runtime === null || graph.input.features !== undefined) return null;
  const { size, channels } = graph.input;
  try {
    const session = await openInRuntime(runtime, graph, weights);
    const answer = async (chunks: Uint8Array[]): Promise<Answers[]> => {
      const answers: Answers[] = [];
      for (const chunk of chunks)
        answers.push(await session.answer(chunk, [chunk.length / (size * size * channels), size, size, channels]));
      return answers;
    };
    return { chunk: chunkOf(size, RUNTIME_CHUNK_PIXELS), answer, close: () => session.close() };
  } catch (error) {
    runtime.refused(
      `${runtime.name} does not take model ${graph.name}: ${error instanceof Error ? error.message : String(error)}. ` +
        `The ${engine.name} engine answers instead.`,
    );
    return null;
  }
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

/** Opens a trained model in the runtime. Throws what the runtime throws when it does not take the model. */
const openInRuntime = (runtime: AnswerRuntime, graph: ModelGraph, weights: FlatWeights): Promise<AnswerSession> =>
  runtime.open(writeAnsweringOnnx(toAnswering(graph, weights)));
