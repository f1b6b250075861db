import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TryPage } from '#app/projects/[projectId]/try/try-page.tsx';

export const metadata: Metadata = { title: 'Try a model' };

export default function Page() {
  return (
    <Suspense>
      <TryPage />
    </Suspense>
  );
}
