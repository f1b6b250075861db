import type { Role } from '#core/people/access.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { insertInvitation } from '#db/queries/people/member.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Actor, Services } from '../../context.ts';
import { listAddresses, placeOf } from '../../net/own-addresses.ts';

const DAY_MS = 86_400_000;

/**
 * Makes an invite link, and says by which addresses colleagues reach this server. Its token is shown once, to the owner
 * who made it.
 */
export async function invite(services: Services, actor: Actor, input: { role: Role; uses: number; days: number }) {
  const token = makeToken();
  const id = await services.db.transaction(async (tx) => {
    const inserted = await insertInvitation(tx, {
      organizationId: actor.organizationId,
      tokenHash: hashToken(token),
      role: input.role,
      createdBy: actor.memberId,
      usesLeft: input.uses,
      expiresAt: new Date(Date.now() + input.days * DAY_MS),
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      memberId: actor.memberId,
      action: 'invitation:created',
      subject: input.role,
      detail: { uses: input.uses },
    });
    return inserted;
  });
  return { id, path: `/invite/${token}`, addresses: listAddresses(placeOf(services.env)) };
}
