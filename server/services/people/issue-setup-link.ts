import { hasOwner, replaceSetupLink } from '#db/queries/people/member.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Services } from '../../context.ts';

/** A fresh one-time token for the first owner; null once there is one. */
export async function issueSetupLink(services: Services): Promise<string | null> {
  if (await hasOwner(services.db)) return null;
  const token = makeToken();
  await replaceSetupLink(services.db, hashToken(token));
  return token;
}
