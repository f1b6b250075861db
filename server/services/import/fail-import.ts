import { recordActivity } from '#db/queries/people/activity.ts';
import { getImport } from '#db/queries/image/image.ts';
import { failImport as fail } from '#db/queries/image/import.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Gives up an import that its sender cannot go on with: nothing more is taken into it, and what it took stays. One that
 * has ended is left as it is.
 */
export async function failImport(
  services: Services,
  actor: Actor,
  input: { projectId: string; importId: string; message: string },
) {
  return services.db.transaction(async (tx) => {
    const row = await getImport(tx, input.projectId, input.importId);
    if (await fail(tx, input)) {
      await recordActivity(tx, {
        organizationId: actor.organizationId,
        projectId: input.projectId,
        memberId: actor.memberId,
        action: 'import:failed',
        subject: row.name,
        detail: { imported: row.imported, duplicates: row.duplicates, failed: row.failed, reason: input.message },
      });
    }
    return getImport(tx, input.projectId, input.importId);
  });
}
