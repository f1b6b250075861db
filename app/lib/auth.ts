import { createAuthClient } from 'better-auth/react';

/** Sign in and out; who is signed in is told by `people.me`. */
export const authClient = createAuthClient({ basePath: '/api/auth' });

/** Only a path of our own may be gone to after signing in. */
export const safeNext = (next: string | null | undefined): string =>
  next !== null && next !== undefined && /^\/(?![/\\])/.test(next) && !next.includes('\\') ? next : '/';
