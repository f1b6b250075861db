import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { changeTags, oneLine, refuseToPutAway, runTitle, TAGS_MOST } from '#core/book/run-book.ts';
import { isRunEnded, RUN_STATUSES } from '#core/run/run.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { lockRunWords, setArchived, updateRunWords } from '#db/queries/run/run-book.ts';
import { getRun } from '#db/queries/run/run-read.ts';
import type { Actor, Services } from '../../context.ts';

interface Words {
  name?: string | undefined;
  notes?: { text: string; from: string } | undefined;
  addTags?: string[] | undefined;
  removeTags?: string[] | undefined;
}

/**
 * Names, describes and tags a run, whatever it does just now; others see it at once. Two who tag it at once keep both
 * tags; notes that another has written meanwhile are not written over.
 */
export async function describeRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; runId: string } & Words,
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const held = await lockRunWords(tx, input);
    const before = await getRun(tx, input);
    const { notes, addTags: add, removeTags: remove } = input;
    if (notes && held && held.notes !== notes.from && held.notes !== notes.text)
      throw new AppError('CONFLICT', say('refusal.notesChanged'));
    const tags = add || remove ? changeTags(held?.tags ?? [], { add, remove }) : undefined;
    if (tags && tags.length > TAGS_MOST) throw new AppError('BAD_INPUT', say('refusal.manyTags', { count: TAGS_MOST }));
    const name = input.name === undefined ? undefined : oneLine(input.name);
    await updateRunWords(tx, { ...input, name, notes: notes?.text, tags });
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
      throw new AppError('CONFLICT', say('refusal.goneOn'));
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
