import type { z } from 'zod';
import type { updateProject as schema } from '#core/schemas/project.ts';
import { changeTranslations } from '#core/text/translations.ts';
import { notify } from '#db/notify.ts';
import { refreshProjectConsensus } from '#db/queries/labeling/consensus.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { orderQueue } from '#db/queries/labeling/priority.ts';
import { lockProject, updateProjectRow } from '#db/queries/project/project.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor, Services } from '../../context.ts';

type Project = typeof projectTable.$inferSelect;

/**
 * Changes a project at any time. What a new overlap means for work in flight is decided by the claim, which compares
 * the live value; what it means for answers given before is recomputed here.
 */
export async function updateProject(
  services: Services,
  actor: Actor,
  { id }: Pick<Project, 'id'>,
  input: z.infer<typeof schema>,
): Promise<void> {
  const { name, description, guidelines, guidelinesIn, status, settings } = input;
  const rest = { name, description, guidelines, status };
  const project = await services.db.transaction(async (tx) => {
    // As it stands now: what another lead changed a moment ago must not be set back.
    const before = await lockProject(tx, id);
    await updateProjectRow(tx, id, {
      ...rest,
      ...(guidelinesIn ? { guidelinesIn: changeTranslations(before.guidelinesIn, guidelinesIn) } : {}),
      ...(settings ? { settings: { ...before.settings, ...settings } } : {}),
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: id,
      memberId: actor.memberId,
      action: 'project:changed',
      subject: before.name,
      detail: {
        fields: Object.keys({ ...input, ...settings }).filter((key) => key !== 'settings' && key !== 'projectId'),
      },
    });
    await notify(tx, { name: 'project:changed', projectId: id });
    return before;
  });
  const asked = ['overlap', 'overlapOnDisagreement'] as const;
  if (asked.some((key) => settings?.[key] !== undefined && settings[key] !== project.settings[key])) {
    await refreshProjectConsensus(services.db, id);
  }
  if (settings?.order !== undefined && settings.order !== project.settings.order) await orderQueue(services.db, id);
}
