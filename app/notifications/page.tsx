import type { Metadata } from 'next';
import { RequireMe } from '../_shell/me.tsx';
import { NotificationsPage } from './notifications-page.tsx';

export const metadata: Metadata = { title: 'Notifications' };

export default function Page() {
  return (
    <RequireMe>
      <NotificationsPage />
    </RequireMe>
  );
}
