import type { Metadata } from 'next';
import { MembersPage } from './members-page.tsx';

export const metadata: Metadata = { title: 'People' };

export default function Page() {
  return <MembersPage />;
}
