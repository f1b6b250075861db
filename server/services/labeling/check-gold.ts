import type { Announced } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { insertPause } from '#db/queries/labeling/pause.ts';
import { listGoldAnswers } from '#db/queries/labeling/gold.ts';
import { releaseLeases } from '#db/queries/labeling/lease.ts';
import { getProject } from '#db/queries/project/project.ts';
import { GOLD_WINDOW, isGoldFailed } from '#core/labeling/labeling.ts';
import { say } from '#core/text/said.ts';
import type { Actor } from '../../context.ts';

/** After an answer on a gold item: pauses the member when too many of the newest ones are wrong. */
export async function checkGold({ tx, announce }: Announced, actor: Actor, projectId: string): Promise<void> {
  const { settings } = await getProject(tx, projectId);
  const answers = await listGoldAnswers(tx, { projectId, memberId: actor.memberId, limit: GOLD_WINDOW });
  const right = answers.filter((answer) => answer.right).length;
  if (!isGoldFailed({ right, answers: answers.length }, settings.goldPauseBelow)) return;
  const why = say('error.pausedGold', { right, count: answers.length });
  if (!(await insertPause(tx, { projectId, memberId: actor.memberId, why }))) return;
  await releaseLeases(tx, { projectId, memberId: actor.memberId });
  await recordActivity(tx, {
    organizationId: actor.organizationId,
    projectId,
    memberId: actor.memberId,
    action: 'member:paused',
    subject: actor.name,
    detail: { by: 'gold', right, answers: answers.length },
  });
  announce([{ name: 'project:changed', projectId }]);
}
