'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowRight, Pause, Play } from 'lucide-react';
import Link from 'next/link';
import { can } from '#core/access.ts';
import type { Action } from '#core/access.ts';
import type { ActionKind } from '#core/next-action.ts';
import type { RunStatus } from '#core/run.ts';
import { StackedBar } from '../../charts/bars.tsx';
import { useTRPC } from '../../lib/api.ts';
import type { Outputs } from '../../lib/api.ts';
import { formatNumber, formatPercent } from '../../lib/format.ts';
import { useAnnouncePresence, useRefreshOn } from '../../lib/socket.ts';
import { projectHref } from '../../shell/nav.ts';
import { useProject } from '../../shell/project.tsx';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import type { Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ClassBadge } from '../../ui/class-badge.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Page, Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/spinner.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { Stat, StatRow } from '../../ui/stat.tsx';

type Next = Outputs['insight']['next'];

const WHERE: Record<ActionKind, { path: (next: Next) => string; verb: string; action: Action }> = {
  'add-classes': { path: () => 'settings', verb: 'Add classes', action: 'class:manage' },
  'import-images': { path: () => 'data', verb: 'Import images', action: 'image:import' },
  'label-seed': { path: () => 'label', verb: 'Label', action: 'annotation:submit' },
  'label-validation': { path: () => 'label', verb: 'Label', action: 'annotation:submit' },
  'label-more': { path: () => 'label', verb: 'Label', action: 'annotation:submit' },
  'start-run': { path: () => 'runs/new', verb: 'Start a run', action: 'run:start' },
  'watch-run': { path: (next) => `runs/${next.run?.id ?? ''}`, verb: 'Follow', action: 'run:read' },
  'go-on': { path: (next) => `runs/${next.run?.id ?? ''}`, verb: 'Open the run', action: 'run:control' },
  'mend-run': { path: (next) => `runs/${next.run?.id ?? ''}`, verb: 'Open the run', action: 'run:read' },
  'answer-review': { path: () => 'review', verb: 'Review', action: 'review:answer' },
  'export-model': { path: (next) => `runs/${next.run?.id ?? ''}`, verb: 'Open the run', action: 'run:read' },
};

export const RUN_TONES: Record<RunStatus, Tone> = {
  queued: 'neutral', training: 'accent', 'waiting-review': 'warn', paused: 'warn', cancelled: 'neutral', failed: 'bad', finished: 'good',
};

export function OverviewPage() {
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useAnnouncePresence(project.id, 'other', null);
  const next = useQuery(trpc.insight.next.queryOptions({ projectId: project.id }));
  useRefreshOn(
    ['annotation:submitted', 'import:ended', 'review:arrived', 'review:answered', 'run:changed', 'round:ended', 'class:changed'],
    project.id,
    () => void queryClient.invalidateQueries(trpc.insight.next.queryFilter({ projectId: project.id })),
  );
  return (
    <Page title={project.name} description={project.description || undefined} actions={may('project:update') && <PauseButton />}>
      <div className="space-y-5">
        {project.status === 'paused' && <Badge tone="warn">Paused: nobody is given images to label</Badge>}
        {next.isPending && <><Skeleton className="h-28" /><Skeleton className="h-20" /><Skeleton className="h-64" /></>}
        {next.error && <ErrorState error={next.error} onRetry={() => void next.refetch()} />}
        {next.data && <Standing next={next.data} />}
        {project.guidelines !== '' && <Panel title="Guidelines"><Markdown text={project.guidelines} /></Panel>}
      </div>
    </Page>
  );
}

function Standing({ next }: { next: Next }) {
  const { project, classById } = useProject();
  const images = next.splits.pool + next.splits.validation + next.splits.test;
  return (
    <>
      <NextStep next={next} />
      <StatRow>
        <Stat label="Images" value={formatNumber(images)} note={`${formatNumber(next.splits.validation)} validation, ${formatNumber(next.splits.test)} test`} />
        <Stat label="Labeled by people" value={formatNumber(next.labeled)} note={next.splits.pool > 0 ? `${formatPercent(next.labeled / next.splits.pool, 0)} of the pool` : 'no pool yet'} />
        <Stat label="Validation labels" value={formatNumber(next.validationLabeled)} note={`of ${formatNumber(next.splits.validation)}`} />
        <Stat label="Waiting for review" value={formatNumber(next.review?.open ?? 0)} />
        <Stat
          label="Newest run"
          value={next.run === null ? '–' : <Link className="hover:text-accent-text" href={projectHref(project.id, `runs/${next.run.id}`)}>{next.run.number}</Link>}
          note={next.run === null ? 'none yet' : <StatusDot tone={RUN_TONES[next.run.status]} live={next.run.status === 'training'}><span className="text-xs">{next.run.status}</span></StatusDot>}
        />
      </StatRow>
      {next.classes.length > 0 && (
        <Panel>
          <StackedBar
            label="Human labels by class"
            rows={next.classes.map((row) => {
              const look = classById.get(row.id);
              return {
                id: row.id, name: row.name, label: look === undefined ? row.name : <ClassBadge look={look} size="sm" />,
                parts: [
                  { id: 'pool', name: 'to learn from', count: row.pool, colour: 'var(--color-accent)' },
                  { id: 'validation', name: 'to measure with', count: row.validation, colour: 'var(--color-accent-line)' },
                ],
              };
            })}
          />
        </Panel>
      )}
    </>
  );
}

/** The one thing that moves the project furthest, and the button for it. */
function NextStep({ next }: { next: Next }) {
  const { project, me } = useProject();
  const where = WHERE[next.action.kind];
  return (
    <section aria-label="Next step" className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4 rounded-xl border border-accent-line bg-accent-soft px-5 py-4">
      <div className="min-w-0 flex-1 basis-80">
        <p className="text-xs font-medium text-accent-text">Next step</p>
        <h2 className="mt-0.5 text-lg">{next.action.title}</h2>
        <p className="mt-0.5 max-w-prose text-sm text-pretty text-muted">{next.action.why}</p>
      </div>
      {can(me.role, where.action) && (
        <Button asChild variant="primary" size="lg">
          <Link href={projectHref(project.id, where.path(next))}>{where.verb} <ArrowRight size={16} aria-hidden /></Link>
        </Button>
      )}
    </section>
  );
}

function PauseButton() {
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.project.update.mutationOptions({ onSettled: () => queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId: project.id })) }),
  );
  const paused = project.status === 'paused';
  return (
    <Button
      busy={update.isPending} icon={paused ? <Play size={14} /> : <Pause size={14} />}
      onClick={() => update.mutate({ projectId: project.id, status: paused ? 'active' : 'paused' })}
    >
      {paused ? 'Resume labeling' : 'Pause labeling'}
    </Button>
  );
}
