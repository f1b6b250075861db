import { titled } from '../../../../../../_text/server.ts';
import { Suspense } from 'react';
import { RoundPage } from '#app/projects/[projectId]/runs/[runId]/rounds/[roundId]/round-page.tsx';

export const generateMetadata = titled('title.round');

export default async function Page({ params }: { params: Promise<{ runId: string; roundId: string }> }) {
  const { runId, roundId } = await params;
  return (
    <Suspense>
      <RoundPage key={roundId} runId={runId} roundId={roundId} />
    </Suspense>
  );
}
