import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { listMemberships } from '#db/queries/people/member.ts';
import { findReset, takeReset } from '#db/queries/people/password-reset.ts';
import { deleteSessions, setPasswordHash } from '#db/queries/people/user.ts';
import { hashPassword } from '../../auth/password.ts';
import { hashToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';

const REFUSED = say('error.resetEnded');

/** Gives the person of a one-time link a new password and ends every session of theirs; API tokens stay. */
export async function resetPassword(
  services: Services,
  input: { token: string; password: string },
): Promise<{ email: string }> {
  const tokenHash = hashToken(input.token);
  const person = await findReset(services.db, tokenHash);
  if (!person) throw new AppError('NOT_FOUND', REFUSED);
  const passwordHash = await hashPassword(input.password);
  await services.db.transaction(async (tx) => {
    const taken = await takeReset(tx, tokenHash);
    if (!taken) throw new AppError('NOT_FOUND', REFUSED);
    const { userId } = taken;
    await setPasswordHash(tx, { userId, passwordHash });
    await deleteSessions(tx, { userId });
    for (const { organizationId, memberId } of await listMemberships(tx, userId))
      await recordActivity(tx, { organizationId, memberId, action: 'password:reset', subject: person.name });
  });
  services.sessions?.clear();
  return { email: person.email };
}
