import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getImport, setImport } from '#db/queries/image/image.ts';
import type { Actor, Services } from '../../context.ts';

/** Closes an import: nothing more is taken into it. */
export async function endImport(
  services: Pick<Services, 'db'>,
  actor: Pick<Actor, 'memberId' | 'organizationId'>,
  input: { projectId: string; importId: string },
) {
  const row = await getImport(services.db, input.projectId, input.importId);
  if (row.status !== 'running') return row;
  return services.db.transaction(async (tx) => {
    await setImport(tx, row.id, {
      status: 'ended',
      endedAt: new Date(),
      total: row.imported + row.duplicates + row.failed,
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'import:ended',
      subject: row.name,
      detail: { imported: row.imported, duplicates: row.duplicates, failed: row.failed, labeled: row.labeled },
    });
    await notify(tx, { name: 'import:ended', projectId: input.projectId, importId: row.id });
    return getImport(tx, input.projectId, row.id);
  });
}
