import { notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { deletePause, insertPause } from '#db/queries/labeling/pause.ts';
import { releaseLeases } from '#db/queries/labeling/lease.ts';
import { findProjectMember } from '#db/queries/people/member.ts';
import type { Actor, Services } from '../../context.ts';

/** A lead pauses a member in a project, or lets them go on. What they held goes back to the queue. */
export async function pauseMember(
  services: Pick<Services, 'db'>,
  actor: Actor,
  projectId: string,
  input: { memberId: string; paused: boolean; reason: string },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const target = await findProjectMember(tx, { projectId, memberId: input.memberId });
    if (!target) throw notFound('member');
    const who = { projectId, memberId: target.memberId };
    if (input.paused) {
      await insertPause(tx, {
        ...who,
        why: input.reason
          ? say('error.pausedFor', { name: actor.name, reason: input.reason })
          : say('error.pausedBy', { name: actor.name }),
      });
      await releaseLeases(tx, who);
    } else await deletePause(tx, who);
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId,
      memberId: actor.memberId,
      action: input.paused ? 'member:paused' : 'member:resumed',
      subject: target.name,
    });
    await notify(tx, { name: 'project:changed', projectId });
  });
}
