import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '#core/errors.ts';
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import { drawBackbone } from '#db/seed/drawn-backbone.ts';
import { exportModel } from '../export/index.ts';
import { sampleCard, startWeights } from '../export/testing.ts';
import { buildModel } from '../models/build.ts';
import { readBackbone } from './read.ts';
import { drawResNet, writeDrawnOnnx } from './testing-models.ts';
import { drawTflite, writeTflite } from './tflite/testing-tflite.ts';

type Files = Map<string, Uint8Array>;
type Json = Record<string, unknown>;

/** Changed files of each kind that are tried. */
const TRIES = 300;
/** Numbers at once that a file of some kilobytes may ask memory for. */
const NUMBERS = 2 ** 20;
const KINDS = ['onnx', 'tflite', 'layers', 'graph'] as const;
type Kind = (typeof KINDS)[number];

const sound = new Map<Kind, Files>();
beforeAll(async () => {
  const { nodes, constants } = drawResNet();
  sound.set('onnx', new Map([['net.onnx', writeDrawnOnnx(nodes, constants, { output: 'logits' })]]));
  const { tensors, operators, inputs, outputs } = drawTflite();
  sound.set('tflite', new Map([['net.tflite', writeTflite(tensors, operators, inputs, outputs)]]));
  sound.set('layers', new Map(drawBackbone().map(({ path, bytes }) => [path, bytes])));
  const graph = buildModel({ name: 'resnet8', inputSize: 16, channels: 3, classes: 3 });
  const exported = await exportModel({
    graph,
    weights: startWeights(graph),
    classNames: ['a', 'b', 'c'],
    temperature: 1,
    format: 'tfjs-graph',
    quantisation: 'none',
    card: sampleCard(),
  });
  sound.set('graph', new Map(exported.map(({ path, bytes }) => [path, bytes])));
});

/** The most numbers that were asked for at once since the last look. */
let asked = 0;
const watch = (): void => {
  asked = 0;
  const real = Float32Array;
  vi.stubGlobal(
    'Float32Array',
    new Proxy(real, {
      construct: (target, args: unknown[]) => {
        if (typeof args[0] === 'number') asked = Math.max(asked, args[0]);
        return Reflect.construct(target, args) as object;
      },
    }),
  );
};
afterEach(() => {
  vi.unstubAllGlobals();
});

const read = (files: Files): unknown => readBackbone(files, { name: 'hostile', scale: 'unit' });
const soundOf = (kind: Kind): Files => sound.get(kind) ?? new Map();

/** Bytes flipped, cut off, doubled, or set to the largest number. */
function changeBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  const changed = Uint8Array.from(bytes);
  switch (random.below(4)) {
    case 0:
      for (let i = 0; i <= random.below(8); i += 1) changed[random.below(bytes.length)] = random.below(256);
      return changed;
    case 1:
      return changed.slice(0, at);
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - random.below(200)))]);
    default:
      return changed.fill(0xff, at, at + 1 + random.below(8));
  }
}

const ODD = ['4294967296', '-1', '1e308', '0.5', 'null', '"Lambda"', '[]', '{}', '[[[[[[]]]]]]', '"__proto__"'];

/** A number, word or list of the text replaced by another one. */
function changeJson(bytes: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  const parts = [...text.matchAll(/-?\d+(\.\d+)?|"[^"]*"|true|false|null|\[\]/g)];
  const part = parts[random.below(parts.length)];
  const at = part?.index ?? 0;
  const odd = ODD[random.below(ODD.length)] ?? '';
  return Buffer.from(text.slice(0, at) + odd + text.slice(at + (part?.[0].length ?? 0)));
}

function change(files: Files, random: Random): Files {
  const names = [...files.keys()];
  const name =
    names.find((one) => one.endsWith('model.json') && random.below(4) > 0) ?? names[random.below(names.length)];
  const bytes = files.get(name ?? '') ?? new Uint8Array();
  const isJson = name?.endsWith('.json') === true && random.below(5) > 0;
  return new Map(files).set(name ?? '', isJson ? changeJson(bytes, random) : changeBytes(bytes, random));
}

describe('BACKBONE-11 a model file that somebody changed', () => {
  it.each(KINDS)('%s is read, or refused with a reason, and never takes much memory for it', (kind) => {
    expect(read(soundOf(kind))).toMatchObject({ kind });
    const random = createRandom(`hostile ${kind}`);
    let refused = 0;
    for (let turn = 0; turn < TRIES; turn += 1) {
      const files = change(soundOf(kind), random);
      watch();
      try {
        read(files);
      } catch (error) {
        refused += 1;
        expect(error, `turn ${turn}`).toBeInstanceOf(AppError);
        expect(error, `turn ${turn}`).toMatchObject({
          code: 'BAD_INPUT',
          message: expect.stringMatching(/cannot be used as a backbone: .{10,}/),
        });
      }
      vi.unstubAllGlobals();
      expect(asked, `turn ${turn}`).toBeLessThan(NUMBERS);
    }
    expect(refused).toBeGreaterThan(TRIES / 4);
  });
});

describe('BACKBONE-11 a model.json that asks for more than it holds', () => {
  const jsonOf = (kind: Kind): Json =>
    JSON.parse(Buffer.from(soundOf(kind).get('model.json') ?? new Uint8Array()).toString('utf8')) as Json;
  const put = (kind: Kind, model: unknown, more: Record<string, Uint8Array> = {}): Files =>
    new Map([
      ...soundOf(kind),
      ['model.json', Buffer.from(typeof model === 'string' ? model : JSON.stringify(model))],
      ...Object.entries(more),
    ]);

  it.each(['layers', 'graph'] as const)('%s: packed weights that are four times as large in memory', (kind) => {
    const each = 70 * 2 ** 20;
    const weight = (name: string): Json => ({
      name,
      shape: [each],
      dtype: 'float32',
      quantization: { dtype: 'uint8', scale: 1, min: 0 },
    });
    const weightsManifest = [{ paths: ['large.bin'], weights: [weight('a'), weight('b')] }];
    const files = put(kind, { ...jsonOf(kind), weightsManifest }, { 'large.bin': new Uint8Array(2 * each) });
    watch();
    expect(() => read(files)).toThrow('numbers together');
    expect(asked).toBe(0);
  });

  it.each(['layers', 'graph'] as const)('%s: lists in lists, a hundred thousand deep', (kind) => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const key = kind === 'layers' ? '"config"' : '"attr"';
    const text = JSON.stringify(jsonOf(kind)).replace(new RegExp(`${key}:\\{`), `${key}:{"deep":${deep},`);
    expect(text).toContain(deep);
    try {
      read(put(kind, text));
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
    }
  });
});
