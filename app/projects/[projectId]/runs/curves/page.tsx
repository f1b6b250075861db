import type { Metadata } from 'next';
import { Suspense } from 'react';
import { CurvesPage } from '#app/projects/[projectId]/runs/curves/curves-page.tsx';

export const metadata: Metadata = { title: 'Curves' };

export default function Page() {
  return (
    <Suspense>
      <CurvesPage />
    </Suspense>
  );
}
