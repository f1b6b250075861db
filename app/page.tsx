import { titled } from './_text/server.ts';
import { RequireMe } from './_shell/me.tsx';
import { ProjectsPage } from './projects-page.tsx';

export const generateMetadata = titled('title.projects');

export default function HomePage() {
  return (
    <RequireMe>
      <ProjectsPage />
    </RequireMe>
  );
}
