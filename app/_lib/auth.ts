'use client';
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
