'use client';
import { roundWords } from '../../../../_labeling/round-words.ts';
import { useText } from '../../../../_text/text.tsx';
import { useQuery } from '@tanstack/react-query';
import { GitCompareArrows, PackageOpen } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { chainOf } from '#core/run/chain-of.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import type { RoundMetrics } from '#core/run/learning.ts';
import { finalRound, isRunActive, isRunEnded } from '#core/run/run.ts';
import type { RoundStage } from '#core/run/run.ts';
import { estimateSecondsLeft } from '#core/run/run-time.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { useAnnouncePresence } from '../../../../_lib/socket.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Badge } from '../../../../_ui/badge.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Progress } from '../../../../_ui/progress.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { Stat, StatRow } from '../../../../_ui/stat.tsx';
import { ErrorState, Notice } from '../../../../_ui/states.tsx';
import { LoopDiagram } from '../../../../_runs/loop-diagram.tsx';
import { RoundTable } from '../../../../_runs/round-table.tsx';
import { activityOf } from './activity.ts';
import { RunControls } from './run-controls.tsx';
import { RunMenu } from './run-menu.tsx';
import { RunName } from './run-name.tsx';
import { RunNotes } from './run-notes.tsx';
import { RunCurves } from './run-curves.tsx';
import { RunSettings } from './run-settings.tsx';
import { linkLine } from '../../../../_runs/words/link-words.ts';
import { useCurves, useRun } from '../../../../_runs/use-run.ts';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { RunStatusBadge, roundTitle } from '../../../../_runs/words.tsx';
import { readStored } from '../../../../_lib/error.ts';

/** Stages that go on by steps, not by images. */
const STEPPED: ReadonlySet<RoundStage> = new Set(['training', 'doubting', 'control']);

/** One run, live: where the loop stands, what is learned, what was decided. */
export function RunPage({ runId }: { runId: string }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const { run: query, progress } = useRun(project.id, runId);
  const curves = useCurves(project.id, runId);
  const next = useQuery(trpc.insight.next.queryOptions({ projectId: project.id }));
  const run = query.data;
  const names = useBackboneNames(project.id);
  const now = useNow(run !== undefined && run.startedAt !== null && run.endedAt === null);
  if (query.error && !run) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!run) return <Loading className="min-h-[50dvh]" />;

  const working =
    run.status === 'training'
      ? (run.rounds.find(({ id, stage }) =>
          progress ? id === progress.roundId : stage !== 'done' && stage !== 'waiting',
        ) ?? null)
      : null;
  const measured = run.rounds.filter(
    ({ role, metrics, rolledBackAt }) => role !== 'control' && metrics && !rolledBackAt,
  );
  const newest = measured.at(-1) ?? null;
  const final = isRunEnded(run.status) ? finalRound(run.rounds) : null;
  const elapsed = run.startedAt === null ? null : ((run.endedAt?.getTime() ?? now) - run.startedAt.getTime()) / 1000;
  const paced =
    run.status === 'training'
      ? estimateSecondsLeft(run.config, run.rounds, { poolImages: next.data?.splits.pool ?? 0, now })
      : null;
  // No run ends before the stage that it is in.
  const left = paced === null ? null : Math.max(paced, progress?.secondsLeft ?? 0);
  const rate = working ? curves.get(working.id)?.at(-1)?.imagesPerSecond : newest?.metrics?.imagesPerSecond;
  const about = { chain: linkLine(t, chainOf(run.config), names), seed: String(run.config.seed) };
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-3">
          <RunName run={run} /> <RunStatusBadge status={run.status} />
          {run.archivedAt !== null && <Badge tone="outline">{t('runpage.archived')}</Badge>}
        </span>
      }
      description={
        run.createdByName === null
          ? t('runpage.about', about)
          : t('runpage.aboutBy', { ...about, name: run.createdByName })
      }
      actions={
        <>
          <RunControls run={run} />
          {measured.length > 1 && (
            <Button asChild variant="ghost">
              <Link
                href={projectHref(
                  project.id,
                  `runs/compare?first=${measured.at(-2)?.id ?? ''}&second=${newest?.id ?? ''}`,
                )}
              >
                <GitCompareArrows size={15} aria-hidden /> {t('runpage.compare')}
              </Link>
            </Button>
          )}
          {final !== null && may('export:create') && (
            <Button asChild variant={run.status === 'finished' ? 'primary' : 'secondary'}>
              <Link href={projectHref(project.id, `data/exports?round=${final.id}`)}>
                <PackageOpen size={15} aria-hidden /> {t('runpage.export', { round: roundWords(t, final) })}
              </Link>
            </Button>
          )}
          <RunMenu run={run} />
        </>
      }
    >
      <div className="space-y-5">
        <RunNotes run={run} />
        {run.message !== null && (
          <Notice
            tone={run.status === 'failed' ? 'bad' : run.status === 'waiting-review' ? 'warn' : 'neutral'}
            title={readStored(run.said, run.message)}
            action={
              run.status === 'waiting-review' && (
                <Button asChild size="sm">
                  <Link href={projectHref(project.id, 'review')}>{t('runpage.openQueue')}</Link>
                </Button>
              )
            }
          />
        )}
        {run.imagesGone > 0 && <Notice tone="neutral" title={t('runpage.imagesGone', { count: run.imagesGone })} />}
        <LoopDiagram
          projectId={project.id}
          status={run.status}
          rounds={run.rounds}
          review={run.review}
          ofRun
          progress={progress}
          labeled={next.data?.labeled ?? 0}
          unlabeled={(next.data?.splits.pool ?? 0) - (next.data?.labeled ?? 0)}
        />
        {isRunActive(run.status) && (
          <Panel>
            {progress && working ? (
              <Progress
                label={`${roundTitle(t, working)}: ${t(`run.stage.${progress.stage}`)}`}
                done={progress.done}
                total={progress.total}
                noun={t(STEPPED.has(progress.stage) ? 'runpage.steps' : 'runpage.images')}
                secondsLeft={progress.secondsLeft}
              />
            ) : (
              <p className="text-sm text-muted" role="status">
                {activityOf(t, run)}
              </p>
            )}
          </Panel>
        )}
        <StatRow>
          <Stat label={t('runpage.engine')} value={run.engine ?? '–'} note={run.device ?? t('runpage.engineLater')} />
          <Stat
            label={t('runpage.speed')}
            value={rate === undefined ? '–' : format.rate(rate)}
            note={t('runpage.speedNote')}
          />
          <Stat
            label={t('runpage.validation')}
            value={newest?.metrics ? `${(newest.metrics.valAccuracy * 100).toFixed(1)}%` : '–'}
            interval={newest?.metrics?.valInterval ?? null}
            note={
              newest?.metrics
                ? t('runpage.validationNote', { round: roundTitle(t, newest), count: newest.metrics.valCount })
                : t('runpage.validationLater')
            }
          />
          <Stat
            label={t('runpage.test')}
            value={newest?.metrics?.testAccuracy == null ? '–' : `${(newest.metrics.testAccuracy * 100).toFixed(1)}%`}
            interval={newest?.metrics ? testInterval(newest.metrics) : null}
            note={
              newest?.metrics?.testCount == null
                ? t('runpage.testLater')
                : t('runpage.imageCount', { count: newest.metrics.testCount })
            }
          />
          <Stat
            label={t('runpage.time')}
            value={format.duration(elapsed)}
            note={
              run.endedAt
                ? t('runpage.inAll')
                : !run.startedAt
                  ? t('runpage.notStarted')
                  : left === null
                    ? t('runpage.soFar')
                    : t('runpage.soFarLeft', { left: format.about(left) })
            }
          />
        </StatRow>
        <Panel title={t('runpage.rounds')} flush>
          <RoundTable run={run} />
        </Panel>
        <RunCurves rounds={run.rounds} curves={curves} activeId={working?.id ?? null} />
        <RunSettings run={run} />
      </div>
    </Page>
  );
}

/** 95% interval of the test accuracy, which was read once on so many images. */
const testInterval = ({ testAccuracy, testCount }: RoundMetrics) =>
  testAccuracy === null || !testCount ? null : wilsonInterval(Math.round(testAccuracy * testCount), testCount);

/** The time, ms; each second anew while it ticks. */
function useNow(ticks: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticks) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticks]);
  return now;
}
