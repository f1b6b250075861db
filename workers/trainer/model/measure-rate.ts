import { DEFAULT_AUGMENTATION } from '#core/run/learning.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import { createBatchPlanner, createBatchSource } from '#ml/augment/batches.ts';
import { buildModel, initialiseWeights, train } from '#ml/index.ts';
import type { Engine } from '#ml/index.ts';

const SIZE = 32;
const IMAGES = 256;
const BATCH = 64;
const STEPS = 12;

/** Images of noise, to measure by. */
export function drawNoise(): PixelSet {
  const random = createRandom(1);
  return {
    data: Uint8Array.from({ length: IMAGES * SIZE * SIZE * 3 }, () => random.below(256)),
    count: IMAGES,
    height: SIZE,
    width: SIZE,
    channels: 3,
  };
}

/**
 * Images a second that this engine trains of model S at 32×32: a second or two, on noise. The first steps, which
 * compile, do not count.
 */
export async function measureRate(engine: Engine): Promise<number> {
  const pixels = drawNoise();
  const graph = buildModel({ name: 's', inputSize: SIZE, channels: 3, classes: 10 });
  const indices = Array.from({ length: IMAGES }, (_, i) => i);
  const planner = createBatchPlanner({
    classCount: 10,
    labeled: { indices, classes: indices.map((i) => i % 10) },
    pseudo: null,
    batchLabeled: BATCH,
    batchPseudo: 0,
    seed: 1,
  });
  const source = createBatchSource(pixels, planner, { policy: DEFAULT_AUGMENTATION, strength: 'none', seed: 1 });
  const events = train({
    engine,
    graph,
    initial: initialiseWeights(graph, createRandom(1), pixels),
    source,
    steps: STEPS,
    seed: 1,
    learningRate: 0.01,
    momentum: 0.9,
    weightDecay: 0,
    warmup: 0.2,
    emaDecay: 0.9,
    pseudoWeight: 0,
  });
  let [steps, started] = [0, performance.now()];
  for await (const event of events) {
    if (event.type !== 'step') continue;
    steps += 1;
    if (steps === 3) started = performance.now();
  }
  return ((steps - 3) * BATCH * 1000) / (performance.now() - started);
}
