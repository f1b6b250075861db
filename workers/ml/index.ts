/**
 * What the trainer may use of the learning engine.
 *
 *   const engine = await openEngine(config.engine, { threads });                  // Engine: name, device, threads,
 * skipped
 *   const graph = buildModel({ name, inputSize, channels, classes, dropout, stochasticDepth });
 *   const initial = initialiseWeights(graph, createRandom(seed), pixels);          // pixels: what it will train on
 * (whitening)
 *   const events = train({ engine, graph, initial, source, steps, ... });          // AsyncGenerator<TrainEvent,
 * TrainedWeights>
 *   const predictor = await openPredictor(engine, graph, weights);                 // predict(pixels, views) → logits,
 * embeddings
 *   const { manifest, bytes } = encodeWeights(graph, weights);                     // store; decodeWeights(graph, …)
 * reads back
 *   await predictor.close(); await engine.dispose();
 *
 * Transfer: replaceHead(readBuiltInBackbone(), { classes, random }), of ./backbone, gives a graph with a fresh
 * head. Frozen: predict(pixels).embeddings → createHeadTask(model, features) → train({ graph: task.graph, initial:
 * task.initial, source: task.source(planner) }) → task.finish(weights). Fine-tune: train({ graph, initial, norm:
 * 'running', learningRate: low, headLearningRate: high }). Another project's round: replaceHead(). Distil: train({
 * distillation: { teacher, temperature, alpha } }).
 */
export { openEngine, defaultThreads, type Engine, type EngineOptions } from './engine/engine.ts';
export { buildModel, type ModelOptions } from './models/build.ts';
export { initialiseWeights } from './models/initialise.ts';
export { decodeWeights, encodeWeights, type EncodedWeights, type WeightsManifest } from './models/weights.ts';
export { parameterCount, weightCount, weightView, type FlatWeights, type ModelGraph } from './models/graph.ts';
export { foldNorms } from './models/fold.ts';
export type { AnswerRuntime } from './engine/answer-runtime.ts';
export { openPredictor, type Prediction, type Predictor, type View } from './training/predict.ts';
export { train, type TrainedWeights, type TrainEvent, type TrainOptions } from './training/train.ts';
export { runTraining } from './training/run-training.ts';
export { adoptWeights, createHeadTask, replaceHead, type HeadTask } from './training/features.ts';
export { answerFeatures } from './training/answer-features.ts';
export { createNoisyHeadTask, type NoisyHeadTask } from './training/noisy-head.ts';
export { checkInputSize } from './models/input-size.ts';
export type { Backbone as ImportedModel } from './backbone/index.ts';
