'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '../../_lib/api.ts';
import { readError } from '../../_lib/error.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';

/** Asks for a link by mail. What it says is the same whether there is such an account. */
export function ForgotPage() {
  const trpc = useTRPC();
  const ask = useMutation(trpc.people.askForReset.mutationOptions({ meta: { quiet: true } }));
  if (ask.isSuccess)
    return (
      <AuthFrame
        title="Look into your mail"
        description="If there is such an account, a link to a new password is on its way. It works for an hour."
      >
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">Back to sign-in</Link>
        </Button>
      </AuthFrame>
    );
  return (
    <AuthFrame title="Forgot your password?" description="You get a link to choose a new one.">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate({ email: String(new FormData(event.currentTarget).get('email') ?? '').trim() });
        }}
      >
        <Field label="E-mail">
          <Input name="email" type="email" required maxLength={200} autoComplete="username" />
        </Field>
        {ask.error && (
          <p role="alert" className="text-sm text-bad">
            {readError(ask.error).message}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={ask.isPending}>
          Send the link
        </Button>
      </form>
    </AuthFrame>
  );
}
