import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { parseJson } from '#core/parse-json.ts';
import type { Db } from '#db/client.ts';
import { accountLimit, limitTries } from '../services/people/limit-misses.ts';

const signIn = z.object({ email: z.string().max(200) });

/**
 * Runs better-auth's sign-in as one try for the account that the body names. Its limit by address is better-auth's own
 * (auth.ts).
 * @throws AppError RATE_LIMITED after many wrong passwords, before anything is hashed
 */
export async function countSignIn(
  db: Db,
  body: string,
  res: Pick<ServerResponse, 'statusCode'>,
  work: () => Promise<void>,
): Promise<void> {
  const named = signIn.safeParse(parseJson(body));
  // It names nobody: refused without a look at a password.
  if (!named.success) return work();
  await limitTries(db, accountLimit(named.data.email), async () => {
    await work();
    return res.statusCode !== 401;
  });
}
