import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { deleteOtherSessions, findPasswordHash, setPasswordHash } from '#db/queries/people/user.ts';
import { hashPassword, verifyPassword } from '../../auth/password.ts';
import type { SignedIn } from '../../auth/session-cache.ts';
import type { Services } from '../../context.ts';
import { limitTries } from './limit-misses.ts';

/**
 * Wrong current passwords that one person may give in a minute: whoever sits down at an open browser shall not find it
 * out.
 */
export const WRONG_PASSWORDS_A_MINUTE = 5;

/**
 * Gives a person a new password and ends all their other sessions in one transaction; API tokens stay.
 * @throws AppError FORBIDDEN where the current password is not right, BAD_INPUT where the new one is the same,
 *   RATE_LIMITED after many wrong tries
 */
export async function changePassword(
  services: Services,
  signedIn: Pick<SignedIn, 'userId' | 'accessId'>,
  input: { current: string; next: string },
): Promise<void> {
  const { db } = services;
  const { userId, accessId } = signedIn;
  const limit = {
    key: `password|${userId}`,
    most: WRONG_PASSWORDS_A_MINUTE,
    refusal: say('error.wrongPasswords'),
  };
  await limitTries(db, limit, async () => {
    const hash = await findPasswordHash(db, userId);
    if (hash === null || !(await verifyPassword({ hash, password: input.current }))) {
      throw new AppError('FORBIDDEN', say('error.notCurrentPassword'));
    }
    return true;
  });
  if (input.next === input.current) throw new AppError('BAD_INPUT', say('error.samePassword'));
  const passwordHash = await hashPassword(input.next);
  await db.transaction(async (tx) => {
    await setPasswordHash(tx, { userId, passwordHash });
    await deleteOtherSessions(tx, { userId, keptId: accessId });
  });
  services.sessions?.clear();
}
