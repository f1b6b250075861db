'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '../../_lib/api.ts';
import { signIn } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { NewPassword } from '../../_people/new-password.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { Loading } from '../../_ui/spinner.tsx';

/** Where a one-time link leads: choose a password, and go in. */
export function ResetPage({ token }: { token: string }) {
  const trpc = useTRPC();
  const check = useQuery(trpc.people.checkReset.queryOptions({ token }, { retry: false, meta: { quiet: true } }));
  const reset = useMutation(trpc.people.resetPassword.mutationOptions({ meta: { quiet: true } }));
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const { email } = await reset.mutateAsync({ token, password });
      await signIn(email, password);
      window.location.assign('/');
    } catch (caught) {
      setError(readError(caught).message);
      setBusy(false);
    }
  };
  if (check.isPending) return <Loading className="min-h-dvh" />;
  if (!check.data)
    return (
      <AuthFrame
        title="This link does not work any more"
        description="It works once, for a while, and only the newest one does. Ask a lead or an owner for another."
      >
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </AuthFrame>
    );
  return (
    <AuthFrame
      title={`Welcome back, ${check.data.name}`}
      description="Choose a new password. Wherever you are still signed in you will have to sign in again."
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {/* Tells a password manager whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={check.data.email} readOnly hidden />
        <NewPassword label="New password" value={password} onChange={setPassword} />
        {error !== null && (
          <p role="alert" className="text-sm text-bad">
            {error}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={busy}>
          Save and go in
        </Button>
      </form>
    </AuthFrame>
  );
}
