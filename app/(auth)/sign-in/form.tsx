'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useText } from '../../_text/text.tsx';
import { useTRPC } from '../../_lib/api.ts';
import { signIn, signInElsewhere } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';

/** What the address says when an identity provider's word did not let somebody in. */
const REFUSALS = [
  'wrong_domain',
  'email_not_verified',
  'removed',
  'not_set_up',
  'account_not_linked',
  'access_denied',
] as const;

export function SignInForm({ next, refusal }: { next: string; refusal: string | null }) {
  const { t } = useText();
  const trpc = useTRPC();
  const ways = useQuery(trpc.people.signInWays.queryOptions(undefined, { meta: { quiet: true } }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(
    refusal === null ? null : t(`people.refusal.${REFUSALS.find((one) => one === refusal) ?? 'other'}`),
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
      <Field label={t('people.email')}>
        <Input name="email" type="email" required autoComplete="username" />
      </Field>
      <Field label={t('people.password')}>
        <Input name="password" type="password" required autoComplete="current-password" />
      </Field>
      {ways.data?.mail && (
        <p className="-mt-2 text-right text-xs">
          <Link href="/forgot" className="text-accent-text underline underline-offset-2">
            {t('people.forgot')}
          </Link>
        </p>
      )}
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
      <Button type="submit" variant="primary" size="lg" className="w-full" busy={busy}>
        {t('people.signIn')}
      </Button>
      {ways.data?.oidc && (
        <Button size="lg" className="w-full" busy={busy} onClick={() => void goElsewhere()}>
          {t('people.signInWith', { provider: ways.data.oidc })}
        </Button>
      )}
    </form>
  );
}
