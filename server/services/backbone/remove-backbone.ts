import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { deleteBackbone, findRunWithBackbone, getBackbone } from '#db/queries/run/backbone.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Removes a backbone of the organization and its file. Finished runs keep what they learned.
 * @throws AppError CONFLICT while a run works with it, or for the one that comes with the product
 */
export async function removeBackbone(
  services: Pick<Services, 'db' | 'blobs'>,
  actor: Actor,
  input: { projectId: string; backboneId: string },
): Promise<void> {
  const { id, kind, name } = await getBackbone(services.db, { id: input.backboneId, projectId: input.projectId });
  if (kind === 'built-in') {
    throw new AppError('CONFLICT', say('refusal.comesAlong', { name }));
  }
  const blobKey = await services.db.transaction(async (tx) => {
    const run = await findRunWithBackbone(tx, id);
    if (run !== null) {
      throw new AppError('CONFLICT', say('refusal.backboneInUse', { number: run.number, project: run.project, name }));
    }
    const gone = await deleteBackbone(tx, { id, organizationId: actor.organizationId });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      memberId: actor.memberId,
      action: 'backbone:removed',
      subject: gone.name,
      detail: {},
    });
    return gone.blobKey;
  });
  if (blobKey !== null) await services.blobs.delete(blobKey);
}
