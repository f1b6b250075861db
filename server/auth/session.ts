import type { IncomingHttpHeaders } from 'node:http';
import { findActiveApiToken } from '#db/queries/people/api-token.ts';
import type { SignedIn } from './session-cache.ts';
import type { Services } from '../context.ts';
import { hashToken } from './token.ts';

/** Reads the session cookie, or an API token in `Authorization: Bearer`. Null for a stranger. */
export async function findSignedIn(services: Services, headers: IncomingHttpHeaders): Promise<SignedIn | null> {
  const bearer = /^Bearer (pupil_[\w-]{20,})$/.exec(headers.authorization ?? '')?.[1];
  const cookie = bearer
    ? undefined
    : /(?:^|;\s*)((?:__Secure-)?pupil\.session_token=[^;]+)/.exec(headers.cookie ?? '')?.[1];
  const secret = bearer ?? cookie;
  if (secret === undefined) return null;
  const load = () => (bearer ? findByToken(services, bearer) : findByCookie(services, headers.cookie ?? ''));
  // Only a server that hears when an access ends may trust what it looked up before.
  return services.sessions ? services.sessions.find(hashToken(secret), load) : load();
}

async function findByToken(services: Services, bearer: string): Promise<SignedIn | null> {
  const token = await findActiveApiToken(services.db, hashToken(bearer));
  return (
    token && {
      userId: token.userId,
      name: token.name,
      email: token.email,
      memberId: token.memberId,
      accessId: token.id,
      expiresAt: Infinity,
    }
  );
}

async function findByCookie(services: Services, cookie: string): Promise<SignedIn | null> {
  const found = await services.auth.api.getSession({ headers: new Headers({ cookie }) });
  return (
    found && {
      userId: found.user.id,
      name: found.user.name,
      email: found.user.email,
      memberId: null,
      accessId: found.session.id,
      expiresAt: found.session.expiresAt.getTime(),
    }
  );
}
