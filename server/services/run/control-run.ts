import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getRun } from '#db/queries/run/run-read.ts';
import { commandRun, lockSweep } from '#db/queries/run/run-write.ts';
import type { RunStatus } from '#core/run/run.ts';
import type { Actor, Services } from '../../context.ts';

export const LEAD_COMMANDS = ['cancel', 'pause', 'resume', 'go-on'] as const;
type LeadCommand = (typeof LEAD_COMMANDS)[number];

const PAST = { cancel: 'run:cancelled', pause: 'run:paused', resume: 'run:resumed', 'go-on': 'run:went-on' } as const;

/**
 * Carries out a lead's command on a run. The database decides whether the run's status allows it, so two leads cannot
 * both succeed.
 */
export async function controlRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; runId: string; command: LeadCommand },
): Promise<{ status: RunStatus }> {
  return services.db.transaction((tx) => carryOut(tx, actor, input));
}

/** Cancels what has not ended of a sweep; those that wait first, so that no trainer takes the next. */
export async function stopSweep(
  services: Services,
  actor: Actor,
  { projectId, sweepId }: { projectId: string; sweepId: string },
): Promise<{ cancelled: number }> {
  return services.db.transaction(async (tx) => {
    const runs = await lockSweep(tx, { projectId, sweepId, command: 'cancel' });
    for (const { id } of runs) await carryOut(tx, actor, { projectId, runId: id, command: 'cancel' });
    return { cancelled: runs.length };
  });
}

async function carryOut(
  tx: Db,
  actor: Actor,
  input: { projectId: string; runId: string; command: LeadCommand },
): Promise<{ status: RunStatus }> {
  const { number, status: before } = await getRun(tx, input);
  const status = await commandRun(tx, input);
  if (!status) throw new AppError('CONFLICT', say(`refusal.command.${input.command}`, { number, status: before }));
  await recordActivity(tx, {
    organizationId: actor.organizationId,
    projectId: input.projectId,
    memberId: actor.memberId,
    action: PAST[input.command],
    subject: `Run ${number}`,
    detail: { runId: input.runId },
  });
  await notify(tx, { name: 'run:changed', projectId: input.projectId, runId: input.runId, status });
  return { status };
}
