import { rateForBatch } from '#core/run/plan-rounds.ts';
import { measureAnswers } from '#core/recommend/trial.ts';
import type { Measured } from '#core/recommend/trial.ts';
import { softmax } from '#core/math/probabilities.ts';
import { createRandom } from '#core/math/random.ts';
import type { ModelName } from '#core/chain/models.ts';
import type { AugmentationPolicy, PixelSet } from '#core/run/learning.ts';
import { createBatchPlanner, createBatchSource } from '../augment/batches.ts';
import type { Engine } from '../engine/engine.ts';
import { buildModel } from '../models/build.ts';
import { initialiseWeights } from '../models/initialise.ts';
import { openPredictor } from './predict.ts';
import { train } from './train.ts';
import { dealFolds } from '../selection/cross-fit.ts';

export interface ScratchTrial extends Measured {
  /** Labels, by their row, and what a net that did not see each says of it: [rows, classes]. */
  rows: number[];
  probabilities: Float32Array;
  /** At which it trained, validation left out. */
  imagesPerSecond: number;
}

/** The smallest net, briefly: it need not be good, only tell whether nets from scratch are in the running. */
const TRIAL = { model: 'xs' as ModelName, steps: 120, batch: 64, folds: 4 };

/**
 * How well a small net from scratch answers labels that it did not see: trained once a fold on the others. Under a
 * minute on two cores for a few hundred small images.
 * @param pixels labeled images
 * @param classes the class of each
 */
export async function tryScratch(
  engine: Engine,
  pixels: PixelSet,
  classes: readonly number[],
  options: { classCount: number; policy: AugmentationPolicy; seed: number; signal?: AbortSignal },
): Promise<ScratchTrial | null> {
  const { classCount, policy, seed } = options;
  const folds = Math.min(TRIAL.folds, classes.length);
  const foldOf = dealFolds(classes, folds, createRandom(seed).fork('trial'));
  const image = pixels.height * pixels.width * pixels.channels;
  const rows: number[] = [];
  const parts: Float32Array[] = [];
  const rates: number[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const kept = classes.flatMap((_, row) => (foldOf[row] === fold ? [] : [row]));
    const held = classes.flatMap((_, row) => (foldOf[row] === fold ? [row] : []));
    if (new Set(kept.map((row) => classes[row])).size < 2 || held.length === 0) continue;
    const graph = buildModel({
      name: TRIAL.model,
      inputSize: pixels.height,
      channels: pixels.channels,
      classes: classCount,
    });
    const planner = createBatchPlanner({
      classCount,
      batchLabeled: TRIAL.batch,
      batchPseudo: 0,
      pseudo: null,
      seed,
      labeled: { indices: kept, classes: kept.map((row) => classes[row] ?? 0) },
    });
    const events = train({
      engine,
      graph,
      initial: initialiseWeights(graph, createRandom(seed).fork(`trial:${fold}`), pixels),
      source: createBatchSource(pixels, planner, { policy, strength: 'weak', seed }),
      steps: TRIAL.steps,
      seed,
      learningRate: rateForBatch(0.3, TRIAL.batch),
      momentum: 0.9,
      weightDecay: 5e-4,
      warmup: 0.2,
      emaDecay: 0.95,
      pseudoWeight: 0,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    let next = await events.next();
    while (!next.done) next = await events.next();
    const data = new Uint8Array(held.length * image);
    held.forEach((row, at) => data.set(pixels.data.subarray(row * image, (row + 1) * image), at * image));
    const model = await openPredictor(engine, graph, next.value.weights);
    const { logits } = await model.predict({ ...pixels, data, count: held.length });
    await model.close();
    rows.push(...held);
    parts.push(softmax(logits, classCount));
    rates.push(next.value.imagesPerSecond);
  }
  if (rows.length === 0) return null;
  const probabilities = new Float32Array(rows.length * classCount);
  let at = 0;
  for (const part of parts) {
    probabilities.set(part, at);
    at += part.length;
  }
  const truth = rows.map((row) => classes[row] ?? -1);
  return { ...measureAnswers(probabilities, truth), rows, probabilities, imagesPerSecond: Math.max(...rates) };
}
