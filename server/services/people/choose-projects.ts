import { mayRun } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { unassignMember } from '#db/queries/labeling/assignment.ts';
import { releaseLeases } from '#db/queries/labeling/lease.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { findMember } from '#db/queries/people/member.ts';
import { listChosen, listSeen, listUnseen, setProjects } from '#db/queries/people/project-scope.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Lets a member see every project (null) or chosen ones. What they held elsewhere goes back, and pages and sockets of
 * theirs there end. Who sees chosen projects themselves decides about these only.
 */
export async function chooseProjects(
  services: Pick<Services, 'db'>,
  actor: Actor,
  input: { memberId: string; projectIds: readonly string[] | null },
): Promise<void> {
  const { organizationId } = actor;
  await services.db.transaction(async (tx) => {
    const target = await findMember(tx, { organizationId, memberId: input.memberId });
    if (!target) throw notFound('member');
    if (!mayRun(actor.role, target.role)) throw new AppError('FORBIDDEN', say('refusal.leadsChoose'));
    if (target.role === 'owner' && input.projectIds) throw new AppError('BAD_INPUT', say('refusal.ownerSeesAll'));
    const projectIds = await choiceOf(tx, actor, target, input.projectIds);
    await setProjects(tx, { memberId: target.memberId, projectIds });
    for (const projectId of await listUnseen(tx, target.memberId)) {
      await releaseLeases(tx, { memberId: target.memberId, projectId });
      await unassignMember(tx, { memberId: target.memberId, projectId });
    }
    await recordActivity(tx, {
      organizationId,
      memberId: actor.memberId,
      action: 'member:projects-chosen',
      subject: target.name,
      detail: { projects: projectIds === 'all' ? 'all' : projectIds.length },
    });
    await notify(tx, {
      name: 'member:changed',
      organizationId,
      userId: target.userId,
      memberId: target.memberId,
      removed: false,
    });
  });
}

/** What the member will see; projects that the actor does not see stay as they are. */
async function choiceOf(
  tx: Db,
  actor: Actor,
  target: { memberId: string; allProjects: boolean },
  wanted: readonly string[] | null,
): Promise<readonly string[] | 'all'> {
  if (!actor.allProjects && (target.allProjects || !wanted)) throw new AppError('FORBIDDEN', say('refusal.whoSeesAll'));
  if (!wanted) return 'all';
  const asked = [...new Set(wanted)];
  const seen = await listSeen(tx, { memberId: actor.memberId, projectIds: asked });
  if (seen.length < asked.length) throw notFound('project');
  if (actor.allProjects) return asked;
  const chosen = await listChosen(tx, target.memberId);
  const mine = new Set(await listSeen(tx, { memberId: actor.memberId, projectIds: chosen }));
  return [...chosen.filter((id) => !mine.has(id)), ...asked];
}
