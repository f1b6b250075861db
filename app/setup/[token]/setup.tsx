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
import { Button } from '../../_ui/form/button.tsx';
import { Field, Input } from '../../_ui/form/field.tsx';
import { Loading } from '../../_ui/spinner.tsx';

export function SetupPage({ token }: { token: string }) {
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
      <AuthFrame
        title="This link does not work any more"
        description="It works once. Start Pupil again to get a new one, or sign in if you have set it up already."
      >
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Welcome. You are the first owner." description="You can invite others once you are in.">
      <PersonForm
        action="Create and go in"
        onSubmit={async (person, form) => {
          await enter({ ...person, organizationName: String(form.get('organization') ?? '').trim() });
          window.location.assign('/');
        }}
      >
        <Field label="Organization" hint="Your team or lab. You can change it later.">
          <Input name="organization" required maxLength={120} autoComplete="organization" />
        </Field>
      </PersonForm>
    </AuthFrame>
  );
}
