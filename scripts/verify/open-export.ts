import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { unzipFiles } from '#db/blobs/zip-files.ts';

/** A model that left Pupil, run by somebody else's runtime. */
export interface OpenedExport {
  runtime: string;
  /** `pixels` float32 0..255 [count, size, size, channels] → probabilities [count, classes]. */
  predict(pixels: Float32Array, count: number): Promise<Float32Array>;
}

/** What every export says of itself in its model card. */
export interface Contract {
  size: number;
  channels: 1 | 3;
  classes: string[];
  checkpoint: string | null;
}

export type ExportFiles = ReadonlyMap<string, Buffer>;

interface Ort {
  InferenceSession: {
    create(bytes: Uint8Array): Promise<{ run(feeds: object): Promise<Record<string, { data: Float32Array }>> }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => object;
}

export const readExport = async (path: string): Promise<ExportFiles> => unzipFiles(readFileSync(path));

export function readContract(files: ExportFiles): Contract {
  const card = JSON.parse(fileOf(files, 'model-card.json').toString('utf8')) as {
    input: { shape: [string, number, number, 1 | 3] };
    classes: string[];
    hashes: Record<string, string>;
  };
  return {
    size: card.input.shape[1],
    channels: card.input.shape[3],
    classes: card.classes,
    checkpoint: card.hashes['checkpoint'] ?? null,
  };
}

/** Opens a TensorFlow.js or ONNX export; null for the formats that are opened elsewhere (the page, a SavedModel). */
export async function openExport(files: ExportFiles): Promise<OpenedExport | null> {
  const { size, channels } = readContract(files);
  if (files.has('model.json')) return openTensorFlow(files, [size, size, channels]);
  return files.has('model.onnx') ? openOnnx(fileOf(files, 'model.onnx'), [size, size, channels]) : null;
}

async function openTensorFlow(files: ExportFiles, shape: number[]): Promise<OpenedExport> {
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of TensorFlow.js did not start.');
  const { weightsManifest, ...artifacts } = JSON.parse(fileOf(files, 'model.json').toString('utf8')) as tf.io.ModelJSON;
  const handler = tf.io.fromMemory({
    ...artifacts,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: Uint8Array.from(fileOf(files, 'weights.bin')).buffer,
  });
  const model =
    artifacts.format === 'graph-model' ? await tf.loadGraphModel(handler) : await tf.loadLayersModel(handler);
  return {
    runtime: `TensorFlow.js ${tf.version.tfjs}, ${artifacts.format ?? 'layers-model'}`,
    predict: async (pixels, count) =>
      tf.tidy(() => (model.predict(tf.tensor(pixels, [count, ...shape])) as tf.Tensor).dataSync() as Float32Array),
  };
}

async function openOnnx(bytes: Buffer, shape: number[]): Promise<OpenedExport> {
  const ort = await (import('onnxruntime-node') as Promise<unknown>).then(
    (module) => module as Ort,
    () => {
      throw new Error('This check needs onnxruntime-node: npm install onnxruntime-node.');
    },
  );
  const session = await ort.InferenceSession.create(bytes);
  return {
    runtime: 'onnxruntime-node',
    predict: async (pixels, count) => {
      const { probabilities } = await session.run({ pixels: new ort.Tensor('float32', pixels, [count, ...shape]) });
      if (!probabilities) throw new Error('The ONNX model gave no probabilities.');
      return probabilities.data;
    },
  };
}

export function fileOf(files: ExportFiles, name: string): Buffer {
  const found = files.get(name);
  if (!found) throw new Error(`The export holds no ${name}.`);
  return found;
}
