import { runTitle } from '#core/book/run-book.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { roundName } from '#core/run/run.ts';
import { stepBack } from '#core/serving/serving.ts';
import type { ServingChoice } from '#core/serving/serving.ts';
import { sayRoundOf } from '#core/book/said-names.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { lockProjectParts } from '#db/queries/project/project.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { insertServingChoice, listServingChoices, requestServingFile } from '#db/queries/serving/serving.ts';
import type { Actor, Services } from '../../context.ts';

/** What the choice of the best model is called. */
export const BEST_TITLE = 'The model that stands best';

/**
 * Lets a round predict from now on; null: whichever stands best. @throws AppError BAD_INPUT for a control arm,
 * NOT_READY for a round that is not done
 */
export async function promoteRound(
  services: Services,
  actor: Actor,
  { projectId, roundId }: { projectId: string; roundId: string | null },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    await lockProjectParts(tx, projectId);
    const title = roundId === null ? '' : await nameRound(tx, { projectId, roundId });
    await write(tx, actor, { projectId, kind: 'promote', roundId, restoresId: null, title });
  });
  services.models.forget(projectId);
}

/** Lets predict what did before the newest choice. @throws AppError CONFLICT where nothing was chosen before */
export async function rollBackServing(services: Services, actor: Actor, projectId: string): Promise<void> {
  await services.db.transaction(async (tx) => {
    await lockProjectParts(tx, projectId);
    const history = await listServingChoices(tx, projectId);
    const back = stepBack(history);
    if (!back) throw new AppError('CONFLICT', say('refusal.noRollBack'));
    const title = history.find(({ id }) => id === back.restoresId)?.title ?? '';
    await write(tx, actor, { projectId, kind: 'roll-back', ...back, title });
  });
  services.models.forget(projectId);
}

async function nameRound(tx: Db, place: { projectId: string; roundId: string }): Promise<string> {
  const round = await getRound(tx, place);
  const title = `${runTitle(round.run)}, ${roundName(round)}`;
  if (round.role === 'control') throw new AppError('BAD_INPUT', say('refusal.controlServes'));
  if (round.stage !== 'done')
    throw new AppError('NOT_READY', say('refusal.stillMadePromote', { model: sayRoundOf(round.run, round) }));
  return title;
}

async function write(
  tx: Db,
  actor: Actor,
  choice: Omit<ServingChoice, 'id'> & { projectId: string; title: string },
): Promise<void> {
  const { projectId, roundId, title } = choice;
  await insertServingChoice(tx, { ...choice, memberId: actor.memberId });
  if (roundId !== null) await requestServingFile(tx, { projectId, roundId });
  await recordActivity(tx, {
    organizationId: actor.organizationId,
    projectId,
    memberId: actor.memberId,
    action: choice.kind === 'promote' ? 'model:promoted' : 'model:rolled-back',
    subject: title === '' ? BEST_TITLE : title,
    detail: roundId === null ? {} : { roundId },
  });
  await notify(tx, { name: 'serving:changed', projectId, roundId });
}
