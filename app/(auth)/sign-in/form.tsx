'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useTRPC } from '../../_lib/api.ts';
import { signIn, signInElsewhere } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';

/** What the address says when an identity provider's word did not let somebody in. */
const REFUSALS: Record<string, string> = {
  wrong_domain: 'Addresses of this domain do not sign in here. Ask an owner for an invite link.',
  email_not_verified: 'Your address is not verified there. Verify it, or sign in with a password.',
  removed: 'You were removed from the organization. Ask an owner for an invite link, and open it first.',
  not_set_up: 'This Pupil has no owner yet. Its operator finds the link for the first one on the console.',
  account_not_linked:
    'There is an account with this address already, and the address is not verified there. Sign in with your password.',
  access_denied: 'Signing in was cancelled there.',
};

export function SignInForm({ next, refusal }: { next: string; refusal: string | null }) {
  const trpc = useTRPC();
  const ways = useQuery(trpc.people.signInWays.queryOptions(undefined, { meta: { quiet: true } }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(
    refusal === null ? null : (REFUSALS[refusal] ?? 'Signing in did not work there. Try again.'),
  );
  const goElsewhere = async () => {
    setBusy(true);
    setError(null);
    try {
      await signInElsewhere(next);
    } catch (caught) {
      setError(readError(caught).message);
      setBusy(false);
    }
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      await signIn(String(form.get('email') ?? '').trim(), String(form.get('password') ?? ''));
      window.location.assign(next);
    } catch (caught) {
      setError(readError(caught).message);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      <Field label="E-mail">
        <Input name="email" type="email" required autoComplete="username" />
      </Field>
      <Field label="Password">
        <Input name="password" type="password" required autoComplete="current-password" />
      </Field>
      {ways.data?.mail && (
        <p className="-mt-2 text-right text-xs">
          <Link href="/forgot" className="text-accent-text underline underline-offset-2">
            Forgot password?
          </Link>
        </p>
      )}
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
      <Button type="submit" variant="primary" size="lg" className="w-full" busy={busy}>
        Sign in
      </Button>
      {ways.data?.oidc && (
        <Button size="lg" className="w-full" busy={busy} onClick={() => void goElsewhere()}>
          Sign in with {ways.data.oidc}
        </Button>
      )}
    </form>
  );
}
