import { titled } from '../../../_text/server.ts';
import { TeamPage } from './team-page.tsx';

export const generateMetadata = titled('title.team');

export default function Page() {
  return <TeamPage />;
}
