import { findActiveApiToken } from '#db/queries/people/api-token.ts';
import type { SignedIn } from './session-cache.ts';
import type { Services } from '../context.ts';
import type { Asked } from '../net/origin.ts';
import type { Auth } from './auth.ts';
import { hashToken } from './token.ts';

const SECURE_COOKIE = /(?:^|;\s*)(__Secure-pupil\.session_token=[^;]+)/;
const PLAIN_COOKIE = /(?:^|;\s*)(pupil\.session_token=[^;]+)/;

/**
 * Whose cookies a request carries or is to be given: Secure ones on https, so that a plain http address of the same
 * machine neither sees nor plants them, plain ones elsewhere.
 */
export function authOf(services: Pick<Services, 'auth' | 'secureAuth' | 'origins'>, req: Asked): Auth {
  const isSecure =
    SECURE_COOKIE.test(req.headers.cookie ?? '') || services.origins.originOf(req)?.startsWith('https:') === true;
  return isSecure ? services.secureAuth : services.auth;
}

/** Reads the session cookie, or an API token in `Authorization: Bearer`. Null for a stranger. */
export async function findSignedIn(services: Services, req: Asked): Promise<SignedIn | null> {
  const cookie = req.headers.cookie ?? '';
  const bearer = /^Bearer (pupil_[\w-]{20,})$/.exec(req.headers.authorization ?? '')?.[1];
  const auth = authOf(services, req);
  const secret = bearer ?? (auth === services.secureAuth ? SECURE_COOKIE : PLAIN_COOKIE).exec(cookie)?.[1];
  if (secret === undefined) return null;
  const load = () => (bearer ? findByToken(services, bearer) : findByCookie(auth, cookie));
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

async function findByCookie(auth: Auth, cookie: string): Promise<SignedIn | null> {
  const found = await auth.api.getSession({ headers: new Headers({ cookie }) });
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
