import type { Metadata } from 'next';
import { SourcesPage } from './sources-page.tsx';

export const metadata: Metadata = { title: 'Sources' };

export default function Page() {
  return <SourcesPage />;
}
