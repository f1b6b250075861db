import type { Database } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { findFeatureSet } from '#db/queries/image/feature-set.ts';
import { listDrawn, listLabels, readSeen, storeFit, storeGuesses } from '#db/queries/labeling/live-teacher.ts';
import { orderQueue } from '#db/queries/labeling/priority.ts';
import { getProject, listClasses } from '#db/queries/project/project.ts';
import { fitPool } from './fit-pool.ts';
import { preparePool } from './prepare-pool.ts';
import type { PreparedPool } from './prepare-pool.ts';

/** While images are still being embedded a pool is made ready anew once it has grown by this share. */
const GROWN = 0.25;

/**
 * Learns a project's labels anew and tells everybody: figures, guesses, the order of the queue, the event. `before` is
 * what an earlier fit prepared. Returns what the next fit may go on with; null when there is nothing to learn on.
 */
export async function teachProject(
  db: Database['db'],
  projectId: string,
  before: PreparedPool | null,
): Promise<PreparedPool | null> {
  const started = performance.now();
  const set = await findFeatureSet(db, projectId);
  const seen = await readSeen(db, projectId);
  if (!set || seen === null) return null;
  const embedded = Number(seen.split(':')[1]);
  const stands =
    before?.setId === set.id &&
    (before.embedded === embedded || (!set.ready && embedded < before.embedded * (1 + GROWN)));
  const pool = stands ? before : await preparePool(db, projectId, set, embedded);
  if (!pool) return null;
  const [{ settings }, classes, labels, validationLabels, images] = await Promise.all([
    getProject(db, projectId),
    listClasses(db, projectId),
    listLabels(db, { projectId, split: 'pool' }),
    listLabels(db, { projectId, split: 'validation' }),
    listDrawn(db, { projectId, split: 'pool' }),
  ]);
  if (classes.length === 0) return pool;
  const classIds = classes.map(({ id }) => id);
  const { guesses, ...fitted } = fitPool(pool, {
    order: settings.order,
    classIds,
    labels,
    validation: readAnswers(pool, validationLabels, classIds),
    pool: images,
  });
  await storeGuesses(db, projectId, guesses);
  const version = await storeFit(db, {
    ...fitted,
    projectId,
    setId: set.id,
    classIds,
    seen,
    order: settings.order,
    seconds: (performance.now() - started) / 1000,
  });
  await orderQueue(db, projectId);
  await notify(db, { name: 'teacher:refitted', projectId, version, labels: fitted.labels });
  return pool;
}

/** Answers on validation with what was embedded of them. */
function readAnswers(
  pool: PreparedPool,
  labels: readonly { imageId: string; classId: string }[],
  classIds: readonly string[],
) {
  if (!pool.readValidation || labels.length === 0) return null;
  const { points, imageIds } = pool.readValidation();
  const classOf = new Map(labels.map(({ imageId, classId }) => [imageId, classIds.indexOf(classId)]));
  const rows = imageIds.flatMap((id, row) => ((classOf.get(id) ?? -1) >= 0 ? [row] : []));
  if (rows.length === 0) return null;
  const { width } = points;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, at) => values.set(points.values.subarray(row * width, (row + 1) * width), at * width));
  return {
    points: { values, count: rows.length, width },
    classes: rows.map((row) => classOf.get(imageIds[row] as string) ?? 0),
  };
}
