import type { Metadata } from 'next';
import { RequireMe } from './shell/me.tsx';
import { ProjectsPage } from './shell/projects-page.tsx';

export const metadata: Metadata = { title: 'Projects · Pupil' };

export default function HomePage() {
  return <RequireMe><ProjectsPage /></RequireMe>;
}
