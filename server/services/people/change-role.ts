import { can, mayRun, ROLES } from '#core/people/access.ts';
import type { Role } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { endExportsOf } from '#db/queries/export/export-job.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { revokeApiTokens } from '#db/queries/people/api-token.ts';
import { revokeInvitationsOf } from '#db/queries/people/invitation.ts';
import { deleteResetsBy } from '#db/queries/people/password-reset.ts';
import { unassignMember } from '#db/queries/labeling/assignment.ts';
import { releaseLeases } from '#db/queries/labeling/lease.ts';
import { countOwnersForUpdate, findMember, markMemberRemoved, setMemberRole } from '#db/queries/people/member.ts';
import type { Actor, Services } from '../../context.ts';

/** Changes a member's role, or removes the member when `role` is null. The last owner stays. */
export async function changeRole(
  services: Services,
  actor: Actor,
  input: { memberId: string; role: Role | null },
): Promise<void> {
  const { organizationId } = actor;
  await services.db.transaction(async (tx) => {
    const owners = await countOwnersForUpdate(tx, organizationId);
    const target = await findMember(tx, { organizationId, memberId: input.memberId });
    if (!target) throw notFound('member');
    if (target.role === 'owner' && input.role !== 'owner' && owners <= 1) {
      throw new AppError('CONFLICT', say('refusal.lastOwner'));
    }
    if (input.role) await setMemberRole(tx, target.memberId, input.role);
    else await markMemberRemoved(tx, target.memberId);
    await endRightsOf(tx, target.memberId, input.role);
    if (!input.role || !can(input.role, 'annotation:submit')) {
      // What they hold or were given would wait for somebody who may not answer any more.
      await releaseLeases(tx, { memberId: target.memberId });
      await unassignMember(tx, { memberId: target.memberId });
    }
    await recordActivity(tx, {
      organizationId,
      memberId: actor.memberId,
      action: input.role ? 'role:changed' : 'member:removed',
      subject: target.name,
      detail: { from: target.role, to: input.role },
    });
    await notify(tx, {
      name: 'member:changed',
      organizationId,
      userId: target.userId,
      memberId: target.memberId,
      removed: input.role === null,
    });
  });
}

/**
 * What somebody set going with a role ends with it: links that the new role could not make, and, of who is removed,
 * every link, API token and export under way. A token does what its member may at each call, so a lower role lowers it.
 */
async function endRightsOf(tx: Db, memberId: string, role: Role | null): Promise<void> {
  await revokeInvitationsOf(
    tx,
    memberId,
    role && can(role, 'member:invite') ? ROLES.filter((given) => mayRun(role, given)) : [],
  );
  await deleteResetsBy(tx, memberId);
  if (role) return;
  await revokeApiTokens(tx, { memberId });
  await endExportsOf(tx, memberId);
}
