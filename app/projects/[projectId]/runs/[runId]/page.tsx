import { titled } from '../../../../_text/server.ts';
import { RunPage } from '#app/projects/[projectId]/runs/[runId]/run-page.tsx';

export const generateMetadata = titled('title.run');

export default async function Page({ params }: { params: Promise<{ runId: string }> }) {
  const { runId } = await params;
  return <RunPage key={runId} runId={runId} />;
}
