import { mayRun } from '#core/people/access.ts';
import type { Role } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { insertInvitation } from '#db/queries/people/invitation.ts';
import { listSeen } from '#db/queries/people/project-scope.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Actor, Services } from '../../context.ts';
import { listAddresses, placeOf } from '../../net/own-addresses.ts';

const DAY_MS = 86_400_000;

/**
 * Makes an invite link, to every project or to chosen ones, and says by which addresses colleagues reach this server.
 * Its token is shown once, to who made it.
 * @throws AppError FORBIDDEN for a role or projects that are not theirs to give, NOT_FOUND for a project that they do
 *   not see
 */
export async function invite(
  services: Services,
  actor: Actor,
  input: { role: Role; uses: number; days: number; projectIds: readonly string[] | null },
) {
  if (!mayRun(actor.role, input.role)) throw new AppError('FORBIDDEN', say('refusal.leadsInvite'));
  if (input.role === 'owner' && input.projectIds) throw new AppError('BAD_INPUT', say('refusal.inviteOwner'));
  if (!actor.allProjects && !input.projectIds) throw new AppError('FORBIDDEN', say('refusal.chosenSelf'));
  const projectIds = input.projectIds ? [...new Set(input.projectIds)] : 'all';
  const token = makeToken();
  const id = await services.db.transaction(async (tx) => {
    if (projectIds !== 'all') {
      const seen = await listSeen(tx, { memberId: actor.memberId, projectIds });
      if (seen.length < projectIds.length) throw notFound('project');
    }
    const inserted = await insertInvitation(
      tx,
      {
        organizationId: actor.organizationId,
        tokenHash: hashToken(token),
        role: input.role,
        createdBy: actor.memberId,
        usesLeft: input.uses,
        expiresAt: new Date(Date.now() + input.days * DAY_MS),
      },
      projectIds,
    );
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: projectIds !== 'all' && projectIds.length === 1 ? (projectIds[0] ?? null) : null,
      memberId: actor.memberId,
      action: 'invitation:created',
      subject: input.role,
      detail: { uses: input.uses },
    });
    return inserted;
  });
  return { id, path: `/invite/${token}`, addresses: listAddresses(placeOf(services.env)) };
}
