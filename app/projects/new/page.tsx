import { titled } from '../../_text/server.ts';
import { RequireMe } from '../../_shell/me.tsx';
import { NewProjectPage } from './form.tsx';

export const generateMetadata = titled('title.newProject');

export default async function Page({ searchParams }: { searchParams: Promise<{ organization?: string | string[] }> }) {
  const { organization } = await searchParams;
  return (
    <RequireMe>
      <NewProjectPage organizationId={typeof organization === 'string' ? organization : null} />
    </RequireMe>
  );
}
