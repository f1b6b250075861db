'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { toast } from 'sonner';
import { isRunEnded } from '#core/run/run.ts';
import { barsAbove, simulateThresholds } from '#core/round/simulator.ts';
import { Said, useText } from '../../../../../../../_text/text.tsx';
import { Histogram } from '../../../../../../../_charts/histogram.tsx';
import { useTRPC } from '../../../../../../../_lib/api.ts';
import type { Outputs } from '../../../../../../../_lib/api.ts';
import { useAnnouncePresence } from '../../../../../../../_lib/socket.ts';
import { projectHref } from '../../../../../../../_shell/nav.ts';
import { useProject } from '../../../../../../../_shell/project.tsx';
import { Button } from '../../../../../../../_ui/form/button.tsx';
import { ClassBadge } from '../../../../../../../_ui/class-badge.tsx';
import { Page, Panel } from '../../../../../../../_ui/panel.tsx';
import { Loading } from '../../../../../../../_ui/spinner.tsx';
import { Interval, Stat, StatRow } from '../../../../../../../_ui/stat.tsx';
import { ErrorState, Notice } from '../../../../../../../_ui/states.tsx';
import { Slider } from '../../../../../../../_ui/form/toggles.tsx';
import { runWords, roundTitle } from '../../../../../../../_runs/words.tsx';

type Simulator = Outputs['round']['simulator'];
/** Bars a class: fewer than the bins the figures are counted from, so that each can be seen. */
const BARS = 50;

/**
 * Drag a threshold, see at once what it would accept, how right that would be, and what people would have left to do.
 */
export function ThresholdsPage({ runId, roundId }: { runId: string; roundId: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const query = useQuery(
    trpc.round.simulator.queryOptions({ projectId: project.id, roundId }, { staleTime: Infinity }),
  );
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading className="min-h-[50dvh]" />;
  const { run, round } = query.data;
  return (
    <Page
      title={t('runround.sim.title')}
      description={
        <Said
          of="runround.sim.on"
          with={{
            round: (
              <Link
                href={projectHref(project.id, `runs/${runId}/rounds/${roundId}`)}
                className="text-accent-text underline underline-offset-2"
              >
                {runWords(t, run)}, {roundTitle(t, round)}
              </Link>
            ),
          }}
        />
      }
    >
      <Simulation data={query.data} />
    </Page>
  );
}

function Simulation({ data }: { data: Simulator }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const router = useRouter();
  const { project, may } = useProject();
  const [thresholds, setThresholds] = useState<number[]>(data.thresholds);
  const outcome = useMemo(() => simulateThresholds(data.simulator, thresholds), [data.simulator, thresholds]);
  const before = useMemo(() => simulateThresholds(data.simulator, data.thresholds), [data]);
  const apply = useMutation(
    trpc.run.applyThresholds.mutationOptions({
      onSuccess: () => {
        toast.success(t('runround.sim.applied'));
        router.push(projectHref(project.id, `runs/${data.run.id}`));
      },
    }),
  );
  const set = (index: number, value: number) =>
    setThresholds((held) => held.map((one, at) => (at === index ? value : one)));
  const floors = Object.fromEntries(data.classes.map(({ id }, index) => [id, thresholds[index] ?? 0]));
  const ended = isRunEnded(data.run.status);
  const newRun = projectHref(
    project.id,
    `runs/new?floors=${Object.entries(floors)
      .map(([id, floor]) => `${id}:${floor}`)
      .join(',')}`,
  );
  const bars = useMemo(() => data.simulator.pool.map((bins) => toBars(bins)), [data.simulator]);
  const change = outcome.accepted - before.accepted;
  return (
    <div className="space-y-5">
      <div className="sticky top-12 z-20 -mx-1 space-y-3 bg-bg px-1 py-2">
        <StatRow>
          <Stat
            label={t('runround.sim.pass')}
            value={format.number(outcome.accepted)}
            note={
              change === 0
                ? t('runround.sim.asNow', { count: outcome.of })
                : t('runround.sim.change', {
                    count: outcome.of,
                    change: `${change > 0 ? '+' : '−'}${format.number(Math.abs(change))}`,
                  })
            }
          />
          <Stat
            label={t('runround.sim.precision')}
            value={format.percent(outcome.precision)}
            interval={outcome.interval}
            note={
              outcome.unknown > 0
                ? t('runround.sim.unknown', { count: outcome.unknown })
                : t('runround.sim.now', { share: format.percent(before.precision) })
            }
          />
          <Stat
            label={t('runround.sim.left')}
            value={format.number(outcome.of - outcome.accepted)}
            note={
              outcome.minutes === null
                ? t('runround.sim.timeLater')
                : t('runround.sim.time', { duration: format.duration(outcome.minutes * 60) })
            }
          />
        </StatRow>
      </div>
      <Panel
        title={t('runround.sim.all')}
        actions={
          <>
            <Button size="sm" variant="ghost" onClick={() => setThresholds(data.thresholds)}>
              {t('runround.sim.reset')}
            </Button>
            {may('run:control') && !ended && (
              <Button
                size="sm"
                variant="primary"
                busy={apply.isPending}
                onClick={() => apply.mutate({ projectId: project.id, runId: data.run.id, classFloors: floors })}
              >
                {t('runround.sim.apply')}
              </Button>
            )}
            {may('run:start') && ended && (
              <Button asChild size="sm" variant="primary">
                <Link href={newRun}>{t('runround.sim.newRun')}</Link>
              </Button>
            )}
          </>
        }
      >
        <Slider
          label={t('runround.sim.every')}
          min={0}
          max={1}
          step={0.01}
          value={mean(thresholds)}
          valueText={format.percent(mean(thresholds), 0)}
          onChange={(value) => setThresholds(data.classes.map(() => value))}
        />
        <p className="mt-1 text-xs text-muted">{t('runround.sim.why')}</p>
      </Panel>
      {outcome.unknown > 0 && <Notice tone="warn">{t('runround.sim.someUnknown')}</Notice>}
      <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {data.classes.map((look, index) => {
          const one = outcome.classes[index];
          const threshold = thresholds[index] ?? 0;
          const bins = bars[index] ?? [];
          return (
            one && (
              <Panel key={look.id}>
                <div className="mb-1 flex flex-wrap items-center justify-between gap-x-3 text-xs">
                  <ClassBadge look={look} />
                  <span className="text-muted tabular">
                    <Said
                      of="runround.sim.ofClass"
                      with={{
                        accepted: one.accepted,
                        all: one.of,
                        precision: (
                          <Interval value={one.precision} interval={one.n === 0 ? null : one.interval} digits={0} />
                        ),
                        answers: one.n,
                      }}
                    />
                  </span>
                </div>
                <Histogram
                  label={t('runround.sim.confidence', { class: look.name })}
                  height={120}
                  bins={bins}
                  part={barsAbove(data.simulator.pool[index] ?? [], threshold, BARS)}
                  thresholds={[{ id: look.id, label: '', value: threshold, colour: look.colour }]}
                  onThreshold={(_, value) => set(index, value)}
                />
              </Panel>
            )
          );
        })}
      </div>
    </div>
  );
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100) / 100;

function toBars(bins: readonly number[]) {
  const each = Math.ceil(bins.length / BARS);
  return Array.from({ length: BARS }, (_, index) => ({
    from: index / BARS,
    to: (index + 1) / BARS,
    count: bins.slice(index * each, (index + 1) * each).reduce((sum, count) => sum + count, 0),
  }));
}
