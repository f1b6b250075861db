'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useText } from '../../_text/text.tsx';
import { StackedBar } from '../../_charts/bars.tsx';
import { useTRPC } from '../../_lib/api.ts';
import { formatNumber, formatPercent, formatPoints } from '../../_lib/format.ts';
import { useAnnouncePresence, useEvent } from '../../_lib/socket.ts';
import { projectHref } from '../../_shell/nav.ts';
import { useProject } from '../../_shell/project.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { ClassBadge } from '../../_ui/class-badge.tsx';
import { Page, Panel } from '../../_ui/panel.tsx';
import { Loading } from '../../_ui/spinner.tsx';
import { Stat, StatRow } from '../../_ui/stat.tsx';
import { ErrorState } from '../../_ui/states.tsx';
import { EnoughPanel } from '../../_runs/enough-panel.tsx';
import { GainCurve } from '../../_runs/gain-curve.tsx';
import { LoopDiagram } from '../../_runs/loop-diagram.tsx';
import { NextAction } from '../../_runs/next-action.tsx';
import { RoundTable } from '../../_runs/round-table.tsx';
import { useRun } from '../../_runs/use-run.ts';
import { useSettled } from '../../_runs/use-settled.ts';
import { RunStatusBadge, runWords } from '../../_runs/words.tsx';

/** How often counts follow a busy team. */
const COUNT_MS = 2000;

/** The project at a glance: the loop as it stands, the next best action, what people's labels have bought. */
export function OverviewPage() {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'other', null);
  const next = useQuery(trpc.insight.next.queryOptions({ projectId: project.id }));
  const gain = useQuery(trpc.insight.gain.queryOptions({ projectId: project.id }));
  const refresh = useSettled(
    () => void queryClient.invalidateQueries(trpc.insight.next.queryFilter({ projectId: project.id })),
    COUNT_MS,
  );
  useEvent('import:ended', refresh);
  useEvent('image:imported', refresh);
  useEvent('annotation:submitted', refresh);
  useEvent('review:arrived', refresh);
  useEvent('review:answered', refresh);
  if (next.error && !next.data) return <ErrorState error={next.error} onRetry={() => void next.refetch()} />;
  if (!next.data) return <Loading className="min-h-[50dvh]" />;
  const { splits, labeled, validationLabeled, classes, review, run } = next.data;
  const images = splits.pool + splits.validation + splits.test;
  const total = gain.data?.total;
  return (
    <Page
      title={project.name}
      {...(project.description === '' ? {} : { description: project.description })}
      actions={
        may('run:start') && (
          <Button asChild>
            <Link href={projectHref(project.id, 'runs/new')}>
              <Plus size={15} aria-hidden /> {t('next.word.start')}
            </Link>
          </Button>
        )
      }
    >
      <div className="space-y-5">
        <NextAction />
        {run ? (
          <LoopOfRun runId={run.id} labeled={labeled} unlabeled={splits.pool - labeled} review={review} />
        ) : (
          <LoopDiagram
            projectId={project.id}
            labeled={labeled}
            unlabeled={splits.pool - labeled}
            status={null}
            rounds={[]}
            review={null}
            progress={null}
          />
        )}
        <StatRow>
          <Stat
            label={t('overview.images')}
            value={formatNumber(images)}
            note={t('overview.splits', { pool: splits.pool, validation: splits.validation, test: splits.test })}
          />
          <Stat
            label={t('overview.labeledInPool')}
            value={formatNumber(labeled)}
            note={splits.pool === 0 ? t('overview.noImages') : formatPercent(labeled / splits.pool)}
          />
          <Stat
            label={t('overview.validationAnswers')}
            value={formatNumber(validationLabeled)}
            note={t('overview.validationOf', { validation: splits.validation })}
          />
          <Stat
            label={t('overview.gain')}
            value={total ? t('overview.points', { points: formatPoints(total.perHundred) }) : '–'}
            note={
              total
                ? t('overview.range', { low: formatPoints(total.interval[0]), high: formatPoints(total.interval[1]) })
                : t('overview.gainUnknown')
            }
          />
        </StatRow>
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <Panel>
            {classes.length > 0 && (
              <StackedBar
                label={t('overview.answersByClass')}
                rows={classes.map((one, position) => ({
                  id: one.id,
                  name: one.name,
                  label: <ClassBadge look={{ ...one, position }} size="sm" />,
                  parts: [
                    { id: 'pool', name: t('overview.pool'), count: one.pool, colour: 'var(--color-accent)' },
                    {
                      id: 'validation',
                      name: t('overview.validation'),
                      count: one.validation,
                      colour: 'var(--color-accent-line)',
                    },
                  ],
                }))}
              />
            )}
            {classes.length === 0 && <p className="text-sm text-muted">{t('overview.noClass')}</p>}
          </Panel>
          <Panel>{gain.data && <GainCurve gain={gain.data} height={220} />}</Panel>
        </div>
        <EnoughPanel />
      </div>
    </Page>
  );
}

function LoopOfRun({
  runId,
  labeled,
  unlabeled,
  review,
}: {
  runId: string;
  labeled: number;
  unlabeled: number;
  review: { open: number; answered: number };
}) {
  const { t } = useText();
  const { project } = useProject();
  const { run, progress } = useRun(project.id, runId);
  if (!run.data) return <Loading className="h-28" />;
  return (
    <>
      <LoopDiagram
        projectId={project.id}
        labeled={labeled}
        unlabeled={unlabeled}
        status={run.data.status}
        rounds={run.data.rounds}
        review={review}
        progress={progress}
      />
      <Panel
        flush
        title={
          <span className="flex items-center gap-2">
            <Link href={projectHref(project.id, `runs/${runId}`)} className="text-accent-text hover:underline">
              {runWords(t, run.data)}
            </Link>{' '}
            <RunStatusBadge status={run.data.status} />
          </span>
        }
      >
        <RoundTable run={run.data} />
      </Panel>
    </>
  );
}
