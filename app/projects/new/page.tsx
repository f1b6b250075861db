import type { Metadata } from 'next';
import { RequireMe } from '../../_shell/me.tsx';
import { NewProjectPage } from './form.tsx';

export const metadata: Metadata = { title: 'New project' };

export default async function Page({ searchParams }: { searchParams: Promise<{ organization?: string | string[] }> }) {
  const { organization } = await searchParams;
  return (
    <RequireMe>
      <NewProjectPage organizationId={typeof organization === 'string' ? organization : null} />
    </RequireMe>
  );
}
