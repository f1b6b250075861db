import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { toFeatures } from '../../export/inference.ts';
import { writeFeatureOnnx } from '../../export/onnx.ts';
import { joinedGraph, startWeights } from '../../export/testing.ts';
import { buildModel } from '../../models/build.ts';
import {
  COUNT,
  drawPixels,
  drawResNet,
  embedDrawn,
  hasRuntime,
  writeDrawnOnnx,
  type DrawnConstant,
  type DrawnNode,
} from '../testing-models.ts';
import { readOnnx } from './onnx.ts';

interface Ort {
  InferenceSession: {
    create(model: Uint8Array): Promise<{ run(feeds: object): Promise<Record<string, { data: Float32Array }>> }>;
  };
  Tensor: new (type: string, data: Float32Array, shape: number[]) => object;
}

const options = { name: 'drawn', scale: 'unit' } as const;
const drawn = drawResNet();
const write = (
  change: (nodes: DrawnNode[], constants: Record<string, DrawnConstant>) => void,
  given = {},
): Uint8Array => {
  const { nodes, constants } = structuredClone(drawn);
  change(nodes, constants);
  return writeDrawnOnnx(nodes, constants, { output: 'logits', ...given });
};

const near = (features: Float32Array, truth: Float32Array): void => {
  expect(features).toHaveLength(truth.length);
  features.forEach((value, i) => expect(Math.abs(value - (truth[i] ?? NaN))).toBeLessThan(1e-4));
};

describe.skipIf(!hasRuntime)('BACKBONE-5 an ONNX backbone', () => {
  it.each([20, 33])('gives the features that onnxruntime gives before the head, at %i px', async (side) => {
    const ort = createRequire(import.meta.url)('onnxruntime-node') as Ort;
    const file = writeDrawnOnnx(drawn.nodes, drawn.constants, { output: 'features', shape: [COUNT, 3, side, side] });
    const session = await ort.InferenceSession.create(file);
    const pixels = drawPixels(side);
    const planes = new Float32Array(pixels.length);
    const places = side * side;
    pixels.forEach((value, i) => {
      const image = Math.floor(i / (places * 3));
      planes[(image * 3 + (i % 3)) * places + (Math.floor(i / 3) % places)] = value / 255;
    });
    const truth = await session.run({ image: new ort.Tensor('float32', planes, [COUNT, 3, side, side]) });
    near(
      await embedDrawn(
        readOnnx(
          write(() => undefined),
          options,
        ),
        side,
      ),
      truth['features']?.data ?? new Float32Array(0),
    );
  });

  it('may take its images channels last, whole numbers, and scale them by itself', async () => {
    const graph = buildModel({ name: 'resnet8', inputSize: 16, channels: 3, classes: 3 });
    const weights = startWeights(graph);
    const file = writeFeatureOnnx(toFeatures(graph, weights));
    near(await embedDrawn(readOnnx(file, { name: 'own', scale: 'raw' })), await embedDrawn({ graph, weights }));
  });

  it('is cut where its lead says', async () => {
    const backbone = readOnnx(
      write(() => undefined),
      { ...options, layer: 'clip' },
    );
    expect(backbone.graph.nodes.some(({ op }) => op === 'add')).toBe(false);
    expect(() =>
      readOnnx(
        write(() => undefined),
        { ...options, layer: 'nowhere' },
      ),
    ).toThrow('no layer "nowhere"');
  });

  it('of several joined features is refused by what joins them', () => {
    const graph = joinedGraph();
    const file = writeFeatureOnnx(toFeatures(graph, startWeights(graph)));
    expect(() => readOnnx(file, { name: 'joined', scale: 'raw' })).toThrow('GlobalAveragePool');
  });
});

describe('BACKBONE-2 BACKBONE-3 an ONNX file', () => {
  it.each<[string, () => Uint8Array, string]>([
    ['that is something else', () => new TextEncoder().encode('<html>no model</html>'), 'ONNX'],
    [
      'with weights in another file',
      () => write((_, c) => Object.assign(c['stem'] ?? {}, { external: true })),
      'one file',
    ],
    ['with weights of int8', () => write((_, c) => Object.assign(c['stem'] ?? {}, { type: 3 })), 'of type int8'],
    ['with an unknown operation', () => write((n) => Object.assign(n[2] ?? {}, { op: 'HardSwish' })), 'HardSwish'],
    ['in groups', () => write((n) => Object.assign(n[4] ?? {}, { whole: { group: 3 } })), '3 groups'],
    ['of gray images', () => write(() => undefined, { shape: [1, 1, 20, 20] }), '1 channels'],
    ['of oblong images', () => write(() => undefined, { shape: [1, 3, 20, 30] }), 'not a square image'],
    [
      'of sizes of 2^31',
      () => write((_, c) => Object.assign(c['bias'] ?? {}, { shape: [2 ** 31, 2 ** 31] })),
      'larger than',
    ],
    ['of sizes below zero', () => write((_, c) => Object.assign(c['bias'] ?? {}, { shape: [-6] })), 'side of -6'],
    [
      'whose bytes are too few',
      () => write((_, c) => Object.assign(c['bias'] ?? {}, { shape: [7] })),
      'should be 28 bytes',
    ],
    [
      'that goes round in a circle',
      () => write((n) => Object.assign(n[0] ?? {}, { inputs: ['sum', 'stem'] })),
      'circle',
    ],
    ['whose head goes round', () => write((n) => Object.assign(n[8] ?? {}, { inputs: ['logits'] })), 'circle'],
    [
      'that pads what may be below zero',
      () => write((n) => Object.assign(n[3] ?? {}, { inputs: ['norm'] })),
      'below zero',
    ],
  ])('%s is refused with its reason', (_what, bytes, reason) => {
    expect(() => readOnnx(bytes(), options)).toThrow(reason);
  });

  it('cut short anywhere is refused', () => {
    const whole = write(() => undefined);
    for (let length = 0; length < whole.length; length += 61) {
      expect(() => readOnnx(whole.slice(0, length), options), `${length} bytes`).toThrow(
        'cannot be used as a backbone',
      );
    }
  });

  it('with any four bytes set to the largest number is refused or harmless', () => {
    const whole = write(() => undefined);
    for (let at = 0; at + 4 <= whole.length; at += 4) {
      const bytes = whole.slice();
      bytes.fill(0xff, at, at + 4);
      try {
        expect(readOnnx(bytes, options).weights.length).toBeLessThan(1e6);
      } catch (error) {
        expect(String(error), `at ${at}`).toContain('cannot be used as a backbone');
      }
    }
  });

  it('that names one large weight many times is refused before memory is taken', () => {
    const side = 512;
    const large = { shape: [side, side, 3, 3], values: new Float32Array(side * side * 9) };
    const first = { shape: [side, 3, 1, 1], values: new Float32Array(side * 3) };
    const nodes: DrawnNode[] = Array.from({ length: 70 }, (_, i) => ({
      op: 'Conv',
      inputs: [i === 0 ? 'image' : `x${i - 1}`, i === 0 ? 'first' : 'large'],
      output: `x${i}`,
    }));
    const bytes = writeDrawnOnnx(nodes, { first, large }, { output: 'x69' });
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readOnnx(bytes, options)).toThrow('together');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  });
});
