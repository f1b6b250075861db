import type { Metadata } from 'next';
import { Suspense } from 'react';
import { NewRunPage } from '#app/projects/[projectId]/runs/new/new-run-page.tsx';

export const metadata: Metadata = { title: 'New run' };

export default function Page() {
  return (
    <Suspense>
      <NewRunPage />
    </Suspense>
  );
}
