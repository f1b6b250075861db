import type { z } from 'zod';
import type { updateProject as schema } from '#core/schemas/project.ts';
import { notify } from '#db/notify.ts';
import { refreshProjectConsensus } from '#db/queries/consensus.ts';
import { recordActivity } from '#db/queries/activity.ts';
import { orderQueue } from '#db/queries/priority.ts';
import { updateProjectRow } from '#db/queries/project.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor, Services } from '../../context.ts';

type Project = typeof projectTable.$inferSelect;

/**
 * Changes a project at any time. What a new overlap means for work in flight is decided by the claim, which compares the live value;
 * what it means for answers given before is recomputed here.
 */
export async function updateProject(services: Services, actor: Actor, project: Project, input: z.infer<typeof schema>): Promise<void> {
  const { name, description, guidelines, status, settings } = input;
  const rest = { name, description, guidelines, status };
  await services.db.transaction(async (tx) => {
    await updateProjectRow(tx, project.id, { ...rest, ...(settings ? { settings: { ...project.settings, ...settings } } : {}) });
    await recordActivity(tx, {
      organizationId: actor.organizationId, projectId: project.id, memberId: actor.memberId, action: 'project:changed', subject: project.name,
      detail: { fields: Object.keys({ ...input, ...settings }).filter((key) => key !== 'settings' && key !== 'projectId') },
    });
    await notify(tx, { name: 'project:changed', projectId: project.id });
  });
  const asked = ['overlap', 'overlapOnDisagreement'] as const;
  if (asked.some((key) => settings?.[key] !== undefined && settings[key] !== project.settings[key])) {
    await refreshProjectConsensus(services.db, project.id);
  }
  if (settings?.order !== undefined && settings.order !== project.settings.order) await orderQueue(services.db, project.id);
}
