import { titled } from '../_text/server.ts';
import { RequireMe } from '../_shell/me.tsx';
import { AccountPage } from './account-page.tsx';

export const generateMetadata = titled('title.account');

export default function Page() {
  return (
    <RequireMe>
      <AccountPage />
    </RequireMe>
  );
}
