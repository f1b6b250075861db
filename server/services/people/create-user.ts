import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
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
  if (userId === null) throw new AppError('CONFLICT', say('error.addressTaken'));
  return userId;
}
