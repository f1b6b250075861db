import type { Decision } from '#core/run/learning.ts';
import { countPoolAudit } from '#db/queries/review/insight.ts';
import { countAgreement, listPairedAnswers } from '#db/queries/round/prediction.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { listPseudoLabels, listRoundLabels } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { classPrior } from '#ml/selection/align.ts';
import { judgeRound as judge } from '#ml/selection/judge.ts';
import type { Audit } from '#ml/selection/judge.ts';
import type { RunContext } from '../hold/context.ts';

export interface RoundVerdict {
  decision: Decision | null;
  reason: string | null;
  /** Share of open pool images on which the round agrees with its teacher; null without a teacher. */
  poolAgreement: number | null;
}

/** Compares a finished round with its teacher on the same validation images, and looks at what it learned from. */
export async function judgeRound(context: RunContext, round: RoundState, teacher: RoundState): Promise<RoundVerdict> {
  const { db, run } = context;
  const classCount = run.classIds.length;
  const both = { roundId: round.id, otherRoundId: teacher.id };
  const paired = await listPairedAnswers(db, { ...both, classIds: run.classIds });
  const pseudo = await listPseudoLabels(db, round.id);
  const labels = await listRoundLabels(db, round.id);
  const names = new Map((await listClasses(db, run.projectId)).map(({ id, name }) => [id, name]));
  const verdict = judge({
    classNames: run.classIds.map((id) => names.get(id) ?? id),
    truth: paired.map(({ truth }) => truth),
    teacher: paired.map(({ other }) => other),
    student: paired.map(({ classIndex }) => classIndex),
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
    decision: verdict.decision,
    reason: verdict.reason,
    poolAgreement: open === 0 ? null : agreed / open,
  };
}

/** How often people agreed with a round's answers on a uniform draw; null when nobody was asked. */
async function readAudit(context: RunContext, roundId: string | null): Promise<Audit | null> {
  if (!roundId) return null;
  const audit = await countPoolAudit(context.db, roundId);
  return audit.total === 0 ? null : audit;
}
