import { buildModel, initialiseWeights, openPredictor } from '#ml/index.ts';
import type { AnswerRuntime, Engine } from '#ml/index.ts';
import { createRandom } from '#core/math/random.ts';
import { drawNoise } from './measure-rate.ts';
import type { AnswerChoice } from '../hold/messages.ts';
import { openOnnxRuntime } from './onnx-runtime.ts';

const PASSES = 3;

/** The same engine with a runtime that answers in its place. */
export const withAnswers = (engine: Engine, answers: AnswerRuntime): Engine => ({
  ...engine,
  options: { ...engine.options, answers },
});

/**
 * Images a second that model S answers on at 32×32: under a second, on noise. The first pass, which compiles, does not
 * count.
 */
export async function measureAnswers(engine: Engine): Promise<number> {
  const pixels = drawNoise();
  const graph = buildModel({ name: 's', inputSize: pixels.height, channels: 3, classes: 10 });
  const model = await openPredictor(engine, graph, initialiseWeights(graph, createRandom(1), pixels));
  try {
    await model.predict(pixels);
    const started = performance.now();
    for (let pass = 0; pass < PASSES; pass += 1) await model.predict(pixels);
    return (PASSES * pixels.count * 1000) / (performance.now() - started);
  } finally {
    await model.close();
  }
}

/** Measures the engine's own answers against onnxruntime's and takes the faster; says why where only one can answer. */
export async function chooseAnswers(engine: Engine): Promise<AnswerChoice> {
  const own = await measureAnswers(engine);
  let reason: string | null = null;
  const note = (sentence: string): void => {
    reason = sentence;
  };
  try {
    const other = await measureAnswers(withAnswers(engine, openOnnxRuntime(engine.threads, note)));
    if (reason === null) {
      return other > own
        ? {
            taken: 'onnxruntime',
            imagesPerSecond: other,
            instead: `The ${engine.name} engine answers ${Math.round(own)} images/s.`,
          }
        : { taken: 'engine', imagesPerSecond: own, instead: `onnxruntime answers ${Math.round(other)} images/s.` };
    }
  } catch (error) {
    reason = describeAbsence(error);
  }
  return { taken: 'engine', imagesPerSecond: own, instead: `onnxruntime cannot be used: ${reason}.` };
}

/** Why onnxruntime cannot be used here, in a few words. */
function describeAbsence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /Cannot find (module|package) 'onnxruntime-node'/.test(text) ? 'not installed' : (text.split('\n')[0] ?? text);
}
