import { titled } from '../../../_text/server.ts';
import { MembersPage } from './members-page.tsx';

export const generateMetadata = titled('title.people');

export default function Page() {
  return <MembersPage />;
}
