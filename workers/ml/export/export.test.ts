import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';

import { AppError } from '#core/errors.ts';
import { createRandom } from '#core/math/random.ts';
import { buildModel } from '../models/build.ts';
import { forward } from '../models/forward.ts';
import { weightView, type FlatWeights, type ModelGraph } from '../models/graph.ts';
import { exportModel, quantisedModel } from './index.ts';
import { joinedGraph, oddGraph, sampleCard, startWeights } from './testing.ts';
import type { ExportFile, ExportInput, ModelFormat, Quantisation } from './types.ts';

const TEMPERATURE = 1.7;
const COUNT = 3;

interface Ort {
  InferenceSession: {
    create(bytes: Uint8Array): Promise<{ run(feeds: object): Promise<Record<string, { data: Float32Array }>> }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => object;
}
/** Optional: absent where its binary is. */
const ort = await (import('onnxruntime-node') as Promise<unknown>).then(
  (module) => module as Ort,
  () => null,
);

const GRAPHS: Record<string, ModelGraph> = {
  xs: buildModel({ name: 'xs', inputSize: 17, channels: 3, classes: 4 }),
  resnet8: buildModel({ name: 'resnet8', inputSize: 16, channels: 1, classes: 3, dropout: 0.2 }),
  'wrn16-2': buildModel({ name: 'wrn16-2', inputSize: 16, channels: 3, classes: 3, stochasticDepth: 0.2 }),
  odd: oddGraph(),
  joined: joinedGraph(),
};

const pixelsFor = ({ input }: ModelGraph): Float32Array => {
  const random = createRandom(5);
  return Float32Array.from({ length: COUNT * input.size * input.size * input.channels }, () => random.below(256));
};

/** softmax(logits / T) of the interpreter that trains. */
function expected(graph: ModelGraph, weights: FlatWeights): Float32Array {
  return tf.tidy(() => {
    const { size, channels, mean, std } = graph.input;
    const x = tf
      .tensor4d(pixelsFor(graph), [COUNT, size, size, channels])
      .div(255)
      .sub(tf.tensor1d([...mean]))
      .div(tf.tensor1d([...std])) as tf.Tensor4D;
    const tensors = new Map(
      graph.weights.map(({ name, shape }) => [name, tf.tensor(weightView(graph, weights, name), [...shape])]),
    );
    return tf
      .softmax(forward(graph, tensors, x, { noise: null, norm: 'running' }).logits.div(TEMPERATURE))
      .dataSync() as Float32Array;
  });
}

const inputFor = (name: string, format: ModelFormat, quantisation: Quantisation = 'none'): ExportInput => {
  const graph = GRAPHS[name] ?? oddGraph();
  return {
    graph,
    weights: startWeights(graph),
    classNames: Array.from({ length: graph.classes }, (_, i) => `class ${i}`),
    temperature: TEMPERATURE,
    format,
    quantisation,
    card: sampleCard(),
  };
};

const bytesOf = (files: ExportFile[], path: string): Uint8Array =>
  files.find((file) => file.path === path)?.bytes ?? new Uint8Array(0);
const textOf = (files: ExportFile[], path: string): string => new TextDecoder().decode(bytesOf(files, path));

async function runTensorFlow(files: ExportFile[], graph: ModelGraph, kind: 'layers' | 'graph'): Promise<Float32Array> {
  const { weightsManifest, ...artifacts } = JSON.parse(textOf(files, 'model.json')) as tf.io.ModelJSON;
  const handler = tf.io.fromMemory({
    ...artifacts,
    weightSpecs: weightsManifest[0]?.weights ?? [],
    weightData: new Uint8Array(bytesOf(files, 'weights.bin')).buffer,
  });
  const model = await (kind === 'layers' ? tf.loadLayersModel(handler) : tf.loadGraphModel(handler));
  const { size, channels } = graph.input;
  const output = tf.tidy(
    () =>
      (
        model.predict(tf.tensor4d(pixelsFor(graph), [COUNT, size, size, channels])) as tf.Tensor
      ).dataSync() as Float32Array,
  );
  model.dispose();
  return output;
}

async function runOnnx(files: ExportFile[], graph: ModelGraph, runtime: Ort): Promise<Float32Array> {
  const session = await runtime.InferenceSession.create(bytesOf(files, 'model.onnx'));
  const { size, channels } = graph.input;
  const { probabilities } = await session.run({
    pixels: new runtime.Tensor('float32', pixelsFor(graph), [COUNT, size, size, channels]),
  });
  return probabilities?.data ?? new Float32Array(0);
}

const difference = (a: Float32Array, b: Float32Array): number => {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
};

beforeAll(() => tf.setBackend('cpu'));

describe.each(Object.keys(GRAPHS))('FORMAT-23 an export computes what was trained: %s', (name) => {
  const graph = GRAPHS[name] ?? oddGraph();
  const truth = (): Float32Array => expected(graph, startWeights(graph));

  test('the answers differ between images, so that the comparison means something', () => {
    const first = truth().slice(0, graph.classes);
    expect(Math.max(...first.map((value, i) => Math.abs(value - (truth()[graph.classes + i] ?? 0))))).toBeGreaterThan(
      0.001,
    );
  });

  test('TensorFlow.js layers model', async () => {
    const files = await exportModel(inputFor(name, 'tfjs-layers'));
    expect(difference(await runTensorFlow(files, graph, 'layers'), truth())).toBeLessThan(1e-5);
  });

  test('TensorFlow.js graph model', async () => {
    const files = await exportModel(inputFor(name, 'tfjs-graph'));
    expect(difference(await runTensorFlow(files, graph, 'graph'), truth())).toBeLessThan(1e-5);
  });

  test.skipIf(ort === null)('ONNX, opset 17', async () => {
    if (ort === null) return;
    expect(difference(await runOnnx(await exportModel(inputFor(name, 'onnx')), graph, ort), truth())).toBeLessThan(
      1e-5,
    );
  });
});

describe.each(['float16', 'uint8'] as const)('FORMAT-24 %s', (quantisation) => {
  test('is smaller, and computes exactly what quantisedModel says it will', async () => {
    const graph = GRAPHS.resnet8 ?? oddGraph();
    const { graph: folded, weights } = quantisedModel(graph, startWeights(graph), quantisation);
    const truth = expected(folded, weights);
    const layers = await exportModel(inputFor('resnet8', 'tfjs-layers', quantisation));
    const plain = await exportModel(inputFor('resnet8', 'tfjs-layers'));
    expect(bytesOf(layers, 'weights.bin').length / bytesOf(plain, 'weights.bin').length).toBeLessThan(
      quantisation === 'uint8' ? 0.3 : 0.55,
    );
    expect(difference(truth, expected(graph, startWeights(graph)))).toBeGreaterThan(1e-6);
    expect(difference(await runTensorFlow(layers, graph, 'layers'), truth)).toBeLessThan(1e-4);
    if (ort !== null)
      expect(
        difference(await runOnnx(await exportModel(inputFor('resnet8', 'onnx', quantisation)), graph, ort), truth),
      ).toBeLessThan(1e-4);
  });
});

describe('FORMAT-25 the model card', () => {
  test('says data, figures with intervals, rounds and hashes, and nothing typed breaks it', async () => {
    const input = inputFor('xs', 'onnx');
    const files = await exportModel({
      ...input,
      classNames: ['cat', '<b>|x', 'a\nb', 'd'],
      card: { ...sampleCard(), project: 'Pets | <script>' },
    });
    const card = textOf(files, 'README.md');
    expect(card).toContain('| Test accuracy | 81.0% | 77.0% to 84.5% | 500 |');
    expect(card).toContain(String.raw`# Pets \| \<script\>: xs`);
    expect(card).not.toContain('<script>');
    expect(textOf(files, 'classes.txt').split('\n')).toEqual(['cat', '<b>|x', 'a b', 'd', '']);
    const json = JSON.parse(textOf(files, 'model-card.json')) as {
      temperature: number;
      files: { path: string; sha256: string }[];
      classes: string[];
    };
    expect(json.temperature).toBe(TEMPERATURE);
    expect(json.files[0]?.path).toBe('model.onnx');
    expect(card).toContain(json.files[0]?.sha256 ?? 'none');
  });

  test('TEXT-17 says the same in each language, under a name of its own', async () => {
    const input = { ...inputFor('xs', 'onnx'), classNames: ['cat', '<b>|x', 'a\nb', 'd'] };
    const files = await exportModel({ ...input, card: { ...sampleCard(), project: 'Pets | <script>' } });
    const [english, korean] = [textOf(files, 'README.md'), textOf(files, 'README.ko.md')];
    expect(korean).toContain('## 수치');
    expect(korean).toContain('77.0%~84.5%');
    expect(korean).not.toContain('<script>');
    const figures = (text: string) => [...text.matchAll(/\d+\.\d%|`[0-9a-f]{64}`/gu)].map(([one]) => one);
    expect(figures(korean)).toEqual(figures(english));
    expect(korean.match(/^\|/gmu)?.length).toBe(english.match(/^\|/gmu)?.length);
  });

  test('says licence and intended use, and says so where nobody stated them', async () => {
    const read = async (said: { licence: string | null; intendedUse: string | null }) => {
      const files = await exportModel({ ...inputFor('xs', 'tfjs-layers'), card: { ...sampleCard(), ...said } });
      return {
        card: textOf(files, 'README.md'),
        json: JSON.parse(textOf(files, 'model-card.json')) as { licence: unknown; intendedUse: unknown },
      };
    };
    const silent = await read({ licence: null, intendedUse: null });
    expect(silent.card).toContain('- Intended use: not stated\n- Licence: not stated\n');
    expect(silent.json).toMatchObject({ licence: 'not stated', intendedUse: 'not stated' });
    const stated = await read({ licence: 'CC-BY-4.0', intendedUse: 'Sorting photos of pets' });
    expect(stated.card).toContain(String.raw`- Intended use: Sorting photos of pets
- Licence: CC\-BY\-4.0`);
    expect(stated.json).toMatchObject({ licence: 'CC-BY-4.0', intendedUse: 'Sorting photos of pets' });
  });

  test('the same input gives the same bytes', async () => {
    const [a, b] = await Promise.all([exportModel(inputFor('xs', 'onnx')), exportModel(inputFor('xs', 'onnx'))]);
    expect(a).toEqual(b);
  });
});

describe('FORMAT-26 the offline page', () => {
  test('holds model and library, allows its own scripts only, and cannot be broken out of by names', async () => {
    const tfjs = new TextEncoder().encode('var tf="</script><!--";\n//# sourceMappingURL=tf.min.js.map');
    const [page] = await exportModel({
      ...inputFor('xs', 'page'),
      tfjs,
      classNames: ['</script><script>alert(1)</script>', 'b', 'c', 'd'],
    });
    const html = new TextDecoder().decode(page?.bytes);
    expect(page?.path).toBe('index.html');
    expect(html.match(/<script/gu)).toHaveLength(3);
    expect(html.match(/<\/script>/gu)).toHaveLength(3);
    expect(html).toContain("connect-src 'none'");
    expect(html).not.toMatch(/https?:\/\/|sourceMappingURL|unsafe-/u);
  });
});

test('FORMAT-27 what cannot be exported is refused with a reason', async () => {
  const input = inputFor('xs', 'tfjs-layers');
  await expect(exportModel({ ...input, classNames: ['one'] })).rejects.toThrow(AppError);
  await expect(exportModel({ ...input, temperature: 0 })).rejects.toThrow(AppError);
  await expect(exportModel({ ...input, weights: input.weights.map(() => NaN) })).rejects.toThrow(AppError);
  await expect(exportModel({ ...input, format: 'page' })).rejects.toThrow(AppError);
});

test('BACKBONE-8 a card names the weights that a model stands on, their licence and origin', async () => {
  const backbones = [{ name: 'MobileNet', licence: 'Apache-2.0', origin: 'Google' }];
  const files = await exportModel({ ...inputFor('xs', 'onnx'), card: { ...sampleCard(), backbones } });
  expect(textOf(files, 'README.md')).toMatch(/- Starts from: MobileNet, licence Apache.*Google\n- Limits:/);
});
