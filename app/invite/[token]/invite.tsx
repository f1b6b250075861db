'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '../../_lib/api.ts';
import { signIn } from '../../_lib/auth.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { PersonForm } from '../../_people/person-form.tsx';
import { ROLE_WORDS } from '../../_people/roles.ts';
import { Button } from '../../_ui/form/button.tsx';
import { Loading } from '../../_ui/spinner.tsx';

export function InvitePage({ token }: { token: string }) {
  const trpc = useTRPC();
  const check = useQuery(trpc.people.checkInvitation.queryOptions({ token }, { retry: false, meta: { quiet: true } }));
  const me = useQuery(trpc.people.me.queryOptions());
  const accept = useMutation(trpc.people.acceptInvitation.mutationOptions());
  if (check.isPending || me.isPending) return <Loading className="min-h-dvh" />;
  if (!check.data) {
    return (
      <AuthFrame
        title="This invitation has ended"
        description="It was used up, taken back, or is too old. Ask the person who sent it for a new one."
      >
        <Button asChild size="lg" className="w-full">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </AuthFrame>
    );
  }
  const title = `Join ${check.data.organizationName}`;
  const description = `As ${ROLE_WORDS[check.data.role].label.toLowerCase()}: ${ROLE_WORDS[check.data.role].does}`;
  if (me.data) {
    return (
      <AuthFrame title={title} description={description}>
        <Button
          variant="primary"
          size="lg"
          className="w-full"
          busy={accept.isPending}
          onClick={() => accept.mutate({ token, person: null }, { onSuccess: () => window.location.assign('/') })}
        >
          Join as {me.data.name}
        </Button>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title} description={description}>
      <PersonForm
        action="Join"
        onSubmit={async (person) => {
          await accept.mutateAsync({ token, person });
          await signIn(person.email, person.password);
          window.location.assign('/');
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
