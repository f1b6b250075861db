'use client';
import { useText } from '../../../../_text/text.tsx';
import type { Spoken } from '../../../../_text/text.tsx';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import { findingOf, VALIDATION_WANTED } from '#core/math/finding.ts';
import { formatP } from '#core/math/statistics.ts';
import type { ReviewReason } from '#core/project/project.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { useAnnouncePresence, useEvent } from '../../../../_lib/socket.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { Interval, Stat, StatRow } from '../../../../_ui/stat.tsx';
import { ErrorState, Notice } from '../../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { Tabs } from '../../../../_ui/tabs.tsx';
import { GainCurve } from '../../../../_runs/gain-curve.tsx';
import { NextAction } from '../../../../_runs/next-action.tsx';
import { QueueButton } from '../../../../_runs/queue-button.tsx';
import { AnchoringTab, OrderTab } from './people-tabs.tsx';
import { ReviewItems } from './review-items.tsx';
import { AuditBars } from '../../../../_runs/round-classes.tsx';
import { RunsNav } from '../../../../_runs/runs-nav.tsx';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { useSettled } from '../../../../_runs/use-settled.ts';
import { findingWords, modelWords, roundTitle, runWords } from '../../../../_runs/words.tsx';

const TABS = ['gain', 'control', 'audit', 'order', 'anchoring', 'suspect-label', 'flip'] as const;
type TabName = (typeof TABS)[number];

/**
 * Whether any of it can be trusted: gain for labels, control, audit, order against chance, anchoring, suspects, flips.
 */
export function InsightsPage() {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const named = useSearchParams().get('tab');
  const tab: TabName = TABS.find((one) => one === named) ?? 'gain';
  const trust = useQuery(trpc.insight.trust.queryOptions({ projectId: project.id }));
  const rounds = useQuery(trpc.compare.rounds.queryOptions({ projectId: project.id }));
  const refresh = useSettled(() => void queryClient.invalidateQueries(trpc.insight.pathFilter()), 1000);
  useEvent('review:answered', refresh);
  useEvent('round:ended', refresh);
  const newestRun = rounds.data?.[0]?.runNumber;
  const ofNewest = rounds.data?.filter(({ runNumber, role }) => runNumber === newestRun && role !== 'control') ?? [];
  const newest = ofNewest.at(-1)?.id ?? null;
  const teaching = ofNewest.at(-2)?.id ?? null;
  const wait = trust.error ? <ErrorState error={trust.error} onRetry={() => void trust.refetch()} /> : <Loading />;
  return (
    <Page title={t('runinsight.title')} description={t('runinsight.description')}>
      <RunsNav />
      <Tabs
        label={t('runinsight.title')}
        value={tab}
        onChange={(next) => window.history.replaceState(null, '', `?tab=${next}`)}
        tabs={[
          { value: 'gain', label: t('runinsight.gain'), content: <GainTab /> },
          { value: 'control', label: t('runinsight.control'), content: <ControlTab /> },
          {
            value: 'audit',
            label: t('runinsight.audit'),
            content: trust.data ? (
              <AuditTab
                audit={trust.data.audit}
                action={teaching && <QueueButton roundId={teaching} reason="audit" />}
              />
            ) : (
              wait
            ),
          },
          {
            value: 'order',
            label: t('runinsight.order'),
            content: trust.data ? <OrderTab reasons={trust.data.reasons} /> : wait,
          },
          {
            value: 'anchoring',
            label: t('runinsight.anchoring'),
            content: trust.data ? <AnchoringTab anchoring={trust.data.anchoring} /> : wait,
          },
          {
            value: 'suspect-label',
            label: t('runinsight.suspects'),
            content: trust.data ? (
              <QueueTab reason="suspect-label" roundId={newest} reasons={trust.data.reasons} />
            ) : (
              wait
            ),
          },
          {
            value: 'flip',
            label: t('runinsight.flips'),
            content: trust.data ? (
              <QueueTab reason="flip" roundId={ofNewest.length > 1 ? newest : null} reasons={trust.data.reasons} />
            ) : (
              wait
            ),
          },
        ]}
      />
    </Page>
  );
}

type Trust = Outputs['insight']['trust'];

type Stretch = NonNullable<Outputs['insight']['gain']['total']>;

const overWords = ({ t, format }: Spoken, { interval, labels }: Pick<Stretch, 'interval' | 'labels'>): string =>
  t('runinsight.over', { low: format.points(interval[0]), high: format.points(interval[1]), labels });

function GainTab() {
  const text = useText();
  const { t, format } = text;
  const trpc = useTRPC();
  const { project } = useProject();
  const gain = useQuery(trpc.insight.gain.queryOptions({ projectId: project.id }));
  if (gain.error) return <ErrorState error={gain.error} onRetry={() => void gain.refetch()} />;
  if (!gain.data) return <Loading />;
  const { total, last } = gain.data;
  return (
    <div className="space-y-5">
      <NextAction />
      <StatRow>
        <Stat
          label={t('runinsight.soFar')}
          value={total ? t('runinsight.points', { points: format.points(total.perHundred) }) : '–'}
          note={total ? overWords(text, total) : t('runinsight.soFarLater')}
        />
        <Stat
          label={t('runinsight.lastStretch')}
          value={last ? t('runinsight.points', { points: format.points(last.perHundred) }) : '–'}
          note={last ? overWords(text, last) : t('runinsight.lastLater')}
        />
      </StatRow>
      <Panel>
        <GainCurve gain={gain.data} height={260} />
      </Panel>
    </div>
  );
}

function ControlTab() {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const names = useBackboneNames(project.id);
  const control = useQuery(trpc.insight.control.queryOptions({ projectId: project.id }));
  if (control.error) return <ErrorState error={control.error} onRetry={() => void control.refetch()} />;
  if (!control.data) return <Loading />;
  if (control.data.length === 0) return <Notice>{t('runinsight.noControl')}</Notice>;
  return (
    <Panel title={t('runinsight.minus')} description={t('runinsight.minusWhy', { count: VALIDATION_WANTED })} flush>
      <Table label={t('runinsight.minus')}>
        <thead>
          <tr>
            <Th>{t('runinsight.run')}</Th>
            <Th>{t('runinsight.student')}</Th>
            <Th>{t('runinsight.model')}</Th>
            <Th numeric>{t('runinsight.controlArm')}</Th>
            <Th numeric>{t('runinsight.student')}</Th>
            <Th numeric>{t('runinsight.difference')}</Th>
            <Th numeric>{t('runinsight.chance')}</Th>
            <Th>{t('runinsight.report')}</Th>
            <Th numeric>{t('runinsight.testControl')}</Th>
            <Th numeric>{t('runinsight.testStudent')}</Th>
          </tr>
        </thead>
        <tbody>
          {control.data.map((row) => (
            <Tr key={row.studentRoundId}>
              <Td>{runWords(t, { number: row.runNumber, name: row.runName })}</Td>
              <Td>{roundTitle(t, row)}</Td>
              <Td>{modelWords(t, row, names)}</Td>
              <Td numeric className="tabular">
                {format.percent(row.firstAccuracy)}
              </Td>
              <Td numeric className="tabular">
                {format.percent(row.secondAccuracy)}
              </Td>
              <Td numeric className="tabular">
                <span className="font-medium">{format.points(row.difference)}</span>{' '}
                <span className="text-xs text-muted">
                  {t('runinsight.rangeOf', {
                    low: format.points(row.interval[0]),
                    high: format.points(row.interval[1]),
                    count: row.n,
                  })}
                </span>
              </Td>
              <Td numeric className="text-muted tabular">
                {formatP(row.p)}
              </Td>
              <Td className="whitespace-nowrap text-muted">{findingWords(t, findingOf(row))}</Td>
              <Td numeric className="tabular">
                {format.percent(row.testControl)}
              </Td>
              <Td numeric className="tabular">
                {format.percent(row.testStudent)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function AuditTab({ audit, action }: { audit: Trust['audit']; action: ReactNode }) {
  const { t, format } = useText();
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Panel title={t('runinsight.audited')} description={t('runinsight.auditedWhy')} actions={action}>
        <AuditBars audit={audit} />
      </Panel>
      <Panel title={t('runinsight.byRound')} flush>
        {audit.byRound.length === 0 ? (
          <p className="px-4 pb-4 text-sm text-muted">{t('runinsight.noAudit')}</p>
        ) : (
          <Table label={t('runinsight.auditedByRound')}>
            <thead>
              <tr>
                <Th>{t('runinsight.round')}</Th>
                <Th numeric>{t('runinsight.acceptedAudited')}</Th>
                <Th numeric>{t('runinsight.precision')}</Th>
                <Th numeric>{t('runinsight.poolAudited')}</Th>
                <Th numeric>{t('runinsight.precision')}</Th>
              </tr>
            </thead>
            <tbody>
              {audit.byRound.map((row) => (
                <Tr key={row.roundId}>
                  <Td>
                    {runWords(t, { number: row.runNumber, name: row.runName })}, {roundTitle(t, row)}
                  </Td>
                  {[row.overall, row.pool].map((draw, at) => [
                    <Td key={`n ${at}`} numeric className="tabular">
                      {format.number(draw.n)}
                    </Td>,
                    <Td key={`precision ${at}`} numeric>
                      <Interval value={draw.precision} interval={draw.interval} />
                    </Td>,
                  ])}
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </div>
  );
}

function QueueTab({
  reason,
  roundId,
  reasons,
}: {
  reason: Extract<ReviewReason, 'suspect-label' | 'flip'>;
  roundId: string | null;
  reasons: Trust['reasons'];
}) {
  const { t, format } = useText();
  const figure = reasons.find((row) => row.reason === reason);
  return (
    <div className="space-y-5">
      <Notice action={roundId !== null && <QueueButton roundId={roundId} reason={reason} />}>
        {t(`runinsight.queue.${reason}`)}
      </Notice>
      <StatRow>
        <Stat label={t('runinsight.waiting')} value={format.number(figure?.open ?? 0)} />
        <Stat label={t('runinsight.answered')} value={format.number(figure?.answered ?? 0)} />
        <Stat
          label={t('runinsight.corrected')}
          value={format.percent(figure?.corrected.share)}
          interval={figure?.corrected.share == null ? null : figure.corrected.interval}
          note={t('runinsight.hits', { hits: figure?.corrected.hits ?? 0, count: figure?.corrected.n ?? 0 })}
        />
      </StatRow>
      <ReviewItems reason={reason} />
    </div>
  );
}
