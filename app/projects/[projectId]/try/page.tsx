import { titled } from '../../../_text/server.ts';
import { Suspense } from 'react';
import { TryPage } from '#app/projects/[projectId]/try/try-page.tsx';

export const generateMetadata = titled('title.try');

export default function Page() {
  return (
    <Suspense>
      <TryPage />
    </Suspense>
  );
}
