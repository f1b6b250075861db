import { titled } from '../_text/server.ts';
import { RequireMe } from '../_shell/me.tsx';
import { NotificationsPage } from './notifications-page.tsx';

export const generateMetadata = titled('title.notifications');

export default function Page() {
  return (
    <RequireMe>
      <NotificationsPage />
    </RequireMe>
  );
}
