import { titled } from '../../../../../../../_text/server.ts';
import { ThresholdsPage } from '#app/projects/[projectId]/runs/[runId]/rounds/[roundId]/thresholds/thresholds-page.tsx';

export const generateMetadata = titled('title.thresholds');

export default async function Page({ params }: { params: Promise<{ runId: string; roundId: string }> }) {
  const { runId, roundId } = await params;
  return <ThresholdsPage key={roundId} runId={runId} roundId={roundId} />;
}
