/**
 * What a packed folder measures on the machine that it was carried to: training and embedding on the graphics
 * processor, beside PyTorch on the same one where python3 has it. `./run.sh [--seconds 4] [--profile] [--software]`
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '#core/math/random.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { MODEL_NAMES, type ModelName } from '#core/chain/models.ts';
import { readBuiltInBackbone } from '#ml/backbone/index.ts';
import { openEmbedder } from '#ml/backbone/embedder.ts';
import { buildModel, initialiseWeights, openEngine, openPredictor, train, type Engine } from '#ml/index.ts';

const SIZE = 32;
const CLASSES = 10;
/** Steps before the clock starts: kernels compile in the first. */
const WARM_UP = 10;

interface Theirs {
  device: string;
  version: string;
  /** `train NET BATCH`, `embed SIDE` … to images a second, the better layout; ending in ` tf32` with the short form. */
  rates: Record<string, number>;
}

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    nets: { type: 'string', default: 'resnet8,s,m' },
    batches: { type: 'string', default: '128,512' },
    sides: { type: 'string', default: '128,224' },
    profile: { type: 'boolean', default: false },
    software: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const IMAGES = options.software ? 64 : 1024;
const nets = options.nets.split(',').flatMap((name) => MODEL_NAMES.find((known) => known === name) ?? []);
const [batches, sides] = [options.batches, options.sides].map((list) => list.split(',').map(Number)) as [
  number[],
  number[],
];

const engine = await openEngine('webgpu', { hardwareOnly: !options.software });
if (engine.name !== 'webgpu') {
  const reason = engine.skipped.find(({ name }) => name === 'webgpu')?.reason ?? 'unknown';
  console.error(`WebGPU does not start here: ${reason}.`);
  process.exit(1);
}
console.log(
  `${engine.device}, ${availableParallelism()} cores of ${cpus()[0]?.model ?? 'a processor'}, ${process.version}`,
);

const ours: Record<string, number> = {};
if (options.profile) await profile();
for (const net of nets) {
  for (const batch of batches) ours[`train ${net} ${batch}`] = await trainingRate(engine, net, batch);
}
for (const side of sides) ours[`embed ${side}`] = await embeddingRate(side);
for (const net of nets) ours[`predict ${net}`] = await predictionRate(engine, net);
await engine.dispose();
const theirs = measureTorch();
const name = theirs === null ? 'PyTorch with a GPU is not here' : `PyTorch ${theirs.version} on ${theirs.device}`;
console.log(`images/s          ours   float32  ratio      tf32  ratio   (${name})`);
for (const [what, rate] of Object.entries(ours)) {
  const [full, short] = [theirs?.rates[what], theirs?.rates[`${what} tf32`]];
  const beside = [full, short].map((other) =>
    other === undefined
      ? '       –      –'
      : `${other.toFixed(0).padStart(8)} ${(rate / other).toFixed(2).padStart(6)}`,
  );
  console.log(`${what.padEnd(14)} ${rate.toFixed(0).padStart(7)}  ${beside.join('  ')}`);
}
if (options.json) console.log(JSON.stringify({ device: engine.device, ours, theirs }));
process.exit(0);

function drawImages(): PixelSet {
  const random = createRandom(1);
  const data = Uint8Array.from({ length: IMAGES * SIZE * SIZE * 3 }, () => random.below(256));
  return { data, count: IMAGES, height: SIZE, width: SIZE, channels: 3 };
}

/** Images a second of training from a source that costs nothing. */
async function trainingRate(on: Engine, net: ModelName, batch: number): Promise<number> {
  const pixels = drawImages();
  const graph = buildModel({ name: net, inputSize: SIZE, channels: 3, classes: CLASSES });
  const targets = Float32Array.from({ length: batch * CLASSES }, (_, i) =>
    Math.floor(i / CLASSES) % CLASSES === i % CLASSES ? 1 : 0,
  );
  const given = { pixels: pixels.data.slice(0, batch * SIZE * SIZE * 3), targets, labeledCount: batch };
  const controller = new AbortController();
  const events = train({
    engine: on,
    graph,
    initial: initialiseWeights(graph, createRandom(1), pixels),
    source: { batch: () => Promise.resolve(given) },
    steps: 1_000_000,
    seed: 1,
    learningRate: 0.02,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmup: 0.2,
    emaDecay: 0.99,
    pseudoWeight: 1,
    signal: controller.signal,
  });
  let [started, taken, loss] = [0, 0, 0];
  for await (const event of events) {
    if (event.type !== 'step') continue;
    loss = event.lossLabeled;
    if (event.step === WARM_UP) started = performance.now();
    taken = event.step;
    if (taken > WARM_UP && performance.now() - started > seconds * 1000) break;
  }
  const rate = ((taken - WARM_UP) * batch * 1000) / (performance.now() - started);
  console.log(`  train ${net} at ${batch}: ${rate.toFixed(0)} images/s, loss ${loss.toFixed(3)} after ${taken} steps`);
  return rate;
}

async function predictionRate(on: Engine, net: ModelName): Promise<number> {
  const pixels = drawImages();
  const graph = buildModel({ name: net, inputSize: SIZE, channels: 3, classes: CLASSES });
  const predictor = await openPredictor(on, graph, initialiseWeights(graph, createRandom(1), pixels));
  const rate = await repeat(() => predictor.predict(pixels), IMAGES);
  await predictor.close();
  return rate;
}

async function embeddingRate(side: number): Promise<number> {
  const backbone = await readBuiltInBackbone();
  const embedder = await openEmbedder(backbone, { side, gpu: true, openEngine: () => openEngine('webgpu') });
  const count = options.software ? 2 : 256;
  const random = createRandom(1);
  const pixels = Uint8Array.from({ length: count * side * side * 3 }, () => random.below(256));
  const rate = await repeat(() => embedder.embed(pixels), count);
  console.log(`  embed at ${side} px: ${rate.toFixed(0)} images/s on ${embedder.device}`);
  await embedder.close();
  return rate;
}

async function repeat(work: () => Promise<unknown>, count: number): Promise<number> {
  await work();
  const start = performance.now();
  let done = 0;
  while (done === 0 || performance.now() - start < seconds * 500) {
    await work();
    done += count;
  }
  return (done * 1000) / (performance.now() - start);
}

/** Time on the device by kernel of one pass forward and back, in the backend's usual way. */
async function profile(): Promise<void> {
  const { profilePass } = await import('./profile.ts');
  for (const net of nets) {
    const rows = await profilePass(net, batches[0] ?? 128);
    const total = rows.reduce((sum, { ms }) => sum + ms, 0);
    console.log(`profile of ${net}: ${total.toFixed(2)} ms on the device, ${tf.memory().numTensors} tensors`);
    for (const { kernel, ms, count } of rows.slice(0, 12))
      console.log(`  ${kernel.padEnd(34)} ${ms.toFixed(3).padStart(8)} ms in ${count}`);
  }
}

function measureTorch(): Theirs | null {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync('python3', [script, String(seconds / 2)], { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as Theirs | null;
  console.log(`  (PyTorch: ${stderr?.trim().split('\n').at(-1) || 'python3 is not here'})`);
  return null;
}
