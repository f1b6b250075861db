import { describe, expect, it } from 'vitest';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { exportModel } from '../../export/index.ts';
import { sampleCard, startWeights } from '../../export/testing.ts';
import { buildModel } from '../../models/build.ts';
import { readBackbone } from '../read.ts';
import { embedDrawn, hasRuntime } from '../testing-models.ts';

type Json = Record<string, unknown>;
const options = { name: 'drawn', scale: 'symmetric' } as const;
const files = new Map(drawBackbone().map(({ path, bytes }) => [path, bytes]));
const json = (): Json => JSON.parse(Buffer.from(files.get('model.json') ?? []).toString('utf8')) as Json;
const read = (model: unknown, weights = files.get('weights.bin') ?? new Uint8Array(0)) =>
  readBackbone(
    new Map([
      ['folder/model.json', Buffer.from(JSON.stringify(model))],
      ['folder/weights.bin', weights],
    ]),
    options,
  );
const configOf = (model: Json): Json => ((model['modelTopology'] as Json)['model_config'] as Json)['config'] as Json;
const withTopology = (topology: unknown): Json => ({ ...json(), modelTopology: topology });
const layersOf = (model: Json): Json[] => configOf(model)['layers'] as Json[];

/** The same model in Keras 3's form. */
function kerasThree(): Json {
  const model = json();
  const config = configOf(model);
  for (const layer of layersOf(model)) {
    const settings = layer['config'] as Json;
    settings['batch_shape'] = settings['batch_input_shape'];
    delete settings['batch_input_shape'];
    const [calls = []] = layer['inbound_nodes'] as string[][][];
    const args = calls.map(([from]) => ({ class_name: '__keras_tensor__', config: { keras_history: [from, 0, 0] } }));
    layer['inbound_nodes'] = calls.length === 0 ? [] : [{ args, kwargs: {} }];
  }
  config['output_layers'] = ['conv', 0, 0];
  return withTopology({ model_config: { class_name: 'Functional', config } });
}

/** Sequential of Sequential of a functional model, and a second one with a head: as Teachable Machine exports it. */
function teachable(depth = 1): Json {
  let body: Json = { class_name: 'Model', config: { ...configOf(json()), name: 'body' } };
  for (let i = 0; i < depth; i += 1) {
    const pool = { class_name: 'GlobalAveragePooling2D', config: { name: `pool${i}` } };
    const layers = i === 0 ? [body, pool] : [body];
    body = { class_name: 'Sequential', config: { name: `sequential${i}`, layers } };
  }
  const dense = { class_name: 'Dense', config: { name: 'dense', units: 2 } };
  const head = { class_name: 'Sequential', config: { name: 'head', layers: [dense] } };
  return withTopology({ class_name: 'Sequential', config: { name: 'outer', layers: [body, head] } });
}

describe.skipIf(!hasRuntime)('BACKBONE-6 a TensorFlow.js model', () => {
  it.each([
    ['in the form of Keras 3', kerasThree],
    ['with models inside models, as Teachable Machine exports it', () => teachable()],
  ])('%s is the same backbone', async (_what, form) => {
    const truth = await embedDrawn(read(json()).backbone);
    const { kind, backbone } = read(form());
    expect(kind).toBe('layers');
    expect(await embedDrawn(backbone)).toEqual(truth);
  });

  it('as a graph model gives the features that it was exported with', async () => {
    const graph = buildModel({ name: 'resnet8', inputSize: 16, channels: 3, classes: 3 });
    const weights = startWeights(graph);
    const exported = await exportModel({
      graph,
      weights,
      classNames: ['a', 'b', 'c'],
      temperature: 1,
      format: 'tfjs-graph',
      quantisation: 'none',
      card: sampleCard(),
    });
    const { kind, backbone } = readBackbone(new Map(exported.map(({ path, bytes }) => [path, bytes])), {
      name: 'own',
      scale: 'raw',
    });
    expect(kind).toBe('graph');
    const [features, truth] = [await embedDrawn(backbone), await embedDrawn({ graph, weights })];
    expect(features).toHaveLength(truth.length);
    features.forEach((value, i) => expect(Math.abs(value - (truth[i] ?? NaN))).toBeLessThan(1e-4));
  });
});

describe('BACKBONE-2 BACKBONE-3 a TensorFlow.js model', () => {
  const changed = (change: (model: Json) => void): Json => {
    const model = json();
    change(model);
    return model;
  };
  const graphModel = (node: unknown[]): Json => ({ ...json(), format: 'graph-model', modelTopology: { node } });
  const image = {
    name: 'image',
    op: 'Placeholder',
    attr: { shape: { shape: { dim: [-1, 16, 16, 3].map((size) => ({ size: `${size}` })) } } },
  };
  const weightsOf = (model: Json): Json[] => (model['weightsManifest'] as { weights: Json[] }[])[0]?.weights ?? [];
  it.each<[string, () => unknown, string]>([
    ['that is no object', () => [1], 'not JSON'],
    ['of another format', () => ({ ...json(), format: 'saved-model' }), 'saved-model'],
    [
      'of gray images',
      () => changed((m) => Object.assign(layersOf(m)[0]?.['config'] ?? {}, { batch_input_shape: [null, 16, 16, 1] })),
      '1 channels',
    ],
    [
      'of oblong images',
      () => changed((m) => Object.assign(layersOf(m)[0]?.['config'] ?? {}, { batch_input_shape: [null, 16, 20, 3] })),
      '16×20×3, not a square image',
    ],
    [
      'of words',
      () => changed((m) => Object.assign(layersOf(m)[0]?.['config'] ?? {}, { batch_input_shape: [null, 16] })),
      'not an image',
    ],
    [
      'with a layer of code',
      () => changed((m) => Object.assign(layersOf(m)[1] ?? {}, { class_name: 'Lambda' })),
      'Lambda',
    ],
    [
      'with sizes of 2^31',
      () => changed((m) => Object.assign(weightsOf(m)[0] ?? {}, { shape: [2 ** 31, 2 ** 31] })),
      'larger than',
    ],
    [
      'with sizes below zero',
      () => changed((m) => Object.assign(weightsOf(m)[0] ?? {}, { shape: [-1] })),
      'side of -1',
    ],
    [
      'with one file named many times',
      () =>
        changed((m) => {
          (m['weightsManifest'] as Json[])[0] = {
            paths: Array.from({ length: 20 }, () => 'weights.bin'),
            weights: weightsOf(m),
          };
        }),
      'more than once',
    ],
    [
      'that reads itself',
      () => changed((m) => Object.assign(layersOf(m)[1] ?? {}, { inbound_nodes: [[['conv', 0, 0, {}]]] })),
      'comes later or is unknown',
    ],
    ['with models nested deep', () => teachable(40), 'inside each other'],
    [
      'as a graph in a circle',
      () => graphModel([image, { name: 'a', op: 'Relu', input: ['b'] }, { name: 'b', op: 'Relu', input: ['a'] }]),
      'circle',
    ],
    ['as a graph of attention', () => graphModel([image, { name: 'a', op: 'Einsum', input: ['image'] }]), 'Einsum'],
    ['as a graph of no layers', () => graphModel([]), 'no nodes'],
  ])('%s is refused with its reason', (_what, model, reason) => {
    expect(() => read(model())).toThrow(reason);
  });

  it('whose weights are cut short or not there is refused', () => {
    expect(() => read(json(), new Uint8Array(8))).toThrow('are 8: a file is missing, cut short or not its own');
    expect(() => readBackbone(new Map([['model.json', Buffer.from(JSON.stringify(json()))]]), options)).toThrow(
      'weights.bin is missing',
    );
    expect(() =>
      readBackbone(
        new Map([
          ['a.txt', new Uint8Array(9)],
          ['b.txt', new Uint8Array(9)],
        ]),
        options,
      ),
    ).toThrow('no model.json');
  });
});
