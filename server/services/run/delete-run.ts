import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { nameToType, refuseToPutAway, runTitle } from '#core/book/run-book.ts';
import { isRunEnded, RUN_STATUSES } from '#core/run/run.ts';
import { sayRun } from '#core/book/said-names.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { orderQueue } from '#db/queries/labeling/priority.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { lockProjectParts } from '#db/queries/project/project.ts';
import { findBestRound } from '#db/queries/round/map-round.ts';
import { countHangingOn, deleteRunRows } from '#db/queries/run/run-book.ts';
import { findServingRound } from '#db/queries/serving/serving.ts';
import { getRun, listRounds } from '#db/queries/run/run-read.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * What would go with a run, whether its model speaks for the project or predicts for whoever asks, and why it cannot be
 * deleted.
 */
export async function previewDeletion(db: Db, input: { projectId: string; runId: string }) {
  const run = await getRun(db, input);
  const [goes, rounds, best, serving] = await Promise.all([
    countHangingOn(db, run.id),
    listRounds(db, { runId: run.id }),
    findBestRound(db, input),
    findServingRound(db, input.projectId),
  ]);
  const speaks = rounds.some(({ id }) => id === best?.id);
  const serves = rounds.some(({ id }) => id === serving?.roundId);
  const confirmName = speaks || serves ? nameToType(run) : null;
  return { goes, speaks, serves, confirmName, refusal: refuseToPutAway(run, 'delete') };
}

/**
 * Deletes an ended run with rounds, checkpoints, exports, predictions, pseudo-labels and what it asked. What people
 * answered stays. @throws AppError CONFLICT while it has not ended; BAD_INPUT where its model stands best or predicts
 * and its name was not typed
 */
export async function deleteRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; runId: string; confirmName?: string | null | undefined },
): Promise<void> {
  const speaks = await services.db.transaction(async (tx) => {
    // Whether it predicts is asked once nobody can promote it any more. It may take long: people go on labeling.
    await lockProjectParts(tx, input.projectId);
    const run = await getRun(tx, input);
    const { goes, speaks, confirmName, refusal } = await previewDeletion(tx, input);
    if (refusal !== null) throw new AppError('CONFLICT', refusal);
    if (confirmName !== null && input.confirmName?.trim() !== confirmName)
      throw new AppError(
        'BAD_INPUT',
        say(speaks ? 'refusal.modelStands' : 'refusal.modelPredicts', { run: sayRun(run), name: confirmName }),
      );
    const deleted = await deleteRunRows(tx, { ...input, statuses: RUN_STATUSES.filter(isRunEnded) });
    if (!deleted) throw new AppError('CONFLICT', say('refusal.resumed', { run: sayRun(run) }));
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'run:deleted',
      subject: runTitle(run),
      detail: { ...goes },
    });
    await notify(tx, { name: 'run:deleted', projectId: input.projectId, runId: input.runId });
    return speaks;
  });
  services.models.forget(input.projectId);
  // Another model speaks now, or none does: what people label next is ordered by it.
  if (speaks) await orderQueue(services.db, input.projectId);
}
