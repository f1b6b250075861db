import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '#core/math/random.ts';
import { MODEL_NAMES } from '#core/chain/models.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { createBatchPlanner } from '../augment/batches.ts';
import { readLayers } from '../backbone/index.ts';
import { adoptWeights, createHeadTask, replaceHead } from '../training/features.ts';
import { openPredictor } from '../training/predict.ts';
import { train } from '../training/train.ts';
import { buildModel } from './build.ts';
import { symmetricEigen } from './eigen.ts';
import { foldNorms } from './fold.ts';
import { forward } from './forward.ts';
import { parameterCount, weightView, type ModelGraph } from './graph.ts';
import { checkInputSize } from './input-size.ts';
import { initialiseWeights } from './initialise.ts';
import { decodeWeights, encodeWeights } from './weights.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

const noise = (count: number, seed: number): Uint8Array => {
  const random = createRandom(seed);
  return Uint8Array.from({ length: count }, () => random.below(256));
};

function logitsOf(graph: ModelGraph, flat: Float32Array, x: tf.Tensor4D, norm: 'batch' | 'running'): Float32Array {
  return tf.tidy(() => {
    const tensors = new Map(
      graph.weights.map(({ name, shape }) => [
        name,
        tf.tensor(Float32Array.from(weightView(graph, flat, name)), [...shape]),
      ]),
    );
    const { logits, embedding, statistics } = forward(graph, tensors, x, { noise: null, norm });
    for (const { mean, variance } of statistics.values()) tf.dispose([mean, variance]);
    expect(embedding.rank).toBe(2);
    return logits.dataSync() as Float32Array;
  });
}

describe('our models', () => {
  it('have the published sizes at 32 px', () => {
    const sizes = Object.fromEntries(
      MODEL_NAMES.map((name) => [name, parameterCount(buildModel({ name, inputSize: 32, channels: 3, classes: 10 }))]),
    );
    const expected = {
      xs: 76e3,
      s: 147e3,
      m: 498e3,
      l: 2.0e6,
      resnet8: 78e3,
      resnet14: 175e3,
      resnet20: 272e3,
      'wrn16-2': 692e3,
    };
    for (const [name, parameters] of Object.entries(expected))
      expect(Math.abs((sizes[name] ?? 0) / parameters - 1), `${name} ${sizes[name]}`).toBeLessThan(0.03);
  });

  it.each([
    ['xs', 28, 1],
    ['xs', 16, 3],
    ['s', 64, 3],
    ['resnet8', 45, 3],
    ['m', 96, 1],
    ['resnet8', 224, 3],
  ] as const)('%s runs on %i px with %i channels', (name, size, channels) => {
    const graph = buildModel({ name, inputSize: size, channels, classes: 5 });
    const flat = initialiseWeights(graph, createRandom(1));
    const x = tf.randomNormal<tf.Rank.R4>([2, size, size, channels], 0, 1, 'float32', 3);
    expect(logitsOf(graph, flat, x, 'batch').every(Number.isFinite)).toBe(true);
    x.dispose();
  });

  it('refuse one class and tiny images with a clear message', () => {
    expect(() => buildModel({ name: 'xs', inputSize: 32, channels: 3, classes: 1 })).toThrow(/two classes/);
    expect(() => buildModel({ name: 'xs', inputSize: 1, channels: 3, classes: 2 })).toThrow(/16 to 512 px/);
  });

  it.each(['s', 'resnet14', 'wrn16-2'] as const)('%s answers the same with its norms folded', (name) => {
    const graph = buildModel({ name, inputSize: 16, channels: 3, classes: 3 });
    const random = createRandom(2);
    const flat = initialiseWeights(graph, random);
    for (const { name: weight, role } of graph.weights) {
      if (role === 'kernel') continue;
      weightView(graph, flat, weight).forEach((_, i, view) => {
        view[i] = role === 'variance' ? 0.5 + random.next() : random.normal();
      });
    }
    const x = tf.randomNormal<tf.Rank.R4>([3, 16, 16, 3], 0, 1, 'float32', 4);
    const folded = foldNorms(graph, flat);
    const [expected, actual] = [
      logitsOf(graph, flat, x, 'running'),
      logitsOf(folded.graph, folded.weights, x, 'running'),
    ];
    expect(folded.graph.nodes.length).toBeLessThan(graph.nodes.length);
    expected.forEach((value, i) =>
      expect(Math.abs((actual[i] ?? 0) - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-3),
    );
    x.dispose();
  });

  it('whiten patches: the covariance of the first layer on its images is the identity', () => {
    const data = noise(20 * 20 * 20 * 3, 9).map((v, i, all) => (v + (all[Math.max(0, i - 3)] ?? 0)) / 2);
    const pixels = { data, count: 20, height: 20, width: 20, channels: 3 } as const;
    const graph = buildModel({ name: 'xs', inputSize: 20, channels: 3, classes: 2 });
    const kernel = weightView(graph, initialiseWeights(graph, createRandom(1), pixels), 'whiten.kernel');
    const { mean, std } = graph.input;
    const moments = tf.tidy(() => {
      const x = tf
        .tensor4d(Float32Array.from(data), [20, 20, 20, 3])
        .div(255)
        .sub(tf.tensor1d([...mean]))
        .div<tf.Tensor4D>(tf.tensor1d([...std]));
      const y = tf
        .conv2d(x, tf.tensor4d(Float32Array.from(kernel), [2, 2, 3, 24]), 1, 'valid')
        .reshape([-1, 24])
        .slice([0, 0], [-1, 12]);
      return tf
        .matMul(y, y, true, false)
        .div(y.shape[0] ?? 1)
        .arraySync() as number[][];
    });
    moments.forEach((row, i) =>
      row.forEach((value, j) => expect(Math.abs(value - (i === j ? 1 : 0))).toBeLessThan(0.15)),
    );
  });
});

describe('stored weights', () => {
  const graph = buildModel({ name: 'resnet8', inputSize: 16, channels: 3, classes: 3 });
  const flat = initialiseWeights(graph, createRandom(1));

  it('ENGINE-9 come back as they went', () => {
    const { manifest, bytes } = encodeWeights(graph, flat);
    expect(
      decodeWeights(graph, {
        manifest: JSON.parse(JSON.stringify(manifest)) as typeof manifest,
        bytes: Uint8Array.from(bytes),
      }),
    ).toEqual(flat);
  });

  it('ENGINE-9 are refused when cut short, of another model, or not numbers', () => {
    const { manifest, bytes } = encodeWeights(graph, flat);
    const other = buildModel({ name: 'resnet8', inputSize: 16, channels: 3, classes: 4 });
    const broken = Uint8Array.from(bytes);
    new Float32Array(broken.buffer)[5] = NaN;
    expect(() => decodeWeights(graph, { manifest, bytes: bytes.subarray(4) })).toThrow(/expected/);
    expect(() => decodeWeights(other, { manifest, bytes })).toThrow(/expected/);
    expect(() => decodeWeights(graph, { manifest, bytes: broken })).toThrow(/not a number/);
  });
});

it('eigenvalues of a known matrix', () => {
  const { values, vectors } = symmetricEigen(Float64Array.from([2, 1, 1, 2]), 2);
  expect(values[0]).toBeCloseTo(3, 10);
  expect(values[1]).toBeCloseTo(1, 10);
  expect(Math.abs(vectors[0] ?? 0)).toBeCloseTo(Math.SQRT1_2, 10);
});

describe('imported backbones', () => {
  /** A small layers model saved by TensorFlow.js itself. */
  async function saved(): Promise<{ json: unknown; bytes: Uint8Array; model: tf.LayersModel }> {
    const input = tf.input({ shape: [16, 16, 3] });
    const conv = tf.layers
      .conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', useBias: false })
      .apply(input);
    const norm = tf.layers.batchNormalization({ movingMeanInitializer: 'randomNormal' }).apply(conv);
    const relu = tf.layers.reLU({ maxValue: 6 }).apply(norm) as tf.SymbolicTensor;
    const padded = tf.layers
      .zeroPadding2d({
        padding: [
          [0, 1],
          [0, 1],
        ],
      })
      .apply(relu) as tf.SymbolicTensor;
    const depthwise = tf.layers
      .depthwiseConv2d({ kernelSize: 2, strides: 1, padding: 'valid', biasInitializer: 'randomNormal' })
      .apply(padded) as tf.SymbolicTensor;
    const added = tf.layers.add().apply([relu, depthwise]);
    const pooled = tf.layers.maxPooling2d({ poolSize: 2 }).apply(added) as tf.SymbolicTensor;
    const head = tf.layers
      .dense({ units: 2 })
      .apply(tf.layers.globalAveragePooling2d({}).apply(pooled)) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [head] });
    let artifacts: tf.io.ModelArtifacts | null = null;
    await model.save(
      tf.io.withSaveHandler(async (a) => {
        artifacts = a;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const { modelTopology, weightSpecs, weightData } = artifacts as unknown as {
      modelTopology: object;
      weightSpecs: unknown[];
      weightData: ArrayBuffer;
    };
    const json = JSON.parse(
      JSON.stringify({
        format: 'layers-model',
        modelTopology,
        weightsManifest: [{ paths: ['w.bin'], weights: weightSpecs }],
      }),
    ) as unknown;
    const features = tf.model({ inputs: input, outputs: pooled });
    return { json, bytes: new Uint8Array(weightData), model: features };
  }
  const options = { name: 'small', classes: 3, scale: 'symmetric' as const, random: createRandom(1) };
  const importModel = (
    json: unknown,
    bytes: Uint8Array,
    given = options,
  ): { graph: ModelGraph; weights: Float32Array } => replaceHead(readLayers(json, bytes, given), given);

  it('ENGINE-10 compute what TensorFlow.js computes', async () => {
    const { json, bytes, model } = await saved();
    const { graph, weights } = importModel(json, bytes, options);
    const data = noise(4 * 16 * 16 * 3, 3);
    const predictor = await openPredictor(engine, graph, weights);
    const { embeddings } = await predictor.predict({ data, count: 4, height: 16, width: 16, channels: 3 });
    await predictor.close();
    const expected = tf.tidy(() =>
      (model.predict(tf.tensor4d(Float32Array.from(data), [4, 16, 16, 3]).div(127.5).sub(1)) as tf.Tensor4D)
        .mean([1, 2])
        .dataSync(),
    );
    expected.forEach((value, i) => expect(embeddings[i]).toBeCloseTo(value, 4));
  });

  it('ENGINE-10 are refused with a reason', async () => {
    const { json, bytes } = await saved();
    expect(() => importModel(json, bytes.subarray(8), options)).toThrow(/should be \d+ bytes/);
    expect(() => importModel({}, bytes, options)).toThrow(/no model topology/);
    const lambda = JSON.parse(JSON.stringify(json).replace('"DepthwiseConv2D"', '"Lambda"')) as unknown;
    expect(() => importModel(lambda, bytes, options)).toThrow(/Lambda, which is not supported/);
  });

  it(
    'LEARN-23 take images of another side while every layer has a place to stand, and else name both ' + 'sides',
    async () => {
      const { json, bytes } = await saved();
      const { graph } = importModel(json, bytes, options);
      for (const side of [16, 17, 32, 224]) expect(() => checkInputSize(graph, side)).not.toThrow();
      expect(() => checkInputSize(graph, 8)).toThrow(/16×16 .* 8×8/);
      // Made for 48 px: 24 after the convolution, 12 after the first pool, which a window of 9 still covers; at 32 px 8
      // are left.
      const deep: ModelGraph = { ...graph, name: 'deep', input: { ...graph.input, size: 48 } };
      const last = graph.nodes.find(({ op }) => op === 'maxPool')?.id ?? '';
      const wide: ModelGraph = {
        ...deep,
        nodes: graph.nodes.flatMap((node): ModelGraph['nodes'] =>
          node.op === 'globalAveragePool'
            ? [
                { id: 'wide', op: 'avgPool', inputs: [last], size: 9, stride: 1, padding: 'valid' },
                { ...node, inputs: ['wide'] },
              ]
            : [node],
        ),
      };
      expect(() => checkInputSize(wide, 48)).not.toThrow();
      expect(() => checkInputSize(wide, 35)).not.toThrow();
      expect(() => checkInputSize(wide, 32)).toThrow(
        /48×48 .* 32×32: nothing is left of them at layer wide.*any from 35 px on\./,
      );
      const flat: ModelGraph = {
        ...deep,
        nodes: graph.nodes.map((node): ModelGraph['nodes'][number] =>
          node.op === 'globalAveragePool' ? { id: node.id, op: 'flatten', inputs: node.inputs } : node,
        ),
      };
      expect(() => checkInputSize(flat, 48)).not.toThrow();
      expect(() => checkInputSize(flat, 64)).toThrow(
        /48×48 .* 64×64: layer embedding takes its own size only\. Start a new run with an image side of 48 px\./,
      );
    },
  );

  it('ENGINE-11 train their head on cached features, and the whole model answers the same', async () => {
    const { json, bytes } = await saved();
    const model = importModel(json, bytes, options);
    const pixels = { data: noise(9 * 16 * 16 * 3, 5), count: 9, height: 16, width: 16, channels: 3 } as const;
    const predictor = await openPredictor(engine, model.graph, model.weights);
    const { embeddings } = await predictor.predict(pixels);
    await predictor.close();
    const task = createHeadTask(model, embeddings);
    const classes = Array.from({ length: 9 }, (_, i) => i % 3);
    const planner = createBatchPlanner({
      classCount: 3,
      labeled: { indices: classes.map((_, i) => i), classes },
      pseudo: null,
      batchLabeled: 9,
      batchPseudo: 0,
      seed: 1,
    });
    const running = train({
      engine,
      graph: task.graph,
      initial: task.initial,
      source: task.source(planner),
      steps: 150,
      seed: 1,
      learningRate: 0.5,
      momentum: 0.9,
      weightDecay: 0,
      warmup: 0.2,
      emaDecay: 0.5,
      pseudoWeight: 1,
    });
    let next = await running.next();
    while (next.done !== true) next = await running.next();
    const whole = await openPredictor(engine, model.graph, task.finish(next.value.weights));
    const { logits } = await whole.predict(pixels);
    await whole.close();
    classes.forEach((c, n) => {
      const row = [...logits.subarray(n * 3, n * 3 + 3)];
      expect(row.indexOf(Math.max(...row))).toBe(c);
    });
  });

  it('give their body, not their head, to a model of other classes', () => {
    const [from, to] = [4, 2].map((classes) =>
      buildModel({ name: 'resnet8', inputSize: 16, channels: 3, classes }),
    ) as [ModelGraph, ModelGraph];
    const [old, fresh] = [initialiseWeights(from, createRandom(1)), initialiseWeights(to, createRandom(2))];
    const adopted = adoptWeights(to, fresh, from, old);
    expect(weightView(to, adopted, 'conv1.kernel')).toEqual(weightView(from, old, 'conv1.kernel'));
    expect(weightView(to, adopted, 'head.kernel')).toEqual(weightView(to, fresh, 'head.kernel'));
  });

  const folder = join(process.env.PUPIL_DATA_DIR ?? '../shared/data', 'mobilenet_v1');
  it.skipIf(!existsSync(folder))('MobileNet v1 equals TensorFlow.js', async () => {
    const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
      modelTopology: object;
      weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[];
    };
    const bytes = new Uint8Array(readFileSync(join(folder, 'weights.bin')));
    const { graph, weights } = importModel(json, bytes, { ...options, name: 'mobilenet' });
    const weightSpecs = json.weightsManifest.flatMap((group) => group.weights);
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology: json.modelTopology, weightSpecs, weightData: bytes.slice().buffer }),
    );
    const data = noise(224 * 224 * 3, 6);
    const predictor = await openPredictor(engine, graph, weights);
    const { embeddings, embeddingSize } = await predictor.predict({
      data,
      count: 1,
      height: 224,
      width: 224,
      channels: 3,
    });
    await predictor.close();
    expect(embeddingSize).toBe(1024);
    const expected = tf.tidy(() =>
      (model.predict(tf.tensor4d(Float32Array.from(data), [1, 224, 224, 3]).div(127.5).sub(1)) as tf.Tensor4D)
        .mean([1, 2])
        .dataSync(),
    );
    expected.forEach((value, i) => expect(Math.abs((embeddings[i] ?? 0) - value)).toBeLessThan(1e-3));
  });
});
