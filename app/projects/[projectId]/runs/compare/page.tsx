import { titled } from '../../../../_text/server.ts';
import { Suspense } from 'react';
import { ComparePage } from '#app/projects/[projectId]/runs/compare/compare-page.tsx';

export const generateMetadata = titled('title.compare');

export default function Page() {
  return (
    <Suspense>
      <ComparePage />
    </Suspense>
  );
}
