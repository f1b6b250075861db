'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChartSpline, Plus } from 'lucide-react';
import Link from 'next/link';
import { runTitle } from '#core/book/run-book.ts';
import { chainOf } from '#core/run/chain-of.ts';
import { chainLine } from '#core/chain/chain-words.ts';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { formatDuration, formatNumber, formatRelative } from '../../../_lib/format.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { Interval } from '../../../_ui/stat.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { Sparkline } from '../../../_charts/sparkline.tsx';
import { RunsNav } from '../../../_runs/runs-nav.tsx';
import { useBackboneNames } from '../../../_runs/use-backbone-names.ts';
import { RunStatusBadge } from '../../../_runs/words.tsx';

type RunRow = Outputs['run']['list'][number];

/** Every run of the project, newest first. */
export function RunsPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  const refresh = () => void queryClient.invalidateQueries(trpc.run.list.queryFilter({ projectId: project.id }));
  useEvent('run:changed', refresh);
  useEvent('round:ended', refresh);
  useEvent('run:described', refresh);
  useEvent('run:deleted', refresh);
  const start = may('run:start') && (
    <Button variant="primary" asChild>
      <Link href={projectHref(project.id, 'runs/new')}>
        <Plus size={15} aria-hidden /> New run
      </Link>
    </Button>
  );
  return (
    <Page
      title="Runs"
      description="A run teaches a model with your labels, lets it label the pool, and trains larger students on both."
      actions={start}
    >
      <RunsNav />
      {runs.isPending && <Loading />}
      {runs.error && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.data?.length === 0 && (
        <EmptyState icon={<ChartSpline size={18} />} title="No run yet" action={start}>
          Label about ten images of every class, and some validation images; then start the first run.
        </EmptyState>
      )}
      {runs.data !== undefined && runs.data.length > 0 && (
        <Panel flush>
          <Table label="Runs">
            <thead>
              <tr>
                <Th>Run</Th>
                <Th>Status</Th>
                <Th>Chain</Th>
                <Th numeric>Labels</Th>
                <Th numeric>Validation accuracy</Th>
                <Th>By round</Th>
                <Th numeric>Time</Th>
                <Th>Started</Th>
              </tr>
            </thead>
            <tbody>
              {runs.data.map((run) => (
                <Row key={run.id} run={run} projectId={project.id} />
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
    </Page>
  );
}

function Row({ run, projectId }: { run: RunRow; projectId: string }) {
  const measured = run.rounds.filter(
    ({ role, metrics, rolledBackAt }) => role !== 'control' && metrics && !rolledBackAt,
  );
  const best = measured.toSorted((a, b) => (b.metrics?.valAccuracy ?? 0) - (a.metrics?.valAccuracy ?? 0))[0];
  const accuracies = measured.map(({ metrics }) => metrics?.valAccuracy ?? null);
  const names = useBackboneNames(projectId);
  const seconds = run.startedAt && run.endedAt ? (run.endedAt.getTime() - run.startedAt.getTime()) / 1000 : null;
  return (
    <Tr>
      <Td>
        <Link href={projectHref(projectId, `runs/${run.id}`)} className="font-medium text-accent-text hover:underline">
          {runTitle(run)}
        </Link>
      </Td>
      <Td>
        <RunStatusBadge status={run.status} />
      </Td>
      <Td className="whitespace-nowrap">{chainLine(chainOf(run.config), names)}</Td>
      <Td numeric className="tabular">
        {formatNumber(best?.metrics?.labeled ?? null)}
      </Td>
      <Td numeric>
        <Interval value={best?.metrics?.valAccuracy ?? null} interval={best?.metrics?.valInterval ?? null} />
      </Td>
      <Td>
        {accuracies.length > 1 && (
          <Sparkline values={accuracies} label={`Validation accuracy over ${accuracies.length} rounds`} />
        )}
      </Td>
      <Td numeric className="text-muted">
        {formatDuration(seconds)}
      </Td>
      <Td className="whitespace-nowrap text-muted">
        {formatRelative(run.createdAt)}
        {run.createdByName !== null && ` by ${run.createdByName}`}
      </Td>
    </Tr>
  );
}
