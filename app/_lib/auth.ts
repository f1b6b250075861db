/** Signing in and out over better-auth's own routes; who is signed in is told by `people.me`. */

const post = async (path: string, body: unknown): Promise<void> => {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (response === null) throw new Error('The server did not answer. Check the connection and try again.');
  if (response.ok) return;
  if (response.status === 429) throw new Error('Too many tries. Wait a minute, then try again.');
  if (response.status === 401) throw new Error('E-mail or password is not right.');
  const answer = (await response.json().catch(() => null)) as { message?: string } | null;
  throw new Error(answer?.message ?? 'Something broke on our side. Try again.');
};

/** @throws Error whose message is for the person */
export const signIn = (email: string, password: string): Promise<void> => post('/sign-in/email', { email, password });

export const signOut = (): Promise<void> => post('/sign-out', {});

const HERE = 'http://here.invalid';

/**
 * Only a path of our own may be gone to after signing in. Browsers drop tabs and line ends before they read an address,
 * so that "/\t/evil.example" would lead elsewhere: it is read as they do, and nothing unprintable is let through.
 */
export const safeNext = (next: string | null | undefined): string => {
  // oxlint-disable-next-line no-control-regex
  if (!next?.startsWith('/') || /[\u0000-\u0020\u007f\\]/.test(next) || !URL.canParse(next, HERE)) return '/';
  return new URL(next, HERE).origin === HERE ? next : '/';
};
