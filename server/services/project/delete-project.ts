import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { projectPrefix, runPrefix } from '#core/image/media.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { noteRemovals } from '#db/queries/project/blob-removal.ts';
import { listRunIds } from '#db/queries/project/project.ts';
import { markDeleted } from '#db/queries/project/project-removal.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Deletes a project for everybody; what hangs on it and its stored files follow in the background. @throws AppError
 * BAD_INPUT unless the name is typed exactly
 */
export async function deleteProject(
  services: Services,
  actor: Actor,
  project: { id: string; name: string },
  confirmName: string,
): Promise<void> {
  if (confirmName !== project.name) throw new AppError('BAD_INPUT', say('refusal.exactName'));
  await services.db.transaction(async (tx) => {
    await markDeleted(tx, project.id);
    const runIds = await listRunIds(tx, project.id);
    await noteRemovals(tx, [projectPrefix(project.id), ...runIds.map(runPrefix)]);
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      memberId: actor.memberId,
      action: 'project:deleted',
      subject: project.name,
    });
    await notify(tx, { name: 'project:changed', projectId: project.id });
  });
}
