import type { Metadata } from 'next';
import { RequireMe } from './_shell/me.tsx';
import { ProjectsPage } from './projects-page.tsx';

export const metadata: Metadata = { title: 'Projects · Pupil' };

export default function HomePage() {
  return (
    <RequireMe>
      <ProjectsPage />
    </RequireMe>
  );
}
