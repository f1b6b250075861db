'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useTRPC } from '../../_lib/api.ts';
import { signIn } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';

export function SignInForm({ next }: { next: string }) {
  const trpc = useTRPC();
  const ways = useQuery(trpc.people.signInWays.queryOptions(undefined, { meta: { quiet: true } }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
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
    </form>
  );
}
