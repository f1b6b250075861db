import type { Metadata } from 'next';
import { Suspense } from 'react';
import { InsightsPage } from '#app/projects/[projectId]/runs/insights/insights-page.tsx';

export const metadata: Metadata = { title: 'Insights' };

export default function Page() {
  return (
    <Suspense>
      <InsightsPage />
    </Suspense>
  );
}
