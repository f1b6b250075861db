import { AppError } from '#core/errors.ts';
import type { Db } from '#db/client.ts';
import { insertUser } from '#db/queries/people/user.ts';

/**
 * Makes a user who can sign in with e-mail and password, inside the caller's transaction: no account stays of an
 * invitation that failed.
 */
export async function createUser(
  tx: Db,
  input: { name: string; email: string; passwordHash: string },
): Promise<string> {
  const userId = await insertUser(tx, input);
  if (userId === null)
    throw new AppError(
      'CONFLICT',
      'There is an account with this e-mail address already. Sign in with it, then open the link again.',
    );
  return userId;
}
