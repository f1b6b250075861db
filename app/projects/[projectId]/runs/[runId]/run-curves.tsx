'use client';
import { useState } from 'react';
import { CURVE_IMAGES } from '#core/run/learning.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import { useText } from '../../../../_text/text.tsx';
import { LineChart } from '../../../../_charts/line-chart.tsx';
import type { LineSeries } from '../../../../_charts/line-canvas.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { restingFigure } from './resting-figure.ts';
import type { CurvePoint } from '../../../../_charts/live-points.ts';
import type { RunRound } from '../../../../_runs/use-run.ts';
import { roundTitle } from '../../../../_runs/words.tsx';

const COLOURS = [
  'var(--color-accent)',
  'var(--color-warn)',
  'var(--color-good)',
  'var(--color-bad)',
  'var(--color-ink)',
  'var(--color-faint)',
];

export interface RunCurvesProps {
  rounds: readonly RunRound[];
  curves: ReadonlyMap<string, CurvePoint[]>;
  /** Followed until a person chooses another round. */
  activeId: string | null;
}

/** Losses, rate and learning rate of one round, and validation accuracy of all beside each other. */
export function RunCurves({ rounds, curves, activeId }: RunCurvesProps) {
  const { t, format } = useText();
  const [chosen, setChosen] = useState<string | null>(null);
  const drawn = rounds.filter(({ id }) => (curves.get(id)?.length ?? 0) > 0);
  const round =
    drawn.find(({ id }) => id === (chosen ?? activeId)) ??
    drawn.findLast(({ role }) => role !== 'control') ??
    drawn.at(-1);
  if (!round)
    return (
      <Panel title={t('runpage.curves')}>
        <p className="text-sm text-muted">{t('runpage.curvesLater')}</p>
      </Panel>
    );
  const points = curves.get(round.id) ?? [];
  const steps = points.map(({ step }) => step);
  const pseudo = points.some(({ lossPseudo }) => lossPseudo !== null);
  const losses: LineSeries[] = [
    { label: t('runpage.labeled'), values: points.map(({ lossLabeled }) => lossLabeled) },
    ...(pseudo
      ? [
          {
            label: t('runpage.pseudo'),
            values: points.map(({ lossPseudo }) => lossPseudo),
            colour: 'var(--color-warn)',
            dashed: true,
          },
        ]
      : []),
  ];
  return (
    <Panel
      title={t('runpage.curves')}
      actions={
        drawn.length > 1 && (
          <Select
            size="sm"
            label={t('runpage.roundShown')}
            className="w-36"
            value={round.id}
            onChange={setChosen}
            options={drawn.map((one) => ({ value: one.id, label: roundTitle(t, one) }))}
          />
        )
      }
    >
      <div className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
        <LineChart
          label={t('runpage.lossOf', { round: roundTitle(t, round) })}
          x={steps}
          xLabel={t('runpage.step')}
          series={losses}
          format={(value) => format.fraction(value)}
          smoothing={0.8}
          yRange={[0, null]}
        />
        <Accuracy rounds={drawn} curves={curves} />
        <LineChart
          label={t('runpage.rate')}
          x={steps}
          xLabel={t('runpage.step')}
          height={110}
          series={[{ label: t('runpage.rateLine'), values: points.map(({ learningRate }) => learningRate) }]}
          format={(value) => format.fraction(value, 4)}
          yRange={[0, null]}
        />
        <LineChart
          label={t('runpage.speed')}
          x={steps}
          xLabel={t('runpage.step')}
          height={110}
          series={[{ label: t('runpage.images'), values: points.map(({ imagesPerSecond }) => imagesPerSecond) }]}
          format={(value) => (value === 0 ? '0' : format.rate(value))}
          yRange={[0, null]}
        />
      </div>
    </Panel>
  );
}

function Accuracy({ rounds, curves }: { rounds: readonly RunRound[]; curves: ReadonlyMap<string, CurvePoint[]> }) {
  const text = useText();
  const { t, format } = text;
  const measured = rounds
    .map((round) => ({ round, points: (curves.get(round.id) ?? []).filter(({ valAccuracy }) => valAccuracy !== null) }))
    .filter(({ points }) => points.length > 0);
  const steps = [...new Set(measured.flatMap(({ points }) => points.map(({ step }) => step)))].sort((a, b) => a - b);
  const count = Math.min(CURVE_IMAGES, rounds.findLast(({ metrics }) => metrics)?.metrics?.valCount ?? 0);
  const students = measured.filter(({ round }) => round.role !== 'control');
  const series = measured.map(({ round, points }, position): LineSeries => {
    const at = new Map(points.map(({ step, valAccuracy }) => [step, valAccuracy]));
    const values = steps.map((step) => at.get(step) ?? null);
    const last = round.id === students.at(-1)?.round.id && count > 0;
    return {
      label: roundTitle(t, round),
      values,
      resting: restingFigure(text, round.metrics, points.at(-1)?.valAccuracy),
      sparse: true,
      dashed: round.role === 'control',
      colour: COLOURS[position % COLOURS.length] ?? 'var(--color-accent)',
      ...(last
        ? {
            interval: values.map((value) => (value === null ? null : wilsonInterval(Math.round(value * count), count))),
          }
        : {}),
    };
  });
  if (series.length === 0) return <p className="self-center text-sm text-muted">{t('runpage.accuracyLater')}</p>;
  return (
    <div className="min-w-0">
      <LineChart
        label={t('runpage.accuracy')}
        summary={t('runpage.accuracySummary')}
        x={steps}
        xLabel={t('runpage.step')}
        series={series}
        format={(value) => format.percent(value)}
        yRange={[0, 1]}
      />
      <p className="mt-1 text-xs text-pretty text-muted">
        {count === 0
          ? t('runpage.quickLooks')
          : t(count === CURVE_IMAGES ? 'runpage.quickLooksMost' : 'runpage.quickLooksOn', { count })}
      </p>
    </div>
  );
}
