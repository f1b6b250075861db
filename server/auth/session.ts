import type { IncomingHttpHeaders } from 'node:http';
import { findActiveApiToken } from '#db/queries/api-token.ts';
import type { Services } from '../context.ts';
import { hashToken } from './token.ts';

export interface SignedIn {
  userId: string;
  name: string;
  email: string;
  /** Present when an API token was used: it acts as this one member. */
  memberId: string | null;
}

/** Reads the session cookie, or an API token in `Authorization: Bearer`. Null for a stranger. */
export async function findSignedIn(services: Services, headers: IncomingHttpHeaders): Promise<SignedIn | null> {
  const bearer = /^Bearer (pupil_[\w-]{20,})$/.exec(headers.authorization ?? '')?.[1];
  if (bearer) {
    const token = await findActiveApiToken(services.db, hashToken(bearer));
    return token ? { userId: token.userId, name: token.name, email: token.email, memberId: token.memberId } : null;
  }
  if (!headers.cookie) return null;
  const found = await services.auth.api.getSession({ headers: new Headers({ cookie: headers.cookie }) });
  return found ? { userId: found.user.id, name: found.user.name, email: found.user.email, memberId: null } : null;
}
