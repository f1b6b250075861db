import { compareAnswers, TRIAL_LABELS_MOST, trialSide } from '#core/recommend/trial.ts';
import type { NamedAnswers } from '#core/recommend/trial.ts';
import { createRandom } from '#core/math/random.ts';
import { must } from '#core/must.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import { findFeatureSet } from '#db/queries/image/feature-set.ts';
import { describeImages } from '#db/queries/image/image-facts.ts';
import { listLabels, readSeen } from '#db/queries/labeling/live-teacher.ts';
import { getProject, listClasses } from '#db/queries/project/project.ts';
import { findChannels, listImagesById } from '#db/queries/round/training-image.ts';
import { endTrial, findQueuedTrial } from '#db/queries/run/trial.ts';
import type { Engine } from '#ml/engine/engine.ts';
import { fitTeacher } from '#ml/live-teacher/index.ts';
import { tryScratch } from '#ml/training/try-scratch.ts';
import { openPixelCache } from '../hold/pixel-cache.ts';
import { preparePool } from '../live/prepare-pool.ts';

export interface TrialStart {
  db: Database['db'];
  blobs: BlobStore;
  cacheFolder: string;
  signal: AbortSignal;
  openEngine: () => Promise<Engine>;
}

const SEED = 1;

/**
 * Trains a small net from scratch, briefly, on a project's labels, each fold answered by one that did not see it, and
 * compares it with the live teacher on the very same labels (CHAIN-8). Under a minute or two on two cores.
 */
export async function tryProject(start: TrialStart, trialId: string): Promise<void> {
  const { db } = start;
  const found = await findQueuedTrial(db, trialId);
  if (!found) return;
  const { projectId } = found;
  const began = performance.now();
  const classIds = (await listClasses(db, projectId)).map(({ id }) => id);
  const all = (await listLabels(db, { projectId, split: 'pool' })).filter(({ classId }) => classIds.includes(classId));
  const labels = createRandom(SEED).fork('trial-labels').shuffle(all).slice(0, TRIAL_LABELS_MOST);
  const classOf = new Map(labels.map(({ imageId, classId }) => [imageId, classIds.indexOf(classId)]));
  if (new Set(classOf.values()).size < 2)
    return endTrial(db, trialId, { message: 'Fewer than two classes have labels.' });
  const facts = await describeImages(db, projectId);
  const side = trialSide(facts.side);
  const images = await listImagesById(db, { projectId, imageIds: classOf.keys() });
  const pixels = await openPixelCache({ blobs: start.blobs, folder: start.cacheFolder, projectId }).load(images, {
    size: side,
    channels: await findChannels(db, projectId),
  });
  const engine = await start.openEngine();
  const { settings } = await getProject(db, projectId);
  const truthOf = (id: string): number => classOf.get(id) ?? -1;
  const scratch = await tryScratch(
    engine,
    pixels,
    images.map(({ id }) => truthOf(id)),
    { classCount: classIds.length, policy: settings.augmentation, seed: SEED, signal: start.signal },
  ).finally(() => engine.dispose());
  if (!scratch) return endTrial(db, trialId, { message: 'The labels are too few to hold some of them back.' });
  await endTrial(db, trialId, {
    figures: compareAnswers(
      { names: scratch.rows.map((row) => must(images, row, 'image').id), probabilities: scratch.probabilities },
      await askLive(db, projectId, classOf, classIds.length),
      truthOf,
    ),
    labels: all.length,
    side,
    imagesPerSecond: scratch.imagesPerSecond,
    seconds: (performance.now() - began) / 1000,
  });
}

/** What the live teacher says of these labels, each judged by one that did not see it; null without features. */
async function askLive(
  db: Database['db'],
  projectId: string,
  classOf: ReadonlyMap<string, number>,
  classCount: number,
): Promise<NamedAnswers | null> {
  const set = await findFeatureSet(db, projectId);
  const seen = await readSeen(db, projectId);
  if (!set || seen === null) return null;
  const pool = await preparePool(db, projectId, set, Number(seen.split(':')[1]));
  if (!pool) return null;
  const known = [...classOf].flatMap(([id, classIndex]) => {
    const row = pool.rowOf.get(id);
    return row === undefined ? [] : [{ row, classIndex }];
  });
  if (new Set(known.map(({ classIndex }) => classIndex)).size < 2) return null;
  const answers = {
    rows: known.map(({ row }) => row),
    classes: known.map(({ classIndex }) => classIndex),
    classCount,
  };
  const { outOfFold } = fitTeacher(pool.prepared, answers, { seed: SEED });
  return { names: outOfFold.rows.map((row) => must(pool.ids, row, 'image')), probabilities: outOfFold.probabilities };
}
