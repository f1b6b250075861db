import { Suspense } from 'react';
import { titled } from '../../../_text/server.ts';
import { RunsPage } from '#app/projects/[projectId]/runs/runs-page.tsx';

export const generateMetadata = titled('title.runs');

export default function Page() {
  return (
    <Suspense>
      <RunsPage />
    </Suspense>
  );
}
