import { safeNext } from '../safe-next.ts';
import { AuthFrame } from '../../_people/auth-frame.tsx';
import { readText, titled } from '../../_text/server.ts';
import { SignInForm } from './form.tsx';

export const generateMetadata = titled('title.signIn');

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[]; error?: string | string[] }>;
}) {
  const { next, error } = await searchParams;
  const { t } = await readText();
  return (
    <AuthFrame title={t('people.signIn')} description={t('people.signInNew')}>
      <SignInForm
        next={safeNext(typeof next === 'string' ? next : null)}
        refusal={typeof error === 'string' ? error : null}
      />
    </AuthFrame>
  );
}
