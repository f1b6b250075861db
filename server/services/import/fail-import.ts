import { toStorable } from '#core/text.ts';
import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
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
  { projectId, importId, ...reason }: { projectId: string; importId: string; message: string; said?: Said | undefined },
) {
  const message = toStorable(reason.said ? inEnglish(reason.said) : reason.message);
  return services.db.transaction(async (tx) => {
    const row = await getImport(tx, projectId, importId);
    if (await fail(tx, { importId, message, said: reason.said })) {
      await recordActivity(tx, {
        organizationId: actor.organizationId,
        projectId,
        memberId: actor.memberId,
        action: 'import:failed',
        subject: row.name,
        detail: { imported: row.imported, duplicates: row.duplicates, failed: row.failed, reason: message },
      });
    }
    return getImport(tx, projectId, importId);
  });
}
