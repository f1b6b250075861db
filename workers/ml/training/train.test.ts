import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '#core/math/random.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { openEngine, type Engine } from '../engine/engine.ts';
import { Replica } from './replica-work.ts';
import { buildModel } from '../models/build.ts';
import { weightOffsets, type ModelGraph } from '../models/graph.ts';
import { initialiseWeights } from '../models/initialise.ts';
import { openPredictor } from './predict.ts';
import { runTraining } from './run-training.ts';
import { train, type TrainedWeights, type TrainEvent, type TrainOptions } from './train.ts';

const CLASSES = 4;
const SIZE = 16;

/** Images whose class is their bright quarter, with noise. */
function drawn(count: number, seed: number): { pixels: PixelSet; classes: number[] } {
  const random = createRandom(seed);
  const data = new Uint8Array(count * SIZE * SIZE * 3);
  const classes = Array.from({ length: count }, (_, i) => i % CLASSES);
  classes.forEach((c, n) => {
    for (let h = 0; h < SIZE; h += 1) {
      for (let w = 0; w < SIZE; w += 1) {
        const bright = (h >= SIZE / 2 ? 2 : 0) + (w >= SIZE / 2 ? 1 : 0) === c ? 120 : 0;
        for (let k = 0; k < 3; k += 1) data[((n * SIZE + h) * SIZE + w) * 3 + k] = 40 + bright + random.below(60);
      }
    }
  });
  return { pixels: { data, count, height: SIZE, width: SIZE, channels: 3 }, classes };
}

const oneHot = (classes: number[]): Float32Array =>
  Float32Array.from({ length: classes.length * CLASSES }, (_, i) =>
    classes[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0,
  );

function optionsOf(engine: Engine, graph: ModelGraph, more: Partial<TrainOptions> = {}): TrainOptions {
  const { pixels, classes } = drawn(8, 3);
  const batch = { pixels: pixels.data, targets: oneHot(classes), labeledCount: 8 };
  return {
    engine,
    graph,
    initial: initialiseWeights(graph, createRandom(5), pixels),
    source: { batch: () => Promise.resolve(batch) },
    steps: 6,
    seed: 9,
    learningRate: 0.1,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmup: 0.2,
    emaDecay: 0.9,
    pseudoWeight: 1,
    ...more,
  };
}

async function runAll(
  options: TrainOptions,
): Promise<{ events: TrainEvent[]; losses: number[]; trained: TrainedWeights }> {
  const events: TrainEvent[] = [];
  const running = train(options);
  for (;;) {
    const { value, done } = await running.next();
    if (done === true)
      return { events, trained: value, losses: events.flatMap((e) => (e.type === 'step' ? [e.lossLabeled] : [])) };
    events.push(value.type === 'checkpoint' ? { ...value, bytes: value.bytes.slice() } : value);
  }
}

let engine: Engine;
const graph = buildModel({
  name: 'resnet8',
  inputSize: SIZE,
  channels: 3,
  classes: CLASSES,
  dropout: 0.1,
  stochasticDepth: 0.2,
});

beforeAll(async () => {
  engine = await openEngine('wasm', { threads: 1 });
});
afterAll(() => engine.dispose());

describe('training', () => {
  it.each([
    ['xs', 90],
    ['resnet8', 40],
    ['wrn16-2', 40],
  ] as const)('%s overfits eight images', async (name, steps) => {
    const small = buildModel({ name, inputSize: SIZE, channels: 3, classes: CLASSES });
    const options = optionsOf(engine, small, { steps, emaDecay: 0.8 });
    const { losses, trained } = await runAll(options);
    expect(losses.at(-1)).toBeLessThan(0.1);
    const { pixels, classes } = drawn(8, 3);
    const predictor = await openPredictor(engine, small, trained.weights);
    const { logits, embeddingSize } = await predictor.predict(pixels);
    await predictor.close();
    expect(embeddingSize).toBeGreaterThan(0);
    classes.forEach((c, n) => {
      const row = [...logits.subarray(n * CLASSES, (n + 1) * CLASSES)];
      expect(row.indexOf(Math.max(...row))).toBe(c);
    });
  });

  it('ENGINE-3 same seed, same losses; another seed, others', async () => {
    const first = await runAll(optionsOf(engine, graph));
    const second = await runAll(optionsOf(engine, graph));
    const other = await runAll(optionsOf(engine, graph, { seed: 10 }));
    expect(second.losses).toEqual(first.losses);
    expect(second.trained.weights).toEqual(first.trained.weights);
    expect(other.losses).not.toEqual(first.losses);
  });

  it('ENGINE-4 resumed from a checkpoint equals uninterrupted', async () => {
    const whole = await runAll(optionsOf(engine, graph, { checkpointEvery: 3 }));
    const checkpoint = whole.events.find((e) => e.type === 'checkpoint');
    if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint');
    const resumed = await runAll(optionsOf(engine, graph, { resume: checkpoint.bytes }));
    expect(resumed.losses).toEqual(whole.losses.slice(3));
    expect(resumed.trained.weights).toEqual(whole.trained.weights);
  });

  it('ENGINE-4 refuses a damaged checkpoint', async () => {
    await expect(runAll(optionsOf(engine, graph, { resume: new Uint8Array(40) }))).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it('ENGINE-5 leaves no tensor behind, training or predicting', async () => {
    await runAll(optionsOf(engine, graph, { steps: 1 }));
    const before = tf.memory().numTensors;
    const { trained } = await runAll(optionsOf(engine, graph, { steps: 3 }));
    const predictor = await openPredictor(engine, graph, trained.weights);
    await predictor.predict(drawn(5, 1).pixels, ['identity', 'flip']);
    await predictor.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ENGINE-6 says so when the loss stops being a number, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    await expect(runAll(optionsOf(engine, graph, { steps: 30, learningRate: 1e30 }))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('diverged') as string,
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ENGINE-5 leaves nothing behind when who listens throws', async () => {
    const before = tf.memory().numTensors;
    const teacher = { graph, weights: initialiseWeights(graph, createRandom(6), drawn(8, 3).pixels) };
    const options = optionsOf(engine, graph, { distillation: { temperature: 2, alpha: 0.5, teacher } });
    const heard: number[] = [];
    await expect(
      runTraining(train(options), (event) => {
        if (event.type === 'step') heard.push(event.step);
        if (heard.length === 2) throw new Error('the run was taken');
      }),
    ).rejects.toThrow('the run was taken');
    expect(heard).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops when aborted', async () => {
    await expect(runAll(optionsOf(engine, graph, { signal: AbortSignal.abort() }))).rejects.toThrow();
  });

  it('ENGINE-7 a pseudo-label of weight 0 has no gradient', async () => {
    const { pixels, classes } = drawn(8, 3);
    const right = oneHot(classes);
    const wrong = oneHot(classes.map((c, i) => (i < 4 ? c : (c + 1) % CLASSES)));
    const quiet = { seed: 1, pseudoWeight: 0 };
    const weights = await Promise.all(
      [right, wrong].map(
        async (targets) =>
          (
            await runAll(
              optionsOf(engine, graph, {
                ...quiet,
                source: { batch: () => Promise.resolve({ pixels: pixels.data, targets, labeledCount: 4 }) },
              }),
            )
          ).trained.weights,
      ),
    );
    expect(weights[0]).toEqual(weights[1]);
  });

  it('a head alone leaves the body and its statistics as they were', async () => {
    const options = optionsOf(engine, graph, { headOnly: true, norm: 'running', emaDecay: 0 });
    const { trained } = await runAll(options);
    const changed = graph.weights.filter(({ name, shape }) => {
      const from = weightOffsets(graph).get(name) ?? 0;
      const size = shape.reduce((a, b) => a * b, 1);
      return trained.weights.subarray(from, from + size).some((v, i) => v !== options.initial[from + i]);
    });
    expect(changed.map(({ group }) => group)).toEqual(['head', 'head']);
  });

  it('ENGINE-13 gradients stop at what stays as it is, and are the same above it', async () => {
    const options = optionsOf(engine, graph, { norm: 'running' });
    const body = graph.weights.filter(({ trainable, group }) => trainable && group === 'body');
    const untrained = body.slice(0, Math.floor(body.length / 2)).map(({ name }) => name);
    const { pixels, targets } = await options.source.batch(0);
    const rows = targets.length / CLASSES;
    const replica = new Replica();
    const shard = {
      pixels,
      targets,
      rows: { crossEntropy: new Float32Array(rows).fill(1 / rows), divergence: new Float32Array(rows) },
      noise: 'none',
      teacher: null,
    };
    const session = { graph, weights: Float32Array.from(options.initial), headOnly: false, norm: 'running' as const };
    replica.open({ id: 1, ...session }, true);
    replica.open({ id: 2, ...session, untrained }, true);
    const [whole, part] = [await replica.gradients(1, shard), await replica.gradients(2, shard)];
    replica.close(1);
    replica.close(2);
    let at = 0;
    for (const { name, shape } of graph.weights.filter(({ trainable }) => trainable)) {
      const end = at + shape.reduce((a, b) => a * b, 1);
      const own = part.gradient.subarray(at, end);
      if (untrained.includes(name)) expect(own.every((value) => value === 0)).toBe(true);
      else own.forEach((value, i) => expect(value).toBeCloseTo(whole.gradient[at + i] ?? NaN, 5));
      at = end;
    }
  });

  it('ENGINE-7 distillation follows the teacher without any label', async () => {
    const { pixels, classes } = drawn(8, 3);
    const { trained } = await runAll(optionsOf(engine, graph, { steps: 40, emaDecay: 0.8 }));
    const student = buildModel({ name: 'xs', inputSize: SIZE, channels: 3, classes: CLASSES });
    const source = {
      batch: () => Promise.resolve({ pixels: pixels.data, targets: new Float32Array(8 * CLASSES), labeledCount: 0 }),
    };
    const distillation = { temperature: 3, alpha: 0.9, teacher: { graph, weights: trained.weights } };
    const { events, trained: distilled } = await runAll(
      optionsOf(engine, student, { source, distillation, steps: 60, emaDecay: 0.8 }),
    );
    const divergence = events.flatMap((e) => (e.type === 'step' ? [e.lossPseudo ?? 0] : []));
    expect(divergence.at(-1)).toBeLessThan((divergence[0] ?? 0) / 5);
    const predictor = await openPredictor(engine, student, distilled.weights);
    const { logits } = await predictor.predict(pixels);
    await predictor.close();
    const answers = classes
      .map((_, n) => [...logits.subarray(n * CLASSES, (n + 1) * CLASSES)])
      .map((row) => row.indexOf(Math.max(...row)));
    expect(answers).toEqual(classes);
  });

  it('ENGINE-3 every engine gives the same losses', async () => {
    const small = buildModel({ name: 'xs', inputSize: SIZE, channels: 3, classes: CLASSES, dropout: 0.2 });
    const wasm = await runAll(optionsOf(engine, small, { steps: 3 }));
    const cpu = await openEngine('cpu', { threads: 1 });
    const plain = await runAll(optionsOf(cpu, small, { steps: 3 }));
    await openEngine('wasm', { threads: 1 });
    plain.losses.forEach((loss, i) => expect(wasm.losses[i]).toBeCloseTo(loss, 4));
  });
});

describe('replicas in threads', () => {
  it('ENGINE-3 two agree with one where norms run on stored statistics, and predict the same', async () => {
    const two = await openEngine('wasm', { threads: 2 });
    const plain = buildModel({ name: 'resnet8', inputSize: SIZE, channels: 3, classes: CLASSES });
    const quiet = { norm: 'running' as const, learningRate: 0.01, steps: 4 };
    const one = await runAll(optionsOf(engine, plain, quiet));
    const both = await runAll(optionsOf(two, plain, quiet));
    both.losses.forEach((loss, i) => expect(loss).toBeCloseTo(one.losses[i] ?? 0, 4));
    const { pixels } = drawn(200, 2);
    const answers = await Promise.all(
      [engine, two].map(async (e) => {
        const predictor = await openPredictor(e, plain, one.trained.weights);
        const { logits } = await predictor.predict(pixels);
        await predictor.close();
        return logits;
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    // By their own rows each: other losses than one replica's, but the same each time.
    const normed = await Promise.all(
      [1, 2].map(async () => (await runAll(optionsOf(two, plain, { steps: 3 }))).losses),
    );
    expect(normed[1]).toEqual(normed[0]);
    await two.dispose();
  });
});

it('ENGINE-8 large images pass in parts with the same gradient as whole', async () => {
  const big = buildModel({ name: 'resnet8', inputSize: 400, channels: 3, classes: 2 });
  const random = createRandom(1);
  const image = Uint8Array.from({ length: 400 * 400 * 3 }, () => random.below(256));
  const pixels = new Uint8Array(2 * image.length);
  pixels.set(image);
  pixels.set(
    image.map((v) => 255 - v),
    image.length,
  );
  const shared = {
    norm: 'running' as const,
    steps: 1,
    initial: initialiseWeights(big, createRandom(5)),
    emaDecay: 0,
    weightDecay: 0,
  };
  const [a, b, both] = await Promise.all(
    [
      [0, 1],
      [1, 2],
      [0, 2],
    ].map(async ([from = 0, to = 0]) => {
      const batch = {
        pixels: pixels.slice(from * image.length, to * image.length),
        targets: Float32Array.from([1, 0, 0, 1]).slice(from * 2, to * 2),
        labeledCount: to - from,
      };
      return (await runAll(optionsOf(engine, big, { ...shared, source: { batch: () => Promise.resolve(batch) } })))
        .trained.weights;
    }),
  );
  both?.forEach((value, i) => {
    const mean = ((a?.[i] ?? 0) + (b?.[i] ?? 0)) / 2;
    if (Math.abs(value - mean) > 1e-4 * Math.max(1, Math.abs(mean)))
      throw new Error(`weight ${i}: ${value} against ${mean}`);
  });
});
