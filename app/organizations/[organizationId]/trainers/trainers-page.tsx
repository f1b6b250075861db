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

type Trainer = Outputs['trainer']['list'][number];

/** The trainers that share this database: where tensors run, and what each is doing. */
export function TrainersPage() {
  const { membership } = useOrganization();
  const trpc = useTRPC();
  const trainers = useQuery(
    trpc.trainer.list.queryOptions({ organizationId: membership.organizationId }, { refetchInterval: 5000 }),
  );
  const alive = trainers.data?.filter((trainer) => trainer.alive) ?? [];
  const gone = trainers.data?.filter((trainer) => !trainer.alive) ?? [];
  return (
    <Page
      title="Trainers"
      description={
        'Each trainer takes runs from the same queue. Start one more on any machine that reaches the ' +
        'database and the file store.'
      }
    >
      {trainers.isPending && <Loading />}
      {trainers.error && <ErrorState error={trainers.error} onRetry={() => void trainers.refetch()} />}
      {trainers.data && alive.length === 0 && (
        <EmptyState
          icon={<Cpu size={18} />}
          title="No trainer is running"
          className="rounded-lg border border-dashed border-line-strong"
        >
          Runs wait in the queue until one is. Restart Pupil with npm start: it brings a trainer along.
        </EmptyState>
      )}
      <ul className="grid gap-3 lg:grid-cols-2">
        {alive.map((trainer) => (
          <li key={trainer.id}>
            <TrainerCard trainer={trainer} />
          </li>
        ))}
      </ul>
      {gone.length > 0 && (
        <section className="mt-6">
          <h2 className="mb-2 text-sm text-muted">Not heard from</h2>
          <ul className="divide-y divide-line rounded-lg border border-line bg-panel text-sm">
            {gone.map((trainer) => (
              <li key={trainer.id} className="flex flex-wrap justify-between gap-2 px-4 py-2">
                <span className="font-mono text-xs">{trainer.id}</span>
                <span className="text-muted">
                  {trainer.engine} · last beat {formatRelative(trainer.heartbeatAt)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}

function TrainerCard({ trainer }: { trainer: Trainer }) {
  const busy = trainer.busy === true;
  return (
    <Panel
      title={<span className="font-mono text-xs">{trainer.id}</span>}
      actions={
        <StatusDot tone={busy ? 'accent' : 'good'} live={busy}>
          {busy ? 'working' : 'waiting for work'}
        </StatusDot>
      }
    >
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Stat label="Engine" value={trainer.engine} note={plural(trainer.threads, 'thread')} />
        <Stat
          label="Rate"
          value={trainer.imagesPerSecond === null ? '–' : formatRate(trainer.imagesPerSecond)}
          note="images, training"
        />
        <Stat
          label="Answers"
          value={trainer.answers ? formatRate(trainer.answers.imagesPerSecond) : '–'}
          note={
            trainer.answers
              ? `by ${trainer.answers.taken === 'engine' ? trainer.engine : trainer.answers.taken}`
              : 'not measured'
          }
        />
        <Stat label="Memory" value={trainer.memoryBytes === 0 ? '–' : formatBytes(trainer.memoryBytes)} />
        <Stat label="Up" value={formatSince(trainer.startedAt)} note={`beat ${formatRelative(trainer.heartbeatAt)}`} />
      </div>
      <p className="mt-3 text-xs text-muted">{trainer.device}</p>
      {trainer.answers && (
        <p className="mt-1 text-xs text-muted">Predictions take the faster of two ways. {trainer.answers.instead}</p>
      )}
      {trainer.runId !== null && trainer.projectId !== null && (
        <p className="mt-2 text-sm">
          On{' '}
          <Link
            className="text-accent-text underline underline-offset-2"
            href={projectHref(trainer.projectId, `runs/${trainer.runId}`)}
          >
            run {trainer.runNumber} of {trainer.projectName}
          </Link>
        </p>
      )}
      {trainer.skipped.length > 0 && (
        <details className="mt-3 text-xs text-muted">
          <summary className="cursor-pointer">Engines that were tried and not taken</summary>
          <ul className="mt-1.5 space-y-1">
            {trainer.skipped.map((one) => (
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
