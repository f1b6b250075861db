import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ComparePage } from '#app/projects/[projectId]/runs/compare/compare-page.tsx';

export const metadata: Metadata = { title: 'Compare' };

export default function Page() {
  return (
    <Suspense>
      <ComparePage />
    </Suspense>
  );
}
