import { ENGINE_NAMES, type EngineName, type PixelSet } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import { chooseAnswers } from '#trainer/model/choose-answers.ts';
import { buildModel, initialiseWeights, openEngine, train } from '#ml/index.ts';
import { toolHelp } from './setup/tool-help.mjs';

const SIZE = 16;
const BATCH = 4;
const CLASSES = 4;
/** Few and small, so that the plain JavaScript engine ends in seconds too. */
const STEPS = 5;
/** Engines may differ by rounding; more than this in a loss is a fault. */
const TOLERANCE = 1e-3;

/**
 * `npm run engines [-- wasm webgpu]`: trains the same five steps on each engine present (one replica each) and compares
 * the losses, then says what predicts. WebGPU on a software device is tried only when named. Exits 1 when an engine
 * disagrees.
 */
async function main(names: EngineName[], asked: boolean): Promise<void> {
  const random = createRandom(1);
  const data = Uint8Array.from({ length: BATCH * SIZE * SIZE * 3 }, () => random.below(256));
  const pixels: PixelSet = { data, count: BATCH, height: SIZE, width: SIZE, channels: 3 };
  const targets = Float32Array.from({ length: BATCH * CLASSES }, (_, i) =>
    Math.floor(i / CLASSES) % CLASSES === i % CLASSES ? 1 : 0,
  );
  let reference: number[] | null = null;
  let failed = false;
  console.log(`the same ${STEPS} steps of resnet8, ${BATCH} images of ${SIZE} px`);
  for (const name of [...names].reverse()) {
    const engine = await openEngine(name, { threads: 1, ...(asked ? {} : { hardwareOnly: true }) });
    if (engine.name !== name) {
      console.log(
        `${name.padEnd(7)} absent: ${engine.skipped.find((skipped) => skipped.name === name)?.reason ?? 'unknown'}`,
      );
      continue;
    }
    const graph = buildModel({ name: 'resnet8', inputSize: SIZE, channels: 3, classes: CLASSES, dropout: 0.1 });
    const source = { batch: () => Promise.resolve({ pixels: data, targets, labeledCount: BATCH }) };
    const initial = initialiseWeights(graph, createRandom(2), pixels);
    const losses: number[] = [];
    let rate = 0;
    const events = train({
      engine,
      graph,
      initial,
      source,
      steps: STEPS,
      seed: 3,
      learningRate: 0.02,
      momentum: 0.9,
      weightDecay: 5e-4,
      warmup: 0.2,
      emaDecay: 0.9,
      pseudoWeight: 1,
    });
    for await (const event of events) {
      if (event.type !== 'step') continue;
      losses.push(event.lossLabeled);
      rate = event.imagesPerSecond;
    }
    await engine.dispose();
    reference ??= losses;
    const worst = Math.max(...losses.map((loss, i) => Math.abs(loss - (reference?.[i] ?? 0))));
    const agrees = worst <= TOLERANCE;
    failed ||= !agrees;
    console.log(
      `${name.padEnd(7)} ${losses.map((loss) => loss.toFixed(5)).join(' ')}  ${
        agrees ? 'agrees' : `DIFFERS by ` + `${worst.toExponential(1)}`
      }  ${rate.toFixed(1)} images/s  ${engine.device}`,
    );
  }
  await compareAnswers();
  if (failed) process.exitCode = 1;
}

/**
 * What predicts here, measured as a trainer measures it when it starts: the engine on all cores against onnxruntime.
 */
async function compareAnswers(): Promise<void> {
  const engine = await openEngine('auto');
  const { taken, imagesPerSecond, instead } = await chooseAnswers(engine);
  await engine.dispose();
  console.log(
    `answers ${Math.round(imagesPerSecond)} images/s of model S by ${taken === 'engine' ? engine.name : taken}, the ` +
      `faster of two on ${engine.threads} ${engine.threads === 1 ? 'core' : 'cores'}. ${instead}`,
  );
}

const chosen = process.argv.slice(2);
const names = ENGINE_NAMES.filter((name) => chosen.length === 0 || chosen.includes(name));
const asksHelp = chosen.some((one) => one === '--help' || one === '-h');
if (asksHelp || names.length === 0) {
  console.error(toolHelp('engines').replace('{names}', ENGINE_NAMES.join(', ')));
  process.exit(asksHelp ? 0 : 2);
}
await main(names, chosen.length > 0);
