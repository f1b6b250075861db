'use client';
import { useQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import Link from 'next/link';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { formatBytes, formatRate, formatRelative, formatSince, plural } from '../../../_lib/format.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { Badge, StatusDot } from '../../../_ui/badge.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { Stat } from '../../../_ui/stat.tsx';
import { useOrganization } from '../frame.tsx';

type Worker = Outputs['worker']['list'][number];

/** The trainers that share this database: where tensors run, and what each is doing. */
export function MachinesPage() {
  const { membership } = useOrganization();
  const trpc = useTRPC();
  const workers = useQuery(
    trpc.worker.list.queryOptions({ organizationId: membership.organizationId }, { refetchInterval: 5000 }),
  );
  const alive = workers.data?.filter((worker) => worker.alive) ?? [];
  const gone = workers.data?.filter((worker) => !worker.alive) ?? [];
  return (
    <Page
      title="Machines"
      description={
        'Each trainer takes runs from the same queue. Start one more on any machine that reaches the ' +
        'database and the file store.'
      }
    >
      {workers.isPending && <Loading />}
      {workers.error && <ErrorState error={workers.error} onRetry={() => void workers.refetch()} />}
      {workers.data && alive.length === 0 && (
        <EmptyState
          icon={<Cpu size={18} />}
          title="No trainer is running"
          className="rounded-lg border border-dashed border-line-strong"
        >
          Runs wait in the queue until one is. Restart Pupil with npm start: it brings a trainer along.
        </EmptyState>
      )}
      <ul className="grid gap-3 lg:grid-cols-2">
        {alive.map((worker) => (
          <li key={worker.id}>
            <WorkerCard worker={worker} />
          </li>
        ))}
      </ul>
      {gone.length > 0 && (
        <section className="mt-6">
          <h2 className="mb-2 text-sm text-muted">Not heard from</h2>
          <ul className="divide-y divide-line rounded-lg border border-line bg-panel text-sm">
            {gone.map((worker) => (
              <li key={worker.id} className="flex flex-wrap justify-between gap-2 px-4 py-2">
                <span className="font-mono text-xs">{worker.id}</span>
                <span className="text-muted">
                  {worker.engine} · last beat {formatRelative(worker.heartbeatAt)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}

function WorkerCard({ worker }: { worker: Worker }) {
  const busy = worker.busy === true;
  return (
    <Panel
      title={<span className="font-mono text-xs">{worker.id}</span>}
      actions={
        <StatusDot tone={busy ? 'accent' : 'good'} live={busy}>
          {busy ? 'working' : 'waiting for work'}
        </StatusDot>
      }
    >
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Stat label="Engine" value={worker.engine} note={plural(worker.threads, 'thread')} />
        <Stat
          label="Rate"
          value={worker.imagesPerSecond === null ? '–' : formatRate(worker.imagesPerSecond)}
          note="images, training"
        />
        <Stat
          label="Answers"
          value={worker.answers ? formatRate(worker.answers.imagesPerSecond) : '–'}
          note={
            worker.answers
              ? `by ${worker.answers.taken === 'engine' ? worker.engine : worker.answers.taken}`
              : 'not measured'
          }
        />
        <Stat label="Memory" value={worker.memoryBytes === 0 ? '–' : formatBytes(worker.memoryBytes)} />
        <Stat label="Up" value={formatSince(worker.startedAt)} note={`beat ${formatRelative(worker.heartbeatAt)}`} />
      </div>
      <p className="mt-3 text-xs text-muted">{worker.device}</p>
      {worker.answers && (
        <p className="mt-1 text-xs text-muted">Predictions take the faster of two ways. {worker.answers.instead}</p>
      )}
      {worker.runId !== null && worker.projectId !== null && (
        <p className="mt-2 text-sm">
          On{' '}
          <Link
            className="text-accent-text hover:underline"
            href={projectHref(worker.projectId, `runs/${worker.runId}`)}
          >
            run {worker.runNumber} of {worker.projectName}
          </Link>
        </p>
      )}
      {worker.skipped.length > 0 && (
        <details className="mt-3 text-xs text-muted">
          <summary className="cursor-pointer">Engines that were tried and not taken</summary>
          <ul className="mt-1.5 space-y-1">
            {worker.skipped.map((one) => (
              <li key={one.name}>
                <Badge>{one.name}</Badge> {one.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
