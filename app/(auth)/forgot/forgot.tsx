'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useText } from '../../_text/text.tsx';
import { useTRPC } from '../../_lib/api.ts';
import { readError } from '../../_lib/error.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';

/** Asks for a link by mail. What it says is the same whether there is such an account. */
export function ForgotPage() {
  const { t } = useText();
  const trpc = useTRPC();
  const ask = useMutation(trpc.people.askForReset.mutationOptions({ meta: { quiet: true } }));
  if (ask.isSuccess)
    return (
      <AuthFrame title={t('people.mailSent')} description={t('people.mailSentDescription')}>
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">{t('people.backToSignIn')}</Link>
        </Button>
      </AuthFrame>
    );
  return (
    <AuthFrame title={t('people.forgotTitle')} description={t('people.forgotDescription')}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate({ email: String(new FormData(event.currentTarget).get('email') ?? '').trim() });
        }}
      >
        <Field label={t('people.email')}>
          <Input name="email" type="email" required maxLength={200} autoComplete="username" />
        </Field>
        {ask.error && (
          <p role="alert" className="text-sm text-bad">
            {readError(ask.error).message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={ask.isPending}>
          {t('people.sendLink')}
        </Button>
      </form>
    </AuthFrame>
  );
}
