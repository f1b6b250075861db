import type { Metadata } from 'next';
import { OfflinePage } from './offline-page.tsx';

export const metadata: Metadata = { title: 'No connection' };

export default function Page() {
  return <OfflinePage />;
}
