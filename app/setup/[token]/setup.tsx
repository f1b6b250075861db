'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useText } from '../../_text/text.tsx';
import { useTRPC } from '../../_lib/api.ts';
import { signIn } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { makeEntrance } from '../../_people/entrance.ts';
import { LinkTrouble } from '../../_people/link-trouble.tsx';
import { PersonForm } from '../../_people/person-form.tsx';
import type { Person } from '../../_people/person-form.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';
import { Loading } from '../../_ui/spinner.tsx';

export function SetupPage({ token }: { token: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const check = useQuery(trpc.people.checkSetup.queryOptions({ token }, { retry: false, meta: { quiet: true } }));
  const { mutateAsync } = useMutation(trpc.people.createOwner.mutationOptions({ meta: { quiet: true } }));
  const [enter] = useState(() =>
    makeEntrance({
      create: (person: Person & { organizationName: string }) => mutateAsync({ ...person, token }),
      signIn,
    }),
  );
  if (check.isPending) return <Loading className="min-h-dvh" />;
  if (check.error)
    return (
      <LinkTrouble
        message={readError(check.error).message}
        busy={check.isFetching}
        onRetry={() => void check.refetch()}
      />
    );
  if (check.data !== true) {
    return (
      <AuthFrame title={t('people.resetEnded')} description={t('people.setupOnce')}>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link href="/sign-in">{t('people.signIn')}</Link>
        </Button>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t('people.setupWelcome')} description={t('people.setupInvite')}>
      <PersonForm
        action={t('people.setupCreate')}
        onSubmit={async (person, form) => {
          await enter({ ...person, organizationName: String(form.get('organization') ?? '').trim() });
          window.location.assign('/');
        }}
      >
        <Field label={t('shell.organization')} hint={t('people.setupOrganization')}>
          <Input name="organization" required maxLength={120} autoComplete="organization" />
        </Field>
      </PersonForm>
    </AuthFrame>
  );
}
