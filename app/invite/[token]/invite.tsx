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
import { projectHref } from '../../_shell/nav.ts';
import { Button } from '../../_ui/form/button.tsx';
import { Loading } from '../../_ui/spinner.tsx';

export function InvitePage({ token }: { token: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const check = useQuery(trpc.people.checkInvitation.queryOptions({ token }, { retry: false, meta: { quiet: true } }));
  const me = useQuery(trpc.people.me.queryOptions());
  const accept = useMutation(trpc.people.acceptInvitation.mutationOptions({ meta: { quiet: true } }));
  const { mutateAsync } = accept;
  const [enter] = useState(() => makeEntrance({ create: (person: Person) => mutateAsync({ token, person }), signIn }));
  if (check.isPending || me.isPending) return <Loading className="min-h-dvh" />;
  const trouble = check.error ?? me.error;
  if (trouble)
    return (
      <LinkTrouble
        message={readError(trouble).message}
        busy={check.isFetching || me.isFetching}
        onRetry={() => void Promise.all([check.refetch(), me.refetch()])}
      />
    );
  if (!check.data) {
    return (
      <AuthFrame title={t('people.inviteEnded')} description={t('people.inviteEndedWhy')}>
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">{t('people.signIn')}</Link>
        </Button>
      </AuthFrame>
    );
  }
  const title = t('people.joinOrganization', { organization: check.data.organizationName });
  const { projects } = check.data;
  const where =
    projects === null || projects.length === 0
      ? ''
      : t('people.joinWhere', { projects: projects.map(({ name }) => name).join(', ') });
  /** Into the project that the invitation is to, else to all. */
  const [only, ...others] = projects ?? [];
  const goIn = () => window.location.assign(only && others.length === 0 ? projectHref(only.id) : '/');
  const { role } = check.data;
  const description = t('people.joinAs', { role: t(`people.roleIn.${role}`), does: t(`people.does.${role}`), where });
  if (me.data) {
    return (
      <AuthFrame title={title} description={description}>
        <Button
          variant="primary"
          size="lg"
          className="w-full"
          busy={accept.isPending}
          onClick={() => accept.mutate({ token, person: null }, { onSuccess: goIn })}
        >
          {t('people.joinAsName', { name: me.data.name })}
        </Button>
        {accept.error && (
          <p role="alert" className="mt-3 text-sm text-bad">
            {t('people.inviteKept', { message: readError(accept.error).message })}
          </p>
        )}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title} description={description}>
      <PersonForm
        action={t('people.join')}
        onSubmit={async (person) => {
          await enter(person);
          goIn();
        }}
      />
      <p className="mt-4 text-center text-sm text-muted">
        {t('people.haveAccount')}{' '}
        <Link
          className="text-accent-text underline underline-offset-2"
          href={`/sign-in?next=/invite/${encodeURIComponent(token)}`}
        >
          {t('people.signInFirst')}
        </Link>
      </p>
    </AuthFrame>
  );
}
