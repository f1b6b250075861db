import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { isGpu, type Engine } from '../engine/engine.ts';
import { toFeatures } from '../export/inference.ts';
import { writeFeatureOnnx } from '../export/onnx.ts';
import { openPredictor } from '../training/predict.ts';
import { widthOf, type Backbone } from './compose.ts';
import { SIDES } from './limits.ts';
import { openFeatureSession, type FeatureSession, type RuntimeOptions } from './onnx-runtime.ts';

export interface Embedder {
  /** Where it runs, in words a person knows. */
  device: string;
  /** Side of the square images that it takes, px. */
  side: number;
  /** Numbers of an embedding. */
  width: number;
  /**
   * Embeds images in their order.
   * @param pixels uint8 RGB [n, side, side, 3]
   * @returns float32 [n, width]
   * @throws AppError BAD_INPUT when the pixels are not whole images of this side
   */
  embed(pixels: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface EmbedderOptions extends RuntimeOptions {
  /** Side of the images, px; the backbone's own unless told. */
  side?: number;
  /** Embeds where onnxruntime is not installed or does not start. */
  openEngine?: () => Promise<Engine>;
}

/** Pixels that pass at once: few enough for the activations of a first layer to stay in caches. */
const BATCH_PIXELS = 4 * 128 * 128;
/** A graphics processor idles on less: on an H200 one image of 224 px at a time gave 407 a second. */
const GPU_BATCH_PIXELS = 32 * 224 * 224;

/**
 * A backbone ready to embed images, on all cores through onnxruntime, on a graphics processor where asked for and
 * there, and on an engine where the runtime is absent. Close it when done.
 * @throws AppError BAD_INPUT when neither onnxruntime nor an engine can run it, or the side does not fit
 */
export async function openEmbedder(backbone: Backbone, options: EmbedderOptions = {}): Promise<Embedder> {
  const side = options.side ?? backbone.graph.input.size;
  if (!Number.isInteger(side) || side < SIDES.least || side > SIDES.most) {
    throw new AppError('BAD_INPUT', say('learning.embedSide', { ...SIDES, side: String(side) }));
  }
  const graph = { ...backbone.graph, input: { ...backbone.graph.input, size: side } };
  const image = side * side * 3;
  const width = widthOf(backbone);
  const model = writeFeatureOnnx(toFeatures(graph, backbone.weights));
  const session = await openFeatureSession(model, probeOf(side), options).catch((error: unknown) =>
    onEngine({ graph, weights: backbone.weights }, options, error),
  );
  const batch = Math.max(1, Math.floor((session.gpu ? GPU_BATCH_PIXELS : BATCH_PIXELS) / (side * side)));
  const embed = async (pixels: Uint8Array): Promise<Float32Array> => {
    const count = pixels.length / image;
    if (!Number.isInteger(count))
      throw new AppError('BAD_INPUT', { plain: `Pixels of whole ${side}×${side} RGB images were expected.` });
    const features = new Float32Array(count * width);
    for (let start = 0; start < count; start += batch) {
      const some = Math.min(batch, count - start);
      features.set(
        await session.run(pixels.subarray(start * image, (start + some) * image), [some, side, side, 3]),
        start * width,
      );
    }
    return features;
  };
  return { device: session.device, side, width, embed, close: () => session.close() };
}

/** One image of slanted stripes: every channel and place differs. */
function probeOf(side: number): Parameters<typeof openFeatureSession>[1] {
  return {
    pixels: Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 37 + (i >> 5) * 11) % 256),
    shape: [1, side, side, 3],
  };
}

async function onEngine(backbone: Backbone, options: EmbedderOptions, reason: unknown): Promise<FeatureSession> {
  if (options.openEngine === undefined) {
    throw new AppError('BAD_INPUT', say('learning.noRuntime'), { cause: reason });
  }
  const engine = await options.openEngine();
  const predictor = await openPredictor(engine, backbone.graph, backbone.weights);
  return {
    device: engine.device,
    gpu: isGpu(engine),
    run: async (data, [count, height, width]) =>
      (await predictor.predict({ data, count, height, width, channels: 3 })).embeddings,
    close: () => predictor.close(),
  };
}
