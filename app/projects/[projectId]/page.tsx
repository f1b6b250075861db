import type { Metadata } from 'next';
import { OverviewPage } from '#app/runs/overview-page.tsx';

export const metadata: Metadata = { title: 'Overview' };

export default function Page() {
  return <OverviewPage />;
}
