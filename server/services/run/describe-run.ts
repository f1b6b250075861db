import { AppError } from '#core/errors.ts';
import { oneLine, refuseToPutAway, runTitle, tidyTags } from '#core/book/run-book.ts';
import { isRunEnded, RUN_STATUSES } from '#core/run/run.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { setArchived, updateRunWords } from '#db/queries/run/run-book.ts';
import { getRun } from '#db/queries/run/run-read.ts';
import type { Actor, Services } from '../../context.ts';

interface Words {
  name?: string | undefined;
  notes?: string | undefined;
  tags?: string[] | undefined;
}

/** Names, describes and tags a run, whatever it does just now; others see it at once. */
export async function describeRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; runId: string } & Words,
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const before = await getRun(tx, input);
    const tags = input.tags && tidyTags(input.tags);
    const name = input.name === undefined ? undefined : oneLine(input.name);
    await updateRunWords(tx, { ...input, name, tags });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'run:described',
      subject: runTitle({ number: before.number, name: name ?? before.name }),
      detail: {
        runId: input.runId,
        ...(name !== undefined && name !== before.name ? { from: before.name || '(no name)' } : {}),
        ...(tags ? { tags: tags.join(', ') } : {}),
      },
    });
    await notify(tx, { name: 'run:described', projectId: input.projectId, runId: input.runId });
  });
}

/** Puts an ended run into the archive or takes it back; figures, files and exports stay as they are. */
export async function archiveRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; runId: string; archived: boolean },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const run = await getRun(tx, input);
    const refusal = input.archived ? refuseToPutAway(run, 'archive') : null;
    if (refusal !== null) throw new AppError('CONFLICT', refusal);
    if (!(await setArchived(tx, { ...input, statuses: RUN_STATUSES.filter(isRunEnded) })))
      throw new AppError('CONFLICT', 'It has gone on meanwhile: an archived run rests.');
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: input.archived ? 'run:archived' : 'run:unarchived',
      subject: runTitle(run),
      detail: { runId: input.runId },
    });
    await notify(tx, { name: 'run:described', projectId: input.projectId, runId: input.runId });
  });
}
