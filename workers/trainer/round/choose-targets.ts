import { keepShareOf } from '#core/run/plan-rounds.ts';
import type { PlannedRound } from '#core/run/plan-rounds.ts';
import { must } from '#core/must.ts';
import { argmaxRows } from '#core/math/probabilities.ts';
import type { Db } from '#db/client.ts';
import { findFinalCheckpoint } from '#db/queries/round/checkpoint.ts';
import { listPredictions } from '#db/queries/round/prediction.ts';
import type { StoredPrediction } from '#db/queries/round/prediction.ts';
import { listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { alignmentOf, alignRow, classPrior } from '#ml/selection/align.ts';
import { selectTargets } from '#ml/selection/targets.ts';
import type { FrozenTargets } from './begin-round.ts';
import type { RunContext } from '../hold/context.ts';

/**
 * Chooses the pseudo-labels of a student from its teachers' answers on images that no person has answered.
 * @param teacher the standing one, which the student is judged against
 * @param team whose answers are averaged: teamOf()
 */
export async function chooseTargets(
  context: RunContext,
  plan: PlannedRound,
  teacher: RoundState,
  team: readonly RoundState[],
): Promise<FrozenTargets> {
  const { config, run } = context;
  const classCount = run.classIds.length;
  const teacherIds = team.map(({ id }) => id);
  const open = (await listTeacherAnswers(context.db, teacherIds, { split: 'pool' })).filter(
    ({ humanClassId }) => humanClassId === null,
  );
  const labels = await listRoundLabels(context.db, teacher.id);
  const prior = classPrior(
    labels.map(({ classId }) => run.classIds.indexOf(classId)),
    classCount,
  );
  const alignment = config.alignDistribution
    ? alignmentOf(
        open.map(({ probabilities }) => probabilities),
        prior,
      )
    : null;
  const candidates = open.map(({ probabilities }, index) => {
    const row = alignRow(probabilities, alignment);
    const classIndex = argmaxRows(row, classCount)[0] ?? 0;
    return { index, classIndex, confidence: row[classIndex] ?? 0 };
  });
  const keepShare = keepShareOf(config, plan.index);
  const selection = selectTargets(candidates, {
    classCount,
    keepShare,
    floor: config.floor,
    duplicatesMax: config.duplicatesMax,
    cap: Infinity,
    classFloors: new Map(
      Object.entries(config.classFloors).map(([classId, floor]) => [run.classIds.indexOf(classId), floor]),
    ),
  });
  const byClass = (values: readonly number[]): Record<string, number> =>
    Object.fromEntries(run.classIds.map((id, index) => [id, must(values, index, 'figure of class')]));
  return {
    rows: selection.targets.map(({ index, classIndex, confidence, copies }) => ({
      imageId: must(open, index, 'candidate').imageId,
      classIndex,
      confidence,
      copies,
    })),
    selection: {
      accepted: selection.targets.length,
      candidates: candidates.length,
      keepShare,
      floor: config.floor,
      alignment,
      prior: byClass(prior),
      teacherIds,
      thresholds: byClass(selection.thresholds),
      predicted: byClass(selection.predicted),
      eligible: byClass(selection.eligible),
      acceptedByClass: byClass(selection.accepted),
      teacherSha256: (await findFinalCheckpoint(context.db, teacher.id))?.sha256 ?? null,
    },
  };
}

/**
 * The mean of the calibrated answers of rounds (an ensemble over rounds, as Laine & Aila 2017 over epochs):
 * for each image that the first round scored, of those rounds that scored it.
 */
export async function listTeacherAnswers(
  db: Db,
  roundIds: readonly string[],
  of: Parameters<typeof listPredictions>[1]['of'],
): Promise<StoredPrediction[]> {
  const [first = [], ...others] = await Promise.all(roundIds.map((roundId) => listPredictions(db, { roundId, of })));
  const answers = others.map((rows) => new Map(rows.map(({ imageId, probabilities }) => [imageId, probabilities])));
  return first.map((row) => {
    const more = answers.map((byImage) => byImage.get(row.imageId)).filter((values) => values !== undefined);
    return { ...row, probabilities: meanRows([row.probabilities, ...more]) };
  });
}

/** The mean of vectors of the same length. */
export const meanRows = (rows: readonly (readonly number[])[]): number[] =>
  (rows[0] ?? []).map((_, classIndex) => rows.reduce((sum, row) => sum + (row[classIndex] ?? 0), 0) / rows.length);
