import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
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
  const refuseUsed = async (db: Db): Promise<void> => {
    if (await isClassUsed(db, input)) throw new AppError('CONFLICT', say('refusal.classUsed'));
  };
  // Looked for once before the lock: nobody's answer waits for a deletion that is refused.
  await refuseUsed(services.db);
  await services.db.transaction(async (tx) => {
    await lockClass(tx, input);
    await refuseUsed(tx);
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
