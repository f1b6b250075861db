'use client';
import { useText } from '../../../../_text/text.tsx';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import type { ReactNode } from 'react';
import { findingOf, VALIDATION_WANTED } from '#core/math/finding.ts';
import { formatP } from '#core/math/statistics.ts';
import type { ReviewReason } from '#core/project/project.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatNumber, formatPercent, formatPoints, plural } from '../../../../_lib/format.ts';
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
import { modelWords, roundTitle, runWords, findingWords } from '../../../../_runs/words.tsx';

const TABS = ['gain', 'control', 'audit', 'order', 'anchoring', 'suspect-label', 'flip'] as const;
type TabName = (typeof TABS)[number];

/**
 * Whether any of it can be trusted: gain for labels, control, audit, order against chance, anchoring, suspects, flips.
 */
export function InsightsPage() {
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
    <Page title="Insights" description="What people's work has bought, and whether the figures can be trusted.">
      <RunsNav />
      <Tabs
        label="Insights"
        value={tab}
        onChange={(next) => window.history.replaceState(null, '', `?tab=${next}`)}
        tabs={[
          { value: 'gain', label: 'Gain per label', content: <GainTab /> },
          { value: 'control', label: 'Control arm', content: <ControlTab /> },
          {
            value: 'audit',
            label: 'Audit',
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
            label: 'Order against chance',
            content: trust.data ? <OrderTab reasons={trust.data.reasons} /> : wait,
          },
          {
            value: 'anchoring',
            label: 'Anchoring',
            content: trust.data ? <AnchoringTab anchoring={trust.data.anchoring} /> : wait,
          },
          {
            value: 'suspect-label',
            label: 'Suspect labels',
            content: trust.data ? (
              <QueueTab reason="suspect-label" roundId={newest} reasons={trust.data.reasons} />
            ) : (
              wait
            ),
          },
          {
            value: 'flip',
            label: 'Flips',
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

function GainTab() {
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
          label="Gain for 100 labels, so far"
          value={total ? `${formatPoints(total.perHundred)} points` : '–'}
          note={
            total
              ? `${formatPoints(total.interval[0])} to ${formatPoints(total.interval[1])}, over ` +
                plural(total.labels, 'label')
              : 'after rounds with different numbers of labels'
          }
        />
        <Stat
          label="On the last stretch"
          value={last ? `${formatPoints(last.perHundred)} points` : '–'}
          note={
            last
              ? `${formatPoints(last.interval[0])} to ${formatPoints(last.interval[1])}, over ` +
                plural(last.labels, 'label')
              : 'label more, then train again'
          }
        />
      </StatRow>
      <Panel>
        <GainCurve gain={gain.data} height={260} />
      </Panel>
    </div>
  );
}

function ControlTab() {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const names = useBackboneNames(project.id);
  const control = useQuery(trpc.insight.control.queryOptions({ projectId: project.id }));
  if (control.error) return <ErrorState error={control.error} onRetry={() => void control.refetch()} />;
  if (!control.data) return <Loading />;
  if (control.data.length === 0)
    return (
      <Notice>
        No control arm was trained yet. It learns from human labels alone, with the student's own model and steps: what
        the student has over it is what self-training brought.
      </Notice>
    );
  return (
    <Panel
      title="Student minus control"
      description={
        `Same model, same steps, human labels only. This is the gain to report, where it is more than ` +
        `chance on at least ${VALIDATION_WANTED} validation images.`
      }
      flush
    >
      <Table label="Student minus control">
        <thead>
          <tr>
            <Th>Run</Th>
            <Th>Student</Th>
            <Th>Model</Th>
            <Th numeric>Control</Th>
            <Th numeric>Student</Th>
            <Th numeric>Difference, points</Th>
            <Th numeric>Chance</Th>
            <Th>May be reported</Th>
            <Th numeric>Test: control</Th>
            <Th numeric>Test: student</Th>
          </tr>
        </thead>
        <tbody>
          {control.data.map((row) => (
            <Tr key={row.studentRoundId}>
              <Td>{runWords(t, { number: row.runNumber, name: row.runName })}</Td>
              <Td>{roundTitle(t, row)}</Td>
              <Td>{modelWords(t, row, names)}</Td>
              <Td numeric className="tabular">
                {formatPercent(row.firstAccuracy)}
              </Td>
              <Td numeric className="tabular">
                {formatPercent(row.secondAccuracy)}
              </Td>
              <Td numeric className="tabular">
                <span className="font-medium">{formatPoints(row.difference)}</span>{' '}
                <span className="text-xs text-muted">
                  [{formatPoints(row.interval[0])} to {formatPoints(row.interval[1])}] of {formatNumber(row.n)}
                </span>
              </Td>
              <Td numeric className="text-muted tabular">
                {formatP(row.p)}
              </Td>
              <Td className="whitespace-nowrap text-muted">{findingWords(t, findingOf(row))}</Td>
              <Td numeric className="tabular">
                {formatPercent(row.testControl)}
              </Td>
              <Td numeric className="tabular">
                {formatPercent(row.testStudent)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function AuditTab({ audit, action }: { audit: Trust['audit']; action: ReactNode }) {
  const { t } = useText();
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Panel
        title="Audited precision"
        description="A random draw that nobody chose, answered by people."
        actions={action}
      >
        <AuditBars audit={audit} />
      </Panel>
      <Panel title="By round" flush>
        {audit.byRound.length === 0 ? (
          <p className="px-4 pb-4 text-sm text-muted">No audited item is answered yet.</p>
        ) : (
          <Table label="Audited precision by round">
            <thead>
              <tr>
                <Th>Round</Th>
                <Th numeric>Accepted, audited</Th>
                <Th numeric>Precision</Th>
                <Th numeric>Whole pool, audited</Th>
                <Th numeric>Precision</Th>
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
                      {formatNumber(draw.n)}
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

const QUEUE_WORDS = {
  'suspect-label':
    'Human labels contradicted by a net that never saw them. Most are right all the same, so people look again, the ' +
    'guess hidden first; nothing is relabeled by machine.',
  flip: 'Images whose class moved between two rounds: where the model has not made up its mind.',
} as const;

function QueueTab({
  reason,
  roundId,
  reasons,
}: {
  reason: Extract<ReviewReason, 'suspect-label' | 'flip'>;
  roundId: string | null;
  reasons: Trust['reasons'];
}) {
  const figure = reasons.find((row) => row.reason === reason);
  return (
    <div className="space-y-5">
      <Notice action={roundId !== null && <QueueButton roundId={roundId} reason={reason} />}>
        {QUEUE_WORDS[reason]}
      </Notice>
      <StatRow>
        <Stat label="Waiting" value={formatNumber(figure?.open ?? 0)} />
        <Stat label="Answered" value={formatNumber(figure?.answered ?? 0)} />
        <Stat
          label="Model was corrected"
          value={formatPercent(figure?.corrected.share)}
          interval={figure?.corrected.share == null ? null : figure.corrected.interval}
          note={`${formatNumber(figure?.corrected.hits ?? 0)} of ${formatNumber(figure?.corrected.n ?? 0)}`}
        />
      </StatRow>
      <ReviewItems reason={reason} />
    </div>
  );
}
