import type { Metadata } from 'next';
import { ThresholdsPage } from '#app/projects/[projectId]/runs/[runId]/rounds/[roundId]/thresholds/thresholds-page.tsx';

export const metadata: Metadata = { title: 'Thresholds' };

export default async function Page({ params }: { params: Promise<{ runId: string; roundId: string }> }) {
  const { runId, roundId } = await params;
  return <ThresholdsPage key={roundId} runId={runId} roundId={roundId} />;
}
