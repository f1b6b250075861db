/**
 * Backbones from files: readers that never run what they read, and never need TensorFlow.js, so that the server may
 * check a file when it arrives. Embedding is beside them in embedder.ts, which needs an engine's code.
 *
 *   const backbone = await readBuiltInBackbone();  // Backbone: { graph, weights }; its embedding has 640 numbers
 *   const backbone = readTflite(bytes, { name, scale }); // any float32 or float16 convolutional net
 *
 *   import { openEmbedder } from '#ml/backbone/embedder.ts';
 *   const embedder = await openEmbedder(backbone, { side: 128, threads });
 *   const features = await embedder.embed(pixels);         // uint8 [n, 128, 128, 3] → float32 [n, embedder.width]
 *   await embedder.close();
 *
 * A Backbone's graph trains, tunes and exports like any other: replaceHead(backbone, { classes, random }) of workers/ml
 * puts a fresh head on it. All refusals are AppErrors BAD_INPUT that name the true reason.
 */
export { hasBuiltInBackbone, readBuiltInBackbone } from './built-in.ts';
export { widthOf, type Backbone } from './compose.ts';
export { encodeBackbone } from './store.ts';
export { listWeightFiles, readBackbone, type ReadOptions } from './read.ts';
export { readLayers, type LayersOptions } from './tfjs/layers.ts';
export { readTflite, type TfliteOptions } from './tflite/tflite.ts';
