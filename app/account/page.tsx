import type { Metadata } from 'next';
import { RequireMe } from '../_shell/me.tsx';
import { AccountPage } from './account-page.tsx';

export const metadata: Metadata = { title: 'Account' };

export default function Page() {
  return (
    <RequireMe>
      <AccountPage />
    </RequireMe>
  );
}
