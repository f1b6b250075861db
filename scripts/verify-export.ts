/**
 * Verifies exports of one model with runtimes that are not ours, on the test folder of a labeled data set:
 *
 *   node scripts/run.mjs scripts/verify-export.ts TFJS.zip [ONNX.zip SAVED-MODEL.zip PAGE.zip …] FOLDER_OR_ZIP
 * [--answers DIR] [--tolerance 1e-4]
 *
 * The first export is the measure: its accuracy is told, and every other one must give the same class for every image
 * and no probability further away than the tolerance. The offline page is opened in Chromium with 100 images.
 * `--answers` writes pixels and answers for bench/check-saved-model.py and bench/check-onnx.py. Prints one JSON line an
 * export; ends non-zero when one fails.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { joinFloats } from '#core/math/floats.ts';
import { argmaxRows } from '#core/math/probabilities.ts';
import { findBrowser } from './setup/browser.mjs';
import { askOfflinePage } from './verify/offline-page.ts';
import { fileOf, openExport, readContract, readExport } from './verify/open-export.ts';
import type { ExportFiles, OpenedExport } from './verify/open-export.ts';
import { readTestImages } from './verify/test-images.ts';
import type { TestImages } from './verify/test-images.ts';

const BATCH = 50;
const PAGE_IMAGES = 100;

async function main(args: string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { answers: { type: 'string' }, tolerance: { type: 'string', default: '1e-4' } },
  });
  const [first, ...rest] = positionals;
  const source = rest.pop();
  const tolerance = Number(values.tolerance);
  if (!first || !source || !(tolerance > 0))
    throw new Error('Name at least one exported zip, and last a labeled data set with a test folder.');
  const measure = await readExport(first);
  const contract = readContract(measure);
  const reference = await openExport(measure);
  if (!reference) throw new Error('The first export is the measure: give a TensorFlow.js or ONNX one.');
  const images = await readTestImages(source, contract);
  const truth = await predictAll(reference, images);
  const classes = argmaxRows(truth, contract.classes.length);
  const right = images.classIndexes.filter((index, row) => index === classes[row]).length;
  print({
    file: basename(first),
    runtime: reference.runtime,
    images: images.count,
    right,
    testAccuracy: right / images.count,
  });
  if (values.answers) {
    mkdirSync(values.answers, { recursive: true });
    writeFileSync(join(values.answers, 'pixels.f32'), new Uint8Array(Float32Array.from(images.pixels).buffer));
    writeFileSync(
      join(values.answers, 'probabilities.f32'),
      new Uint8Array(truth.buffer, truth.byteOffset, truth.byteLength),
    );
    writeFileSync(
      join(values.answers, 'shape.json'),
      JSON.stringify({
        input: [images.count, contract.size, contract.size, contract.channels],
        output: [images.count, contract.classes.length],
      }),
    );
  }
  let passed = true;
  for (const path of rest) {
    const files = await readExport(path);
    const { checkpoint } = readContract(files);
    if (checkpoint !== contract.checkpoint) throw new Error(`${path} is of another model than ${first}.`);
    const found = files.has('index.html')
      ? await comparePage(files, images, classes, contract.classes)
      : await compareModel(
          files,
          images,
          { truth, classes, tolerance, width: contract.classes.length },
          values.answers,
          path,
        );
    print({ file: basename(path), ...found });
    passed &&= found.passed !== false;
  }
  return passed;
}

/** Probabilities of all images, [count, classes]. */
async function predictAll(model: OpenedExport, images: TestImages): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < images.count; start += BATCH) {
    const count = Math.min(BATCH, images.count - start);
    parts.push(
      await model.predict(
        Float32Array.from(images.pixels.subarray(start * images.area, (start + count) * images.area)),
        count,
      ),
    );
  }
  return joinFloats(parts);
}

async function compareModel(
  files: ExportFiles,
  images: TestImages,
  wanted: { truth: Float32Array; classes: ArrayLike<number>; tolerance: number; width: number },
  answers: string | undefined,
  path: string,
) {
  for (const name of ['model.onnx', 'saved_model.pb'])
    if (answers && files.has(name)) writeFileSync(join(answers, name), fileOf(files, name));
  const model = await openExport(files);
  if (!model) {
    if (!answers || !files.has('saved_model.pb'))
      throw new Error(`${path} is checked by bench/check-saved-model.py: give --answers DIR.`);
    return { runtime: 'none here: run bench/check-saved-model.py on the answers', passed: null };
  }
  const given = await predictAll(model, images);
  const difference = given.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (wanted.truth[i] ?? Number.NaN))),
    0,
  );
  const classes = argmaxRows(given, wanted.width);
  const sameClass = Array.from({ length: images.count }, (_, row) => classes[row] === wanted.classes[row]).filter(
    Boolean,
  ).length;
  return {
    runtime: model.runtime,
    images: images.count,
    sameClass,
    maxDifference: difference,
    passed: sameClass === images.count && difference <= wanted.tolerance,
  };
}

async function comparePage(
  files: ExportFiles,
  images: TestImages,
  classes: ArrayLike<number>,
  names: readonly string[],
) {
  const executablePath = await findBrowser(process.cwd());
  if (!executablePath) throw new Error('No browser was found: install Chromium, or give its path in PUPIL_BROWSER.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const count = Math.min(PAGE_IMAGES, images.count);
    // Spread over the split, which lies sorted by class.
    const rows = Array.from({ length: count }, (_, i) => Math.floor((i * images.count) / count));
    const pixels = new Uint8Array(count * images.area);
    for (const [to, row] of rows.entries())
      pixels.set(images.pixels.subarray(row * images.area, (row + 1) * images.area), to * images.area);
    const answers = await askOfflinePage(browser, files, pixels, count);
    const sameClass = rows.filter((row, i) => names[classes[row] ?? -1] === answers[i]).length;
    return {
      runtime: `offline page, Chromium ${browser.version()}`,
      images: count,
      sameClass,
      passed: sameClass === count,
    };
  } finally {
    await browser.close();
  }
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

main(process.argv.slice(2)).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
