/**
 * Loads an exported TensorFlow.js layers model with plain TensorFlow.js, none of Pupil's learning code, and measures it on the test
 * folder of a data set: `node scripts/run.mjs scripts/verify-export.ts EXPORT.zip FOLDER_OR_ZIP`. Prints one JSON line.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import sharp from 'sharp';
import { openFiles } from './loop/data-set.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';

const BATCH = 32;

async function main([exported, source]: string[]): Promise<void> {
  if (!exported || !source) throw new Error('Name an exported zip and a labeled data set with a test folder.');
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of TensorFlow.js did not start.');
  const files = await unzipFiles(readFileSync(exported));
  const read = (name: string): Buffer => {
    const found = files.get(name);
    if (!found) throw new Error(`${exported} holds no ${name}: it is not a TensorFlow.js layers export.`);
    return found;
  };
  const json = JSON.parse(read('model.json').toString('utf8')) as { modelTopology: object; weightsManifest: tf.io.WeightsManifestConfig };
  const weights = read('weights.bin');
  const model = await tf.loadLayersModel(tf.io.fromMemory({
    modelTopology: json.modelTopology, weightSpecs: json.weightsManifest.flatMap((group) => group.weights), weightData: Uint8Array.from(weights).buffer,
  }));
  const classes = read('classes.txt').toString('utf8').trim().split('\n');
  const [, size, , channels] = model.inputs[0]?.shape ?? [];
  if (!size || !channels) throw new Error('The model does not say which images it takes.');
  let [right, total] = [0, 0];
  let batch: { pixels: Buffer; truth: number }[] = [];
  const flush = (): void => {
    if (batch.length === 0) return;
    const answers = tf.tidy(() => {
      const values = Float32Array.from(Buffer.concat(batch.map(({ pixels }) => pixels)));
      return (model.predict(tf.tensor4d(values, [batch.length, size, size, channels])) as tf.Tensor).argMax(1).dataSync();
    });
    right += batch.filter(({ truth }, row) => answers[row] === truth).length;
    total += batch.length;
    batch = [];
  };
  const data = await openFiles(source);
  for await (const file of data.files) {
    if (!('bytes' in file) || file.split !== 'test' || file.className === null) continue;
    const pixels = await sharp(file.bytes).autoOrient().flatten({ background: '#ffffff' }).resize(size, size, { fit: 'fill' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb').raw({ depth: 'uchar' }).toBuffer();
    batch.push({ pixels, truth: classes.indexOf(file.className) });
    if (batch.length === BATCH) flush();
  }
  flush();
  data.close();
  process.stdout.write(`${JSON.stringify({ testAccuracy: right / total, right, total })}\n`);
}

main(process.argv.slice(2)).then(() => process.exit(0), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
