'use client';
import { useMemo, useState } from 'react';
import type { AlignedData } from 'uplot';
import { must } from '#core/must.ts';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../_text/text.tsx';
import { Button } from '../_ui/form/button.tsx';
import { ChartFrame, LegendKey } from './frame.tsx';
import { lineTable, smooth, thin } from './geometry.ts';
import { LineCanvas } from './line-canvas.tsx';
import type { LineSeries } from './line-canvas.tsx';
import { useThemeVersion, useWidth } from './use-size.ts';

export interface LineChartProps {
  label: string;
  summary?: string;
  x: readonly number[];
  xLabel: string;
  series: readonly LineSeries[];
  format: (value: number) => string;
  height?: number;
  /** Fixed bounds of y; free sides are null. */
  yRange?: readonly [number | null, number | null];
  /** Offer smoothing with this weight, 0..1. */
  smoothing?: number;
}

const MAX_POINTS = 2000;

/** Columns for uPlot: x, then each series with its band; long dense series are thinned to what a screen can show. */
const makeData = (x: readonly number[], series: readonly LineSeries[], weight: number): AlignedData => {
  const columns: (number | null)[][] = [];
  for (const one of series) {
    columns.push(weight > 0 && one.sparse !== true ? smooth(one.values, weight) : [...one.values]);
    if (one.interval !== undefined)
      columns.push(
        one.interval.map((pair) => pair?.[0] ?? null),
        one.interval.map((pair) => pair?.[1] ?? null),
      );
  }
  if (x.length <= MAX_POINTS || series.some((one) => one.sparse === true)) return [[...x], ...columns];
  const keep = thin(x, columns[0] ?? [], MAX_POINTS).xs;
  const places = new Map(x.map((value, index) => [value, index]));
  return [keep, ...columns.map((column) => keep.map((value) => column[must(places, value, 'point')] ?? null))];
};

/** The value under the pointer, or the newest one. */
const valueAt = (one: LineSeries, hover: number | null): number | null =>
  hover !== null && one.sparse !== true
    ? (one.values[hover] ?? null)
    : (one.values.slice(0, (hover ?? one.values.length) + 1).findLast((value) => value !== null) ?? null);

/** Where a line stands last, as a sentence. */
function endOf(t: Translate, one: LineSeries, format: (value: number) => string): string {
  const last = one.values.findLast((value) => value !== null) ?? null;
  return last === null ? '' : t('chart.endsAt', { line: one.label, value: format(last) });
}

/** Lines over steps that grow while one watches. New data is set without making the chart anew. */
export function LineChart({
  label,
  summary,
  x,
  xLabel,
  series,
  format,
  height = 200,
  yRange,
  smoothing,
}: LineChartProps) {
  const { t } = useText();
  const { ref, width } = useWidth();
  const themeVersion = useThemeVersion();
  const [smoothed, setSmoothed] = useState(false);
  const [hover, setHover] = useState<number | null>(null);
  const weight = smoothing !== undefined && smoothed ? smoothing : 0;
  const data = useMemo(() => makeData(x, series, weight), [x, series, weight]);
  const shape = series
    .map((one) => [one.label, one.colour, one.dashed, one.sparse, one.interval !== undefined].join('|'))
    .join('¦');
  const hoverIndex = hover === null || data[0].length === x.length ? hover : x.indexOf(data[0][hover] ?? Number.NaN);
  return (
    <ChartFrame
      label={label}
      summary={[summary, ...series.map((one) => endOf(t, one, format))].join(' ').trim() || t('chart.nothingKnown')}
      legend={series.map((one) => {
        const value = valueAt(one, hoverIndex);
        return (
          <LegendKey key={one.label} colour={one.colour ?? 'var(--color-accent)'} dashed={one.dashed ?? false}>
            {one.label}{' '}
            <span className="min-w-10 font-medium text-ink tabular">
              {hoverIndex === null && one.resting !== undefined ? one.resting : value === null ? '–' : format(value)}
            </span>
          </LegendKey>
        );
      })}
      actions={
        smoothing !== undefined && (
          <Button size="sm" variant="ghost" aria-pressed={smoothed} onClick={() => setSmoothed(!smoothed)}>
            {t('chart.smooth')}
          </Button>
        )
      }
      table={() =>
        lineTable({ label: xLabel, values: x }, series, { low: t('chart.low'), high: t('chart.high'), format })
      }
    >
      <div
        ref={ref}
        style={{ height }}
        role="img"
        aria-label={t('chart.pointsBy', { label, count: x.length, x: xLabel })}
      >
        {width > 0 && (
          <LineCanvas
            key={`${shape}·${themeVersion}`}
            width={width}
            height={height}
            data={data}
            series={series}
            format={format}
            yRange={yRange}
            onHover={setHover}
          />
        )}
      </div>
    </ChartFrame>
  );
}
