import { titled } from '../../../../_text/server.ts';
import { Suspense } from 'react';
import { InsightsPage } from '#app/projects/[projectId]/runs/insights/insights-page.tsx';

export const generateMetadata = titled('title.insights');

export default function Page() {
  return (
    <Suspense>
      <InsightsPage />
    </Suspense>
  );
}
