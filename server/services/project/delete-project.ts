import { AppError } from '#core/errors.ts';
import { projectPrefix, runPrefix } from '#core/media.ts';
import { recordActivity } from '#db/queries/activity.ts';
import { noteRemovals } from '#db/queries/blob-removal.ts';
import { deleteProjectRow, listRunIds } from '#db/queries/project.ts';
import type { Actor, Services } from '../../context.ts';

/** Deletes a project with everything in it; its stored files follow within a minute. @throws AppError BAD_INPUT unless the name is typed exactly */
export async function deleteProject(services: Services, actor: Actor, project: { id: string; name: string }, confirmName: string): Promise<void> {
  if (confirmName !== project.name) throw new AppError('BAD_INPUT', 'Type the exact name of the project to delete it.');
  await services.db.transaction(async (tx) => {
    const runIds = await listRunIds(tx, project.id);
    await noteRemovals(tx, [projectPrefix(project.id), ...runIds.map(runPrefix)]);
    await deleteProjectRow(tx, project.id);
    await recordActivity(tx, { organizationId: actor.organizationId, memberId: actor.memberId, action: 'project:deleted', subject: project.name });
  });
}
