import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { deleteClassRow, isClassUsed, lockClass } from '#db/queries/project/project.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Removes a class that nothing was ever annotated with; the labels of a used one are moved by merging it into another
 * class (CLASS-3), so that no answer is lost.
 */
export async function deleteClass(
  services: Services,
  actor: Actor,
  input: { projectId: string; classId: string },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    await lockClass(tx, input);
    if (await isClassUsed(tx, input)) {
      throw new AppError('CONFLICT', say('refusal.classUsed'));
    }
    if (!(await deleteClassRow(tx, input))) throw notFound('class');
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'class:deleted',
    });
    await notify(tx, { name: 'class:changed', projectId: input.projectId });
  });
}
