import { parseArgs } from 'node:util';
import { createRandom } from '#core/math/random.ts';
import { DEFAULT_AUGMENTATION, ENGINE_NAMES, type EngineName, type PixelSet } from '#core/run/learning.ts';
import { MODEL_NAMES, type ModelName } from '#core/chain/models.ts';
import { createBatchPlanner, createBatchSource, type BatchSource } from '#ml/augment/batches.ts';
import { createPooledSource } from '#ml/augment/pool.ts';
import { withAnswers } from '#trainer/model/choose-answers.ts';
import { openOnnxRuntime } from '#trainer/model/onnx-runtime.ts';
import {
  buildModel,
  defaultThreads,
  initialiseWeights,
  openEngine,
  openPredictor,
  train,
  type AnswerRuntime,
  type Engine,
  type ModelGraph,
} from '#ml/index.ts';

const IMAGES = 1024;
const SIZE = 32;
const CLASSES = 10;
/**
 * Steps not counted: kernels and scripts compile in the first second, which a run of thousands of steps does not
 * notice.
 */
const WARM_UP = 30;

interface Row {
  engine: EngineName;
  device: string;
  threads: number;
  net: ModelName;
  batch: number;
  augmented: boolean;
  /** Training, images a second. */
  train: number;
  /** Prediction, images a second. */
  predict: number;
  /** Prediction by onnxruntime on as many threads; null where it is not installed. */
  predictOnnx: number | null;
  loss: number;
}

/**
 * Images a second of training and prediction at 32×32 for each net on each engine present.
 * `npm run bench -- train [--nets resnet8,xs] [--engines wasm] [--batch 64] [--steps 100] [--threads 2] [--augment
 * off|on|both] [--json]`
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      nets: { type: 'string', default: 'resnet8,xs,s,m' },
      engines: { type: 'string', default: ENGINE_NAMES.filter((name) => name !== 'cpu').join() },
      batch: { type: 'string', default: '64' },
      steps: { type: 'string', default: '100' },
      threads: { type: 'string', default: String(defaultThreads()) },
      augment: { type: 'string', default: 'both' },
      json: { type: 'boolean', default: false },
    },
  });
  const nets = values.nets
    .split(',')
    .map(
      (net) => MODEL_NAMES.find((name) => name === net) ?? fail(`unknown net ${net}: one of ${MODEL_NAMES.join(', ')}`),
    );
  const engines = values.engines
    .split(',')
    .map(
      (engine) =>
        ENGINE_NAMES.find((name) => name === engine) ??
        fail(`unknown engine ${engine}: one of ${ENGINE_NAMES.join(', ')}`),
    );
  const steps = Number(values.steps);
  if (!(steps > WARM_UP))
    fail(
      `--steps ${values.steps} measures nothing: the first ${WARM_UP} steps are not counted. Give more, at best 100.`,
    );
  const rows: Row[] = [];
  if (!values.json) console.log('engine   threads net      batch augment  train/s predict/s  onnx/s   loss');
  for (const name of engines) {
    const engine = await openEngine(name, { threads: Number(values.threads) });
    if (engine.name !== name) {
      if (!values.json)
        console.log(
          `${name.padEnd(8)} skipped: ${engine.skipped.find((skipped) => skipped.name === name)?.reason ?? 'unknown'}`,
        );
      await engine.dispose();
      continue;
    }
    for (const net of nets) {
      for (const augmented of values.augment === 'both' ? [false, true] : [values.augment === 'on']) {
        const row = await measure(engine, net, { batch: Number(values.batch), steps, augmented });
        rows.push(row);
        if (!values.json) console.log(line(row));
      }
    }
    await engine.dispose();
  }
  if (values.json) console.log(JSON.stringify(rows));
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const line = (row: Row): string =>
  [
    row.engine.padEnd(8),
    String(row.threads).padStart(7),
    row.net.padEnd(8),
    String(row.batch).padStart(5),
    (row.augmented ? 'on' : 'off').padEnd(8),
    row.train.toFixed(0).padStart(7),
    row.predict.toFixed(0).padStart(9),
    (row.predictOnnx?.toFixed(0) ?? '–').padStart(7),
    row.loss.toFixed(3).padStart(6),
  ].join(' ');

async function measure(
  engine: Engine,
  net: ModelName,
  { batch, steps, augmented }: { batch: number; steps: number; augmented: boolean },
): Promise<Row> {
  const pixels = drawImages();
  const graph = buildModel({ name: net, inputSize: SIZE, channels: 3, classes: CLASSES });
  const source = openSource(pixels, batch, steps, augmented);
  const initial = initialiseWeights(graph, createRandom(1), pixels);
  let loss = 0;
  let started = 0;
  try {
    const events = train({
      engine,
      graph,
      initial,
      source,
      steps,
      seed: 1,
      learningRate: 0.05,
      momentum: 0.9,
      weightDecay: 5e-4,
      warmup: 0.2,
      emaDecay: 0.99,
      pseudoWeight: 1,
    });
    for await (const event of events) {
      if (event.type !== 'step') continue;
      loss = event.lossLabeled;
      if (event.step === WARM_UP) started = performance.now();
    }
  } finally {
    await source.close();
  }
  const rate = ((steps - WARM_UP) * batch * 1000) / (performance.now() - started);
  const { name, device, threads } = engine;
  const runtime = openRuntime(threads);
  const predict = await measurePrediction(engine, graph, initial, pixels);
  const predictOnnx =
    runtime === null ? null : await measurePrediction(withAnswers(engine, runtime), graph, initial, pixels);
  return { engine: name, device, threads, net, batch, augmented, train: rate, predict, predictOnnx, loss };
}

function openRuntime(threads: number): AnswerRuntime | null {
  try {
    return openOnnxRuntime(threads, fail);
  } catch {
    return null;
  }
}

function openSource(pixels: PixelSet, batch: number, steps: number, augmented: boolean): BatchSource {
  const indices = Array.from({ length: pixels.count }, (_, i) => i);
  const plan = createBatchPlanner({
    classCount: CLASSES,
    labeled: { indices, classes: indices.map((i) => i % CLASSES) },
    pseudo: null,
    batchLabeled: batch,
    batchPseudo: 0,
    seed: 1,
  });
  const noise = { policy: DEFAULT_AUGMENTATION, strength: augmented ? 'strong' : 'none', seed: 1 } as const;
  return augmented ? createPooledSource(pixels, plan, noise, steps) : createBatchSource(pixels, plan, noise);
}

async function measurePrediction(
  engine: Engine,
  graph: ModelGraph,
  weights: Float32Array,
  pixels: PixelSet,
): Promise<number> {
  const predictor = await openPredictor(engine, graph, weights);
  await predictor.predict(pixels);
  const started = performance.now();
  const passes = 3;
  for (let pass = 0; pass < passes; pass += 1) await predictor.predict(pixels);
  const rate = (passes * pixels.count * 1000) / (performance.now() - started);
  await predictor.close();
  return rate;
}

function drawImages(): PixelSet {
  const random = createRandom(1);
  const data = Uint8Array.from({ length: IMAGES * SIZE * SIZE * 3 }, () => random.below(256));
  return { data, count: IMAGES, height: SIZE, width: SIZE, channels: 3 };
}
