import type { Metadata } from 'next';
import { safeNext } from '../../_lib/auth.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { SignInForm } from './form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[]; error?: string | string[] }>;
}) {
  const { next, error } = await searchParams;
  return (
    <AuthFrame title="Sign in" description="New here? Ask an owner of your organization for an invite link.">
      <SignInForm
        next={safeNext(typeof next === 'string' ? next : null)}
        refusal={typeof error === 'string' ? error : null}
      />
    </AuthFrame>
  );
}
