import type { Metadata } from 'next';
import { RequireMe } from '../_shell/me.tsx';
import { MentionsPage } from './mentions-page.tsx';

export const metadata: Metadata = { title: 'Mentions' };

export default function Page() {
  return (
    <RequireMe>
      <MentionsPage />
    </RequireMe>
  );
}
