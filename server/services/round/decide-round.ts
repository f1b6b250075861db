import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { roundName } from '#core/run/run.ts';
import { sayRound } from '#core/book/said-names.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { decideRound as write } from '#db/queries/run/run-write.ts';
import type { Actor, Services } from '../../context.ts';

/** A lead overrules the judge. The teacher of later rounds is the newest round that stands accepted. */
export async function decideRound(
  services: Services,
  actor: Actor,
  input: { projectId: string; roundId: string; verdict: 'accept' | 'roll-back' },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const round = await getRound(tx, input);
    if (round.role === 'control') throw new AppError('BAD_INPUT', say('refusal.controlArm'));
    if (round.role === 'teacher') throw new AppError('BAD_INPUT', say('refusal.teacherStays'));
    const name = `${roundName(round)} of run ${round.run.number}`;
    const written = await write(tx, {
      roundId: round.id,
      verdict: input.verdict,
      memberId: actor.memberId,
      reason: say(`learning.decided.${input.verdict}`, { name: actor.name }),
    });
    if (!written)
      throw new AppError(
        'NOT_READY',
        say('refusal.undecided', { round: sayRound(round), run: round.run.number, stage: round.stage }),
      );
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: input.verdict === 'accept' ? 'round:accepted' : 'round:rolled-back',
      subject: name,
      detail: { roundId: round.id, runId: round.runId },
    });
    await notify(tx, { name: 'round:ended', projectId: input.projectId, runId: round.runId, roundId: round.id });
  });
}
