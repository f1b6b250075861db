import { runTitle } from '#core/book/run-book.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { ModelExportName } from '#core/export/model-export.ts';
import { roundName } from '#core/run/run.ts';
import { sayRound } from '#core/book/said-names.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getProjectRound } from '#db/queries/round/round-read.ts';
import { insertModelExport } from '#db/queries/export/export.ts';
import type { Actor, Services } from '../../context.ts';

/** Asks a trainer for a model file. It is announced by `export:ready`. */
export async function requestModel(
  services: Services,
  actor: Actor,
  input: { projectId: string; roundId: string; format: ModelExportName },
): Promise<{ exportId: string }> {
  const { projectId, roundId, format } = input;
  const round = await getProjectRound(services.db, projectId, roundId);
  if (round.stage !== 'done')
    throw new AppError('NOT_READY', say('refusal.stillMadeExport', { round: sayRound(round) }));
  return services.db.transaction(async (tx) => {
    const { id } = await insertModelExport(tx, { projectId, roundId, format, createdBy: actor.memberId });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId,
      memberId: actor.memberId,
      action: 'export:created',
      subject: `${runTitle({ number: round.runNumber, name: round.runName })}, ${roundName(round).toLowerCase()}`,
      detail: { exportId: id, format },
    });
    return { exportId: id };
  });
}
