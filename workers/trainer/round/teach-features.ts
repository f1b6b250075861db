import { must } from '#core/must.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { listTrainingImages } from '#db/queries/round/training-image.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { answerPool, fitTeacher, prepareTeacher } from '#ml/live-teacher/index.ts';
import type { RunContext } from '../hold/context.ts';
import type { Body } from '../hold/feature-cache.ts';
import type { TrainingSet } from './prepare-training.ts';

/**
 * What the live teacher (probe × label propagation) answers on the pool's unlabeled images, as targets of a head that
 * travels: so what is exported knows what the graph of the pool told, and its figures are its own (FORMAT-34). The pool
 * is the one that the round found when it began. Null where nothing is unlabeled.
 */
export async function listTaught(
  context: RunContext,
  body: Body,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
): Promise<{ images: TrainingImage[]; targets: Float32Array } | null> {
  if (plan.role !== 'teacher') return null;
  const { run, db } = context;
  const classCount = run.classIds.length;
  const pool = await listTrainingImages(db, {
    projectId: run.projectId,
    split: 'pool',
    until: round.startedAt,
    orLabelsOf: round.id,
  });
  const classOf = new Map(set.labels.map(({ imageId, classId }) => [imageId, run.classIds.indexOf(classId)]));
  const rows = pool.flatMap(({ id }, row) => (classOf.has(id) ? [row] : []));
  if (rows.length === pool.length || rows.length === 0) return null;
  const features = await context.features.load(body, pool, { signal: context.signal });
  const prepared = prepareTeacher([features], { seed: plan.seed });
  const classes = rows.map((row) => must(classOf, must(pool, row, 'image').id, 'label of image'));
  const teacher = fitTeacher(prepared, { rows, classes, classCount }, { seed: plan.seed });
  const answers = answerPool(prepared, teacher);
  const open = pool.flatMap((image, row) => (classOf.has(image.id) ? [] : [{ image, row }]));
  const targets = new Float32Array(open.length * classCount);
  open.forEach(({ row }, at) =>
    targets.set(answers.subarray(row * classCount, (row + 1) * classCount), at * classCount),
  );
  return { images: open.map(({ image }) => image), targets };
}
