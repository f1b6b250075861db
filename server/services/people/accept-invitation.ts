import { AppError } from '#core/errors.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { findInvitation, findMembership, upsertMember, takeInvitation } from '#db/queries/people/member.ts';
import { hashToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';
import { createUser } from './create-user.ts';

const REFUSED = 'This invite link is not valid any more. Ask the person who sent it for a new one.';

/** Joins the invitation's organization with exactly its role, as the signed-in user or as a new person. */
export async function acceptInvitation(
  services: Services,
  signedInUserId: string | null,
  input: { token: string; person: { name: string; email: string; password: string } | null },
): Promise<{ organizationId: string }> {
  const tokenHash = hashToken(input.token);
  const invitation = await findInvitation(services.db, tokenHash);
  if (!invitation) throw new AppError('NOT_FOUND', REFUSED);
  if (
    signedInUserId &&
    (await findMembership(services.db, { organizationId: invitation.organizationId, userId: signedInUserId }))
  ) {
    throw new AppError('CONFLICT', 'You are in this organization already.');
  }
  if (!signedInUserId && !input.person)
    throw new AppError('BAD_INPUT', 'Give your name, e-mail address and a password.');
  // Hashing takes its time: before the transaction, which holds a connection.
  const passwordHash =
    input.person && !signedInUserId ? await (await services.auth.$context).password.hash(input.person.password) : '';
  return services.db.transaction(async (tx) => {
    const used = await takeInvitation(tx, tokenHash);
    if (!used) throw new AppError('NOT_FOUND', REFUSED);
    const userId = signedInUserId ?? (input.person ? await createUser(tx, { ...input.person, passwordHash }) : '');
    const memberId = await upsertMember(tx, { ...used, userId });
    await recordActivity(tx, {
      organizationId: used.organizationId,
      memberId,
      action: 'member:joined',
      subject: used.role,
    });
    await notify(tx, { name: 'member:changed', organizationId: used.organizationId, userId, memberId, removed: false });
    return { organizationId: used.organizationId };
  });
}
