import type { Verdict } from '#core/run/learning.ts';
import { countPoolAudit } from '#db/queries/review/insight.ts';
import { argmaxRows } from '#core/math/probabilities.ts';
import type { Standings } from '#core/round/verdict.ts';
import { countAgreement, listPredictions } from '#db/queries/round/prediction.ts';
import { listEveryClass } from '#db/queries/project/merge-class.ts';
import { listPseudoLabels, listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import type { Said } from '#core/text/said.ts';
import { classPrior } from '#ml/selection/align.ts';
import { judgeRound as judge } from '#ml/selection/judge.ts';
import type { Audit, JudgeInput } from '#ml/selection/judge.ts';
import { listTeacherAnswers } from './choose-targets.ts';
import type { RunContext } from '../hold/context.ts';

export interface RoundVerdict {
  verdict: Verdict | null;
  reason: Said | null;
  standings: Standings | null;
  /** Share of open pool images on which the round agrees with its teacher; null without a teacher. */
  poolAgreement: number | null;
}

/**
 * Compares a finished round with those that taught it and with its control arm, on the same validation images, and
 * looks at what it learned from. Several teachers are one: their averaged answers, as the round had them.
 */
export async function judgeRound(
  context: RunContext,
  round: RoundState,
  { teacher, control }: { teacher: RoundState; control: RoundState | null },
): Promise<RoundVerdict> {
  const { db, run } = context;
  const classCount = run.classIds.length;
  const both = { roundId: round.id, otherRoundId: teacher.id };
  const paired = await pairAnswers(context, round, { teacher, control });
  const pseudo = await listPseudoLabels(db, round.id);
  const labels = await listRoundLabels(db, round.id);
  const names = new Map((await listEveryClass(db, run.projectId)).map(({ id, name }) => [id, name]));
  const judged = judge({
    classNames: run.classIds.map((id) => names.get(id) ?? id),
    ...paired,
    pseudo:
      pseudo.length === 0
        ? null
        : {
            counts: run.classIds.map((_, index) =>
              pseudo.reduce((sum, row) => sum + (row.classIndex === index ? row.copies : 0), 0),
            ),
            prior: classPrior(
              labels.map(({ classId }) => run.classIds.indexOf(classId)),
              classCount,
            ),
          },
    auditBefore: await readAudit(context, teacher.teacherRoundId),
    auditNow: await readAudit(context, teacher.id),
    // Training stops by itself when the loss is not a number.
    lossIsFinite: true,
  });
  const { open, agreed } = await countAgreement(db, both);
  return {
    verdict: judged.verdict,
    reason: judged.reason,
    standings: judged.standings,
    poolAgreement: open === 0 ? null : agreed / open,
  };
}

/** Answered validation images that all of them scored, with each one's class, in the order of the images' content. */
async function pairAnswers(
  { db, run }: RunContext,
  round: RoundState,
  { teacher, control }: { teacher: RoundState; control: RoundState | null },
): Promise<Pick<JudgeInput, 'truth' | 'student' | 'teacher' | 'control'>> {
  const of = { split: 'validation' } as const;
  const taught = round.selection?.['teacherIds'];
  const team = Array.isArray(taught) && taught.length > 0 ? (taught as string[]) : [teacher.id];
  const [own, theirs, alone] = await Promise.all([
    listPredictions(db, { roundId: round.id, of }),
    listTeacherAnswers(db, team, of),
    control ? listPredictions(db, { roundId: control.id, of }) : null,
  ]);
  const answers = new Map(
    theirs.map(({ imageId, probabilities }) => [imageId, argmaxRows(probabilities, run.classIds.length)[0] ?? 0]),
  );
  const controls = alone && new Map(alone.map(({ imageId, classIndex }) => [imageId, classIndex]));
  const rows = own.flatMap(({ imageId, classIndex, humanClassId }) => {
    const truth = run.classIds.indexOf(humanClassId ?? '');
    const theirClass = answers.get(imageId);
    const alone = controls ? controls.get(imageId) : -1;
    return truth < 0 || theirClass === undefined || alone === undefined
      ? []
      : [{ truth, classIndex, theirClass, alone }];
  });
  return {
    truth: rows.map((row) => row.truth),
    student: rows.map((row) => row.classIndex),
    teacher: rows.map((row) => row.theirClass),
    control: controls && rows.map((row) => row.alone),
  };
}

/** How often people agreed with a round's answers on a uniform draw; null when nobody was asked. */
async function readAudit(context: RunContext, roundId: string | null): Promise<Audit | null> {
  if (!roundId) return null;
  const audit = await countPoolAudit(context.db, roundId);
  return audit.total === 0 ? null : audit;
}
