import type { Metadata } from 'next';
import { LookAlikesPage } from './look-alikes-page.tsx';

export const metadata: Metadata = { title: 'Look-alikes' };

export default function Page() {
  return <LookAlikesPage />;
}
