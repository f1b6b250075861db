import { parseArgs } from 'node:util';
import { createRandom } from '#core/math/random.ts';
import {
  answerPool,
  fitTeacher,
  orderNext,
  prepareBytes,
  prepareTeacher,
  type PreparedTeacher,
} from '#ml/live-teacher/index.ts';

const CLASSES = 10;
const WIDTH = 320;
const BYTES = 64;
/** How far class centres lie apart, in deviations of the noise: classes overlap, as real ones do. */
const APART = 0.3;
const ORDERED = 60;

/**
 * How long the live teacher takes on drawn features, on one core: to prepare a pool, and to learn anew after ten
 * answers and put the images in order.
 * `npm run bench -- live-teacher [--images 10000] [--labels 100,250] [--bytes 1000000] [--repeat 5]`
 */
export function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      images: { type: 'string', default: '10000' },
      labels: { type: 'string', default: '100,250,1000' },
      bytes: { type: 'string', default: '1000000' },
      repeat: { type: 'string', default: '5' },
    },
  });
  const labels = values.labels.split(',').map(Number);
  const repeat = Number(values.repeat);
  const images = Number(values.images);
  if (images > 0) {
    const features = drawFeatures(images, WIDTH);
    const [prepared, seconds] = clock(() => prepareTeacher([{ values: features, count: images, width: WIDTH }]));
    console.log(`${images} images × ${WIDTH} numbers: transform and graph ${seconds.toFixed(1)} s`);
    for (const count of labels) measure(prepared, count, repeat);
  }
  const many = Number(values.bytes);
  if (many > 0) {
    const bytes = Int8Array.from(drawFeatures(many, BYTES), (value) => Math.max(-127, Math.min(127, value * 24)));
    const [prepared, seconds] = clock(() => prepareBytes(bytes, BYTES));
    console.log(`${many} images × ${BYTES} bytes: graph of ${prepared.nodes.count} ${seconds.toFixed(1)} s`);
    for (const count of labels) measure(prepared, count, Math.min(repeat, 3));
  }
  return Promise.resolve();
}

/** Classes stand in turn: row i is of class i % CLASSES. */
function drawFeatures(count: number, width: number): Float32Array {
  const random = createRandom(1);
  // Variance falls along the numbers, as it does along the components of a real backbone's features.
  const deviations = Float32Array.from({ length: width }, (_, d) => 1 / Math.sqrt(1 + d / 4));
  const draw = (i: number): number => random.normal() * (deviations[i % width] ?? 0);
  const centres = Float32Array.from({ length: CLASSES * width }, (_, i) => APART * draw(i));
  return Float32Array.from({ length: count * width }, (_, i) => {
    const classIndex = Math.floor(i / width) % CLASSES;
    return (centres[classIndex * width + (i % width)] ?? 0) + draw(i);
  });
}

function measure(prepared: PreparedTeacher, labels: number, repeat: number): void {
  const random = createRandom(2);
  const drawn = Array.from({ length: labels + 10 * repeat }, () => random.below(prepared.count));
  const times = { fit: [] as number[], answer: [] as number[], order: [] as number[] };
  let right = 0;
  for (let turn = 0; turn < repeat; turn += 1) {
    const rows = [...new Set(drawn.slice(0, labels + 10 * turn))];
    const answers = { rows, classes: rows.map((row) => row % CLASSES), classCount: CLASSES };
    const [teacher, fit] = clock(() => fitTeacher(prepared, answers));
    const [probabilities, answer] = clock(() => answerPool(prepared, teacher));
    const known = new Set(rows);
    const open = Array.from({ length: prepared.count }, (_, row) => row).filter((row) => !known.has(row));
    const [, order] = clock(() =>
      orderNext(prepared, { probabilities, classes: CLASSES }, { open, labeled: rows, count: ORDERED }),
    );
    times.fit.push(fit);
    times.answer.push(answer);
    times.order.push(order);
    right = teacher.expected?.accuracy ?? 0;
  }
  const median = (values: number[]): string => (values.sort((a, b) => a - b)[values.length >> 1] ?? 0).toFixed(2);
  console.log(
    `  ${labels} labels: learn ${median(times.fit)} s, answer all ${median(times.answer)} s, order ${ORDERED} ` +
      `${median(times.order)} s (medians of ${repeat}); expected ${(100 * right).toFixed(0)}%`,
  );
}

/** Seconds of this process's own work: the same on a busy machine as on a quiet one. */
function clock<T>(work: () => T): [T, number] {
  const started = process.cpuUsage();
  const result = work();
  return [result, process.cpuUsage(started).user / 1e6];
}
