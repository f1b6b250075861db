import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { buildModel, initialiseWeights, openEngine, openPredictor } from '#ml/index.ts';
import type { AnswerRuntime, Engine, ModelGraph } from '#ml/index.ts';
import { oddGraph, startWeights } from '#ml/export/testing.ts';
import { chooseAnswers, withAnswers } from './choose-answers.ts';
import { openOnnxRuntime } from './onnx-runtime.ts';

const installed = ((): boolean => {
  try {
    createRequire(import.meta.url)('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
})();

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

const GRAPHS: Record<string, ModelGraph> = {
  xs: buildModel({ name: 'xs', inputSize: 32, channels: 3, classes: 4, dropout: 0.2 }),
  'resnet8, gray': buildModel({ name: 'resnet8', inputSize: 28, channels: 1, classes: 4 }),
  'every other operation': oddGraph(),
};

/** More images than stand in one chunk. */
function drawPixels({ input: { size, channels } }: ModelGraph, count = 21) {
  const random = createRandom(5);
  return {
    data: Uint8Array.from({ length: count * size * size * channels }, () => random.below(256)),
    count,
    height: size,
    width: size,
    channels,
  };
}

const farthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? NaN))), 0);

describe.skipIf(!installed)('onnxruntime', () => {
  test.each(Object.keys(GRAPHS))(
    'ENGINE-12 answers as the engine does, logits and embeddings, every view: %s',
    async (name) => {
      const graph = GRAPHS[name] ?? oddGraph();
      const weights = startWeights(graph);
      const pixels = drawPixels(graph);
      const faults: string[] = [];
      const answers = await Promise.all(
        [
          engine,
          withAnswers(
            engine,
            openOnnxRuntime(2, (sentence) => faults.push(sentence)),
          ),
        ].map(async (one) => {
          const model = await openPredictor(one, graph, weights);
          const said = await model.predict(pixels, ['identity', 'flip', 'left']);
          await model.close();
          return said;
        }),
      );
      const [own, other] = answers;
      expect(faults).toEqual([]);
      expect(own?.embeddingSize).toBe(other?.embeddingSize);
      const scale = Math.max(1, ...(own?.logits ?? []).map(Math.abs));
      expect(farthest(own?.logits ?? new Float32Array(1), other?.logits ?? new Float32Array(0)) / scale).toBeLessThan(
        1e-4,
      );
      const widest = Math.max(1, ...(own?.embeddings ?? []).map(Math.abs));
      expect(
        farthest(own?.embeddings ?? new Float32Array(1), other?.embeddings ?? new Float32Array(0)) / widest,
      ).toBeLessThan(1e-4);
      expect(
        own?.logits.some(
          (value, i) => i >= graph.classes && Math.abs(value - (own.logits[i % graph.classes] ?? 0)) > 1e-3,
        ),
      ).toBe(true);
    },
  );

  test('ENGINE-12 the faster one is taken, and both rates are said', async () => {
    const choice = await chooseAnswers(engine);
    expect(choice.imagesPerSecond).toBeGreaterThan(0);
    expect(choice.instead).toMatch(
      choice.taken === 'onnxruntime'
        ? /^The wasm engine answers \d+ images\/s\.$/
        : /^onnxruntime answers \d+ images\/s\.$/,
    );
  });
});

test(
  'ENGINE-12 a model that the runtime does not take is answered by the engine, and that is said in one ' + 'sentence',
  async () => {
    const graph = GRAPHS.xs ?? oddGraph();
    const weights = initialiseWeights(graph, createRandom(1), drawPixels(graph));
    const said: string[] = [];
    const broken: AnswerRuntime = {
      name: 'brokenruntime',
      open: () => Promise.reject(new Error('no such operation')),
      refused: (sentence) => said.push(sentence),
    };
    const model = await openPredictor(withAnswers(engine, broken), graph, weights);
    expect((await model.predict(drawPixels(graph))).logits).toHaveLength(21 * 4);
    await model.close();
    expect(said).toEqual(['brokenruntime does not take model xs: no such operation. The wasm engine answers instead.']);
  },
);
