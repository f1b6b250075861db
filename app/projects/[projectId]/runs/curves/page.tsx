import { titled } from '../../../../_text/server.ts';
import { Suspense } from 'react';
import { CurvesPage } from '#app/projects/[projectId]/runs/curves/curves-page.tsx';

export const generateMetadata = titled('title.curves');

export default function Page() {
  return (
    <Suspense>
      <CurvesPage />
    </Suspense>
  );
}
