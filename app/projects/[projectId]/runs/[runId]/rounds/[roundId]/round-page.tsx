'use client';
import { useText } from '../../../../../../_text/text.tsx';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { GitCompareArrows } from 'lucide-react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { isCalibrationWorse, wordOfVerdict } from '#core/round/verdict.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import type { RoundMetrics } from '#core/run/learning.ts';
import { ConfusionMatrix } from '../../../../../../_charts/confusion-matrix.tsx';
import { worstCell } from '../../../../../../_charts/geometry.ts';
import { Histogram } from '../../../../../../_charts/histogram.tsx';
import { Reliability } from '../../../../../../_charts/reliability.tsx';
import { useTRPC } from '../../../../../../_lib/api.ts';
import type { Outputs } from '../../../../../../_lib/api.ts';
import { useAnnouncePresence, useEvent } from '../../../../../../_lib/socket.ts';
import { projectHref } from '../../../../../../_shell/nav.ts';
import { useProject } from '../../../../../../_shell/project.tsx';
import { Button } from '../../../../../../_ui/form/button.tsx';
import { Page, Panel } from '../../../../../../_ui/panel.tsx';
import { Select } from '../../../../../../_ui/form/select.tsx';
import { Loading } from '../../../../../../_ui/spinner.tsx';
import { Stat, StatRow } from '../../../../../../_ui/stat.tsx';
import { EmptyState, ErrorState, Notice } from '../../../../../../_ui/states.tsx';
import { Tabs } from '../../../../../../_ui/tabs.tsx';
import { QueueButton } from '../../../../../../_runs/queue-button.tsx';
import { AuditBars, ClassTable, PriorBars } from '../../../../../../_runs/round-classes.tsx';
import type { RoundFigures } from '../../../../../../_runs/round-classes.tsx';
import { ExportButton, RoundExport } from '../../../../../../_runs/round-export.tsx';
import { CellImages, Flips, Mistakes } from '../../../../../../_runs/round-images.tsx';
import { RoundMap } from './round-map.tsx';
import { RoundRecord } from './round-record.tsx';
import { standingWords } from '../../../../../../_runs/words/standing-words.ts';
import { useBackboneNames } from '../../../../../../_runs/use-backbone-names.ts';
import { useSettled } from '../../../../../../_runs/use-settled.ts';
import { VerdictBadge, modelWords, roundTitle, runWords } from '../../../../../../_runs/words.tsx';
import { readStored } from '../../../../../../_lib/error.ts';

type RoundView = Outputs['round']['get'];
const TABS = ['figures', 'calibration', 'pseudo-labels', 'map', 'mistakes', 'flips', 'export'] as const;
type TabName = (typeof TABS)[number];

/** One round looked into: every figure leads to its images. */
export function RoundPage({ runId, roundId }: { runId: string; roundId: string }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { project, may } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const names = useBackboneNames(project.id);
  const named = useSearchParams().get('tab');
  const show = (next: TabName) => window.history.replaceState(null, '', `?tab=${next}`);
  const tab: TabName = TABS.find((one) => one === named) ?? 'figures';
  const query = useQuery(trpc.round.get.queryOptions({ projectId: project.id, roundId }));
  const refresh = useSettled(
    () => void queryClient.invalidateQueries(trpc.round.get.queryFilter({ projectId: project.id, roundId })),
    1000,
  );
  useEvent('round:ended', (event) => event.roundId === roundId && refresh());
  useEvent('review:answered', refresh);
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading className="min-h-[50dvh]" />;
  const { round, figures, seconds, standings, previousRoundId, siblings } = query.data;
  const { metrics, run } = round;
  const href = (id: string) => projectHref(project.id, `runs/${runId}/rounds/${id}`);
  const control = siblings.find(
    ({ role, index }) => role === 'control' && index === round.index && round.role !== 'control',
  );
  const against = control?.id ?? previousRoundId;
  // What was frozen with the round says it all; of rounds from before, the control arm is told beside it.
  const beside = round.standings === null ? standingWords(t, standings) : null;
  const sentence =
    [readStored(round.verdictSaid, round.verdictReason ?? ''), beside && t('run.standing.itIs', { standing: beside })]
      .filter(Boolean)
      .join(' ') || null;
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-3">
          {roundTitle(t, round)} {round.verdict && <VerdictBadge verdict={round.verdict} standings={standings} />}
        </span>
      }
      description={
        <>
          <Link
            href={projectHref(project.id, `runs/${runId}`)}
            className="text-accent-text underline underline-offset-2"
          >
            {runWords(t, run)}
          </Link>{' '}
          · {modelWords(t, { model: round.model, ...originOf(run.config, round) }, names)}
          {metrics && ` · ${t('runround.parameters', { count: metrics.parameters })}`}
        </>
      }
      actions={
        <>
          <Select
            size="sm"
            label={t('runround.round')}
            className="w-36"
            value={round.id}
            onChange={(id) => router.push(href(id))}
            options={siblings.map((one) => ({ value: one.id, label: roundTitle(t, one) }))}
          />
          {against !== null && (
            <Button asChild size="sm">
              <Link href={projectHref(project.id, `runs/compare?first=${against}&second=${round.id}`)}>
                <GitCompareArrows size={14} aria-hidden /> {t(control ? 'runround.compareControl' : 'runround.compare')}
              </Link>
            </Button>
          )}
          {may('export:create') && round.stage === 'done' && (
            <ExportButton roundId={roundId} onAsked={() => show('export')} />
          )}
        </>
      }
    >
      {!metrics ? (
        <EmptyState title={t('runround.notMeasured')}>{t('runround.notMeasuredWhy')}</EmptyState>
      ) : (
        <div className="space-y-5">
          {sentence !== null && (
            <Notice tone={round.verdict ? wordOfVerdict(round.verdict, standings).tone : 'neutral'}>{sentence}</Notice>
          )}
          {isCalibrationWorse(metrics) && (
            <Notice tone="warn">
              {t('runround.temperatureWorse', {
                before: format.fraction(metrics.eceBefore),
                after: format.fraction(metrics.eceAfter),
              })}
            </Notice>
          )}
          <StatRow>
            <Stat
              label={t('runround.validation')}
              value={`${(metrics.valAccuracy * 100).toFixed(1)}%`}
              interval={metrics.valInterval}
              note={t('runround.imageCount', { count: metrics.valCount })}
            />
            <Stat
              label={t('runround.calibrationError')}
              value={format.fraction(metrics.eceAfter)}
              note={t('runround.calibrationNote', {
                before: format.fraction(metrics.eceBefore),
                temperature: metrics.temperature.toFixed(2),
              })}
            />
            <Stat
              label={t('runround.learnedFrom')}
              value={format.number(metrics.labeled + metrics.pseudo)}
              note={t('runround.learnedNote', { labels: metrics.labeled, pseudo: metrics.pseudo })}
            />
            <Stat
              label={t('runround.auditedPrecision')}
              value={
                figures.audit.overall.precision === null
                  ? '–'
                  : `${(figures.audit.overall.precision * 100).toFixed(1)}%`
              }
              interval={figures.audit.overall.precision === null ? null : figures.audit.overall.interval}
              note={
                figures.audit.overall.n === 0 ? (
                  <Link
                    className="text-accent-text underline underline-offset-2"
                    href={projectHref(project.id, 'review')}
                  >
                    {t('runround.answerAudit')}
                  </Link>
                ) : (
                  t('runround.acceptedOnes', { count: figures.audit.overall.n })
                )
              }
            />
            <Stat
              label={t('runround.test')}
              value={metrics.testAccuracy === null ? '–' : `${(metrics.testAccuracy * 100).toFixed(1)}%`}
              note={
                metrics.testCount === null
                  ? t('runround.testLater')
                  : t('runround.imageCount', { count: metrics.testCount })
              }
            />
            <Stat
              label={t('runround.time')}
              value={format.duration(seconds)}
              note={t('runround.steps', { count: metrics.steps })}
            />
          </StatRow>
          <Tabs
            label={t('runround.round')}
            value={tab}
            onChange={show}
            tabs={[
              {
                value: 'figures',
                label: t('runround.figures'),
                content: (
                  <div className="space-y-5">
                    <FiguresTab round={round} figures={figures} />
                    <RoundRecord round={round} siblings={siblings} classes={figures.classes} />
                  </div>
                ),
              },
              {
                value: 'calibration',
                label: t('runround.calibration'),
                content: (
                  <CalibrationTab
                    figures={figures}
                    metrics={metrics}
                    roundId={roundId}
                    hasStudent={siblings.some(({ role, index }) => role === 'student' && index === round.index + 1)}
                  />
                ),
              },
              {
                value: 'pseudo-labels',
                label: t('runround.pseudo'),
                content: <PseudoTab round={round} figures={figures} />,
              },
              {
                value: 'map',
                label: t('runround.map'),
                content: <RoundMap roundId={roundId} classes={figures.classes} />,
              },
              {
                value: 'mistakes',
                label: t('runround.mistakes'),
                content: <Mistakes roundId={roundId} classIds={run.classIds} />,
              },
              {
                value: 'flips',
                label: t('runround.flips'),
                content:
                  previousRoundId === null ? (
                    <EmptyState title={t('runround.noBefore')}>{t('runround.noBeforeWhy')}</EmptyState>
                  ) : (
                    <div className="space-y-4">
                      <QueueButton roundId={roundId} reason="flip" />
                      <Flips roundId={roundId} />
                    </div>
                  ),
              },
              ...(may('export:read')
                ? [
                    {
                      value: 'export' as const,
                      label: t('runround.export'),
                      content: <RoundExport roundId={roundId} />,
                    },
                  ]
                : []),
            ]}
          />
        </div>
      )}
    </Page>
  );
}

function FiguresTab({ round, figures }: { round: RoundView['round']; figures: RoundFigures }) {
  const { t } = useText();
  // What a lead looks at first.
  const [cell, setCell] = useState<{ truth: number; predicted: number } | null>(() =>
    worstCell(round.metrics?.confusion ?? []),
  );
  const truth = figures.classes[cell?.truth ?? -1];
  const predicted = figures.classes[cell?.predicted ?? -1];
  return (
    <div className="space-y-5">
      <div className="grid items-start gap-5 xl:grid-cols-[auto_minmax(0,1fr)]">
        <Panel className="overflow-x-auto">
          <ConfusionMatrix
            label={t('runround.confusion')}
            counts={round.metrics?.confusion ?? []}
            classes={figures.classes}
            selected={cell}
            onCell={(row, column) => setCell({ truth: row, predicted: column })}
          />
        </Panel>
        <Panel
          title={
            truth && predicted
              ? t('runround.cellOf', { truth: truth.name, predicted: predicted.name })
              : t('runround.cell')
          }
        >
          {truth && predicted ? (
            <CellImages roundId={round.id} truthClassId={truth.id} predictedClassId={predicted.id} />
          ) : (
            <p className="text-sm text-muted">{t('runround.chooseCell')}</p>
          )}
        </Panel>
      </div>
      <Panel title={t('runround.byClass')} flush>
        <ClassTable figures={figures} />
      </Panel>
    </div>
  );
}

function CalibrationTab({
  figures,
  metrics,
  roundId,
  hasStudent,
}: {
  figures: RoundFigures;
  metrics: RoundMetrics;
  roundId: string;
  hasStudent: boolean;
}) {
  const { t } = useText();
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Panel title={t('runround.means')} description={t('runround.fittedOn', { count: figures.reliability.count })}>
        <Reliability
          bins={figures.reliability.after}
          before={figures.reliability.before}
          error={metrics.eceAfter}
          errorBefore={metrics.eceBefore}
        />
      </Panel>
      <Panel
        title={t('runround.unlooked')}
        description={t('runround.unlookedWhy')}
        actions={hasStudent && <QueueButton roundId={roundId} reason="audit" />}
      >
        <AuditBars audit={figures.audit} />
      </Panel>
    </div>
  );
}

function PseudoTab({ round, figures }: { round: RoundView['round']; figures: RoundFigures }) {
  const { t } = useText();
  const [classId, setClassId] = useState('all');
  const { project } = useProject();
  const count = figures.histogram[0]?.length ?? 0;
  const shown = figures.classes
    .map((_, index) => index)
    .filter((index) => classId === 'all' || figures.classes[index]?.id === classId);
  const bins = Array.from({ length: count }, (_, bin) => ({
    from: bin / count,
    to: (bin + 1) / count,
    count: shown.reduce((sum, index) => sum + (figures.histogram[index]?.[bin] ?? 0), 0),
  }));
  const thresholds = figures.classes
    .filter((one) => classId === one.id && one.threshold !== null)
    .map((one) => ({ id: one.id, label: one.name, value: one.threshold ?? 0, colour: one.colour }));
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Panel
        title={t('runround.poolConfidence')}
        description={t('runround.imageCount', { count: figures.unlabeled })}
        actions={
          <>
            <Select
              size="sm"
              label={t('runround.class')}
              className="w-36"
              value={classId}
              onChange={setClassId}
              options={[
                { value: 'all', label: t('runround.everyClass') },
                ...figures.classes.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
            <Button asChild size="sm">
              <Link href={projectHref(project.id, `runs/${round.runId}/rounds/${round.id}/thresholds`)}>
                {t('runround.tryThresholds')}
              </Link>
            </Button>
          </>
        }
      >
        <Histogram label={t('runround.byConfidence')} bins={bins} thresholds={thresholds} height={200} />
        {classId === 'all' && <p className="mt-1 text-xs text-muted">{t('runround.chooseClass')}</p>}
      </Panel>
      <Panel title={t('runround.fedByClass')}>
        {round.role === 'student' ? (
          <PriorBars figures={figures} />
        ) : (
          <p className="text-sm text-muted">{t('runround.humanAlone', { round: roundTitle(t, round) })}</p>
        )}
      </Panel>
    </div>
  );
}
