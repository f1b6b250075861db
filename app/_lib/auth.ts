import type { Said } from '#core/text/said.ts';
import { spokenText } from '../_text/text.tsx';
import { readSaid } from './error.ts';

/** Signing in and out over better-auth's own routes; who is signed in is told by `people.me`. */

const post = async (path: string, body: unknown): Promise<{ url?: string }> => {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (response === null) throw new Error(spokenText().t('error.networkOnce'));
  if (response.ok) return (await response.json().catch(() => ({}))) as { url?: string };
  if (response.status === 429) throw new Error(spokenText().t('error.tooManyTries'));
  if (response.status === 401) throw new Error(spokenText().t('error.wrongPassword'));
  const answer = (await response.json().catch(() => null)) as { message?: string; said?: Said } | null;
  throw new Error(readSaid(answer?.said, answer?.message ?? spokenText().t('error.broke')));
};

/** @throws Error whose message is for the person */
export async function signIn(email: string, password: string): Promise<void> {
  await post('/sign-in/email', { email, password });
}

/** Leaves for the operator's identity provider; comes back to `next`, or to the sign-in page with `?error=`. */
export async function signInElsewhere(next: string): Promise<void> {
  const { url } = await post('/sign-in/social', {
    provider: 'oidc',
    callbackURL: next,
    errorCallbackURL: `/sign-in?next=${encodeURIComponent(next)}`,
    disableRedirect: true,
  });
  if (url === undefined) throw new Error(spokenText().t('error.providerSilent'));
  window.location.assign(url);
}

export async function signOut(): Promise<void> {
  await post('/sign-out', {});
}

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
