import type { Metadata } from 'next';
import { ExportsPage } from './exports-page.tsx';

export const metadata: Metadata = { title: 'Export' };

export default function Page() {
  return <ExportsPage />;
}
