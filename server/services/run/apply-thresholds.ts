import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getRun } from '#db/queries/run/run-read.ts';
import { setClassFloors } from '#db/queries/run/run-write.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Sets the per-class floors that the next round selects by. Rounds already frozen keep the thresholds they were made
 * with.
 */
export async function applyThresholds(
  services: Services,
  actor: Actor,
  input: { projectId: string; runId: string; classFloors: Record<string, number> },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const run = await getRun(tx, input);
    if (Object.keys(input.classFloors).some((id) => !run.classIds.includes(id)))
      throw new AppError('BAD_INPUT', say('refusal.unknownClass'));
    const config = await setClassFloors(tx, input);
    if (!config) throw new AppError('CONFLICT', say('refusal.runEnded', { number: run.number }));
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'run:thresholds-set',
      subject: `Run ${run.number}`,
      detail: { runId: run.id, classFloors: input.classFloors },
    });
    await notify(tx, { name: 'run:changed', projectId: input.projectId, runId: run.id, status: run.status });
  });
}
