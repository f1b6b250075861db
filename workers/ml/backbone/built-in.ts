import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { BUILT_IN_BACKBONE } from '#core/run/backbones.ts';
import type { Backbone } from './compose.ts';
import { readTflite } from './tflite/tflite.ts';

const require = createRequire(import.meta.url);

/**
 * The package that carries the backbone, and where in its packed assets the model lies. Nothing of the package is run.
 */
const PACKAGE = '@mediapipe/objectron';
const ASSETS = 'objectron_solution_packed_assets.data';
const MODEL = {
  start: 184,
  end: 9_987_912,
  sha256: 'd0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6',
} as const;

/**
 * Where features are taken, each averaged over the image: early ones tell shapes and strokes, late ones tell things.
 * Chosen by a linear probe on pool images alone; docs/decisions/0033-built-in-backbone.md has the table.
 */
const TAPS = [
  'FeatureExtractor/MobilenetV2/expanded_conv_9/add',
  'FeatureExtractor/MobilenetV2/expanded_conv_12/add',
  'FeatureExtractor/MobilenetV2/expanded_conv_15/add',
  'FeatureExtractor/MobilenetV2/expanded_conv_16/project/BatchNorm/FusedBatchNormV3',
] as const;

/** True when the package of the built-in backbone is installed here. */
export function hasBuiltInBackbone(): boolean {
  return locate() !== null;
}

/**
 * The backbone that comes with the product: MobileNetV2 trained on Open Images, as a graph with several taps. Any side
 * from 32 px on can be embedded: set `graph.input.size`.
 * @throws AppError BAD_INPUT when its package is not installed, or its file is not the one that was checked
 */
export async function readBuiltInBackbone(): Promise<Backbone> {
  const path = locate();
  if (path === null) {
    throw new AppError('BAD_INPUT', say('learning.builtInMissing', { package: PACKAGE }));
  }
  const bytes = (await readFile(path)).subarray(MODEL.start, MODEL.end);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== MODEL.sha256) {
    throw new AppError('BAD_INPUT', say('learning.builtInChanged', { package: PACKAGE }));
  }
  return readTflite(bytes, { name: BUILT_IN_BACKBONE.name, scale: BUILT_IN_BACKBONE.scale, taps: TAPS });
}

function locate(): string | null {
  try {
    return require.resolve(`${PACKAGE}/${ASSETS}`);
  } catch {
    return null;
  }
}
