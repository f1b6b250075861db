import { must } from '#core/must.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { listTrainingImages } from '#db/queries/round/training-image.ts';
import type { TrainingImage } from '#db/queries/round/training-image.ts';
import { answerPool, fitTeacher, prepareTeacher } from '#ml/live-teacher/index.ts';
import type { RunContext } from '../hold/context.ts';
import type { Body } from '../hold/feature-cache.ts';
import { loadBackbone } from '../model/load-backbone.ts';
import type { TrainingSet } from './prepare-training.ts';

/** The live teacher of a round: learned from the labels that it froze, on the pool that it found when it began. */
async function fitLive(
  context: RunContext,
  body: Body,
  { seed }: Pick<PlannedRound, 'seed'>,
  round: RoundState,
  labels: TrainingSet['labels'],
): Promise<{ pool: TrainingImage[]; classOf: ReadonlyMap<string, number>; answers: Float32Array } | null> {
  const { run, db } = context;
  const classCount = run.classIds.length;
  const pool = await listTrainingImages(db, {
    projectId: run.projectId,
    split: 'pool',
    until: round.startedAt,
    orLabelsOf: round.id,
  });
  const classOf = new Map(labels.map(({ imageId, classId }) => [imageId, run.classIds.indexOf(classId)]));
  const rows = pool.flatMap(({ id }, row) => (classOf.has(id) ? [row] : []));
  if (rows.length === pool.length || rows.length === 0) return null;
  const features = await context.features.load(body, pool, { signal: context.signal });
  const prepared = prepareTeacher([features], { seed });
  const classes = rows.map((row) => must(classOf, must(pool, row, 'image').id, 'label of image'));
  const teacher = fitTeacher(prepared, { rows, classes, classCount }, { seed });
  return { pool, classOf, answers: answerPool(prepared, teacher) };
}

/**
 * What the live teacher (probe × label propagation) answers on the pool's unlabeled images, as targets of a head that
 * travels: so what is exported knows what the graph of the pool told, and its figures are its own (FORMAT-34). Null
 * where nothing is unlabeled.
 */
export async function listTaught(
  context: RunContext,
  body: Body,
  plan: PlannedRound,
  round: RoundState,
  set: TrainingSet,
): Promise<{ images: TrainingImage[]; targets: Float32Array } | null> {
  const fitted = plan.role === 'teacher' ? await fitLive(context, body, plan, round, set.labels) : null;
  if (!fitted) return null;
  const { pool, classOf, answers } = fitted;
  const classCount = context.run.classIds.length;
  const open = pool.flatMap((image, row) => (classOf.has(image.id) ? [] : [{ image, row }]));
  const targets = new Float32Array(open.length * classCount);
  open.forEach(({ row }, at) =>
    targets.set(answers.subarray(row * classCount, (row + 1) * classCount), at * classCount),
  );
  return { images: open.map(({ image }) => image), targets };
}

/**
 * What the live teacher answers on the pool as it stands, calibrated, by image: what a round of kind `live` says there,
 * and so teaches its student. Elsewhere, and where it travels, its head speaks. Null for every other kind.
 */
export async function listLiveAnswers(
  context: RunContext,
  plan: PlannedRound,
  round: RoundState,
): Promise<ReadonlyMap<string, Float32Array> | null> {
  if (plan.kind !== 'live') return null;
  const body = await loadBackbone(context, plan);
  const fitted = await fitLive(context, body, plan, round, await listRoundLabels(context.db, round.id));
  if (!fitted) return null;
  const classCount = context.run.classIds.length;
  return new Map(
    fitted.pool.map(({ id }, row) => [id, fitted.answers.subarray(row * classCount, (row + 1) * classCount)]),
  );
}
