import { chooseSide } from '#core/image/embedding-side.ts';
import { recommendRun } from '#core/recommend/recommend.ts';
import type { BackboneEvidence, Recommendation } from '#core/recommend/recommend.ts';
import { compareAnswers, isTrialWorth, trialSide } from '#core/recommend/trial.ts';
import type { NamedAnswers } from '#core/recommend/trial.ts';
import { DEFAULT_AUGMENTATION } from '#core/run/learning.ts';
import { featuresKey } from '#core/run/run-time.ts';
import type { Speeds } from '#core/run/run-time.ts';
import type { ImageFacts } from '#db/queries/image/image-facts.ts';
import { findChannels, listTrainingImages } from '#db/queries/round/training-image.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { fitTeacher, prepareTeacher } from '#ml/live-teacher/index.ts';
import { tryScratch } from '#ml/training/try-scratch.ts';
import { openFeatureCache } from '#trainer/hold/feature-cache.ts';
import { openPixelCache } from '#trainer/hold/pixel-cache.ts';
import { loadBackbone } from '#trainer/model/load-backbone.ts';
import { openOnnxRuntime } from '#trainer/model/onnx-runtime.ts';
import { pixelFolder } from '#trainer/process/forget-projects.ts';
import { withAnswers } from '#trainer/model/choose-answers.ts';
import type { LoopBackbone } from './config.ts';
import type { LoopOptions } from './options.ts';
import type { Platform } from './platform.ts';

/** Images a second at which model S trains where nothing was measured yet. */
const TRAIN_RATE = 500;

/**
 * Tries the candidates on the labels that there are, as the product does before it recommends: a probe on each
 * backbone's features, cross-validated, and on small images a short training from scratch. Features are kept where the
 * trainer finds them.
 */
export async function recommend(
  platform: Platform,
  input: {
    projectId: string;
    classIds: readonly string[];
    facts: ImageFacts;
    backbones: readonly LoopBackbone[];
    /** Class of each labeled image of the pool, by id. */
    labels: ReadonlyMap<string, string>;
    options: Pick<LoopOptions, 'seed' | 'threads' | 'backboneSize'>;
  },
): Promise<Recommendation & { embedRates: Speeds['embedRates']; held: ReadonlyMap<string, number> }> {
  const { projectId, classIds, facts, labels, options } = input;
  const { db, blobs, log } = platform.services;
  const own = await openEngine('wasm', options.threads ? { threads: options.threads } : {});
  const engine = withAnswers(
    own,
    openOnnxRuntime(own.threads, (sentence) => log.warn(sentence)),
  );
  const folder = pixelFolder(platform.folder);
  const pixels = openPixelCache({ blobs, folder, projectId });
  const features = openFeatureCache({ folder, projectId, pixels, engine });
  const pool = await listTrainingImages(db, { projectId, split: 'pool' });
  const rows = pool.flatMap(({ id }, row) => (labels.has(id) ? [row] : []));
  const classes = rows.map((row) => classIds.indexOf(labels.get(pool[row]?.id ?? '') ?? ''));
  const evidence: (BackboneEvidence & { rate: number })[] = [];
  let outOfFold: NamedAnswers | null = null;
  for (const { backboneId, name, inputSize } of input.backbones) {
    const side = options.backboneSize ?? chooseSide(inputSize, facts.shorter);
    const body = await loadBackbone(
      { db, blobs, config: { dropout: 0 }, run: { projectId, classIds: [...classIds] } },
      { backboneId, side, seed: options.seed },
    );
    const started = performance.now();
    const points = await features.load(body, pool);
    const rate = (pool.length * 1000) / (performance.now() - started);
    const prepared = prepareTeacher([points], { seed: options.seed });
    const teacher = fitTeacher(prepared, { rows, classes, classCount: classIds.length }, { seed: options.seed });
    const expected = teacher.expected && { ...teacher.expected, count: teacher.expected.labels };
    outOfFold ??= {
      names: teacher.outOfFold.rows.map((row) => pool[row]?.id ?? ''),
      probabilities: teacher.outOfFold.probabilities,
    };
    evidence.push({ id: backboneId, name, side, rate, expected });
  }
  const best = Math.max(...evidence.map(({ expected }) => expected?.accuracy ?? 0));
  const images = rows.flatMap((row) => pool[row] ?? []);
  const scratch = isTrialWorth(best > 0 ? best : null)
    ? await tryScratch(
        engine,
        await pixels.load(images, { size: trialSide(facts.side), channels: await findChannels(db, projectId) }),
        classes,
        {
          classCount: classIds.length,
          policy: facts.gray ? { ...DEFAULT_AUGMENTATION, flipHorizontal: false, colour: false } : DEFAULT_AUGMENTATION,
          seed: options.seed,
        },
      )
    : null;
  const trial =
    scratch &&
    compareAnswers(
      { names: scratch.rows.map((row) => images[row]?.id ?? ''), probabilities: scratch.probabilities },
      outOfFold,
      (id) => classIds.indexOf(labels.get(id) ?? ''),
    );
  await engine.dispose();
  const recommendation = recommendRun({
    labeled: rows.length,
    unlabeled: pool.length - rows.length,
    classes: classIds.length,
    photoSide: facts.side,
    gray: facts.gray,
    backbones: evidence,
    trial,
    trainRate: TRAIN_RATE,
  });
  return {
    ...recommendation,
    embedRates: new Map(evidence.map(({ id, rate, side }) => [id, { rate, side }])),
    held: new Map(evidence.map(({ id, side }) => [featuresKey(id, side), pool.length])),
  };
}
