import { titled } from '../../../../_text/server.ts';
import { Suspense } from 'react';
import { NewRunPage } from '#app/projects/[projectId]/runs/new/new-run-page.tsx';

export const generateMetadata = titled('title.newRun');

export default function Page() {
  return (
    <Suspense>
      <NewRunPage />
    </Suspense>
  );
}
