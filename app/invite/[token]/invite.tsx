'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '../../_lib/api.ts';
import { signIn } from '../../_lib/auth.ts';
import { readError } from '../../_lib/error.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { makeEntrance } from '../../_people/entrance.ts';
import { LinkTrouble } from '../../_people/link-trouble.tsx';
import { PersonForm } from '../../_people/person-form.tsx';
import type { Person } from '../../_people/person-form.tsx';
import { ROLE_WORDS } from '../../_people/roles.ts';
import { projectHref } from '../../_shell/nav.ts';
import { Button } from '../../_ui/form/button.tsx';
import { Loading } from '../../_ui/spinner.tsx';

const ENDED =
  'It was used up, taken back, or is too old. If you have joined with it, sign in; else ask the person who sent it ' +
  'for a new one.';

export function InvitePage({ token }: { token: string }) {
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
      <AuthFrame title="This invitation has ended" description={ENDED}>
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </AuthFrame>
    );
  }
  const title = `Join ${check.data.organizationName}`;
  const { projects } = check.data;
  const where =
    projects === null || projects.length === 0 ? '' : ` In: ${projects.map(({ name }) => name).join(', ')}.`;
  /** Into the project that the invitation is to, else to all. */
  const [only, ...others] = projects ?? [];
  const goIn = () => window.location.assign(only && others.length === 0 ? projectHref(only.id) : '/');
  const { label, does } = ROLE_WORDS[check.data.role];
  const description = `As ${label.toLowerCase()}: ${does}${where}`;
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
          Join as {me.data.name}
        </Button>
        {accept.error && (
          <p role="alert" className="mt-3 text-sm text-bad">
            {readError(accept.error).message} The invitation is not used up: try again.
          </p>
        )}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title} description={description}>
      <PersonForm
        action="Join"
        onSubmit={async (person) => {
          await enter(person);
          goIn();
        }}
      />
      <p className="mt-4 text-center text-sm text-muted">
        Have an account?{' '}
        <Link
          className="text-accent-text underline underline-offset-2"
          href={`/sign-in?next=/invite/${encodeURIComponent(token)}`}
        >
          Sign in first
        </Link>
      </p>
    </AuthFrame>
  );
}
