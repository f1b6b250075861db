'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useText } from '../../_text/text.tsx';
import { useTRPC } from '../../_lib/api.ts';
import { signIn } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { NewPassword } from '../../_people/new-password.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { Loading } from '../../_ui/spinner.tsx';

/** Where a one-time link leads: choose a password, and go in. */
export function ResetPage({ token }: { token: string }) {
  const { t } = useText();
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
      <AuthFrame title={t('people.resetEnded')} description={t('people.resetEndedWhy')}>
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">{t('people.signIn')}</Link>
        </Button>
      </AuthFrame>
    );
  return (
    <AuthFrame title={t('people.welcomeBack', { name: check.data.name })} description={t('people.resetDescription')}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {/* Tells a password manager whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={check.data.email} readOnly hidden />
        <NewPassword label={t('people.newPassword')} value={password} onChange={setPassword} />
        {error !== null && (
          <p role="alert" className="text-sm text-bad">
            {error}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={busy}>
          {t('people.saveAndGoIn')}
        </Button>
      </form>
    </AuthFrame>
  );
}
