'use client';
import { useEffect, useEffectEvent, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { paintColours } from '../_lib/theme.ts';

const TOKENS = ['var(--color-muted)', 'var(--color-line)', 'var(--color-line-strong)'] as const;

export interface LineSeries {
  label: string;
  /** A value for each x; null where nothing was measured. */
  values: readonly (number | null)[];
  /** Any CSS colour; `var(--color-accent)` when absent. */
  colour?: string;
  dashed?: boolean;
  /** Shaded band around the line. */
  interval?: readonly (readonly [number, number] | null)[];
  /** What the legend says while nothing is pointed at; without it the newest value. */
  resting?: string;
  /** Isolated measurements: shown as points, joined over the gaps, never smoothed. */
  sparse?: boolean;
  /** Joined over steps that only other lines have. */
  joined?: boolean;
}

/** The line under the pointer: which of the series, at which x of the data, and where that is in the canvas, px. */
export interface LineFocus {
  series: number;
  index: number;
  left: number;
  top: number;
}

export interface LineCanvasProps {
  width: number;
  height: number;
  data: uPlot.AlignedData;
  series: readonly LineSeries[];
  format: (value: number) => string;
  yRange: readonly [number | null, number | null] | undefined;
  onHover: (index: number | null) => void;
  xTitle?: string;
  yTitle?: string;
  /** Told of the nearest line; the others step back meanwhile. */
  onFocus?: (focus: LineFocus | null) => void;
}

/** How near the pointer must come to a line, px. */
const NEAR = 24;

/** The measured point of a series that is nearest to the pointer's x; −1 where it has none. */
function nearestKnown(chart: uPlot, series: number): number {
  const values = chart.data[series] ?? [];
  const from = chart.cursor.idx ?? 0;
  for (let away = 0; away < values.length; away += 1)
    for (const at of [from - away, from + away]) if (values[at] !== null && values[at] !== undefined) return at;
  return -1;
}

/** The nearest line within reach of the pointer. */
function focusOf(chart: uPlot): LineFocus | null {
  const { left = -1, top = -1, idxs } = chart.cursor;
  if (left < 0 || !idxs) return null;
  let best: LineFocus | null = null;
  let near = NEAR;
  idxs.forEach((index, series) => {
    const value = series === 0 || typeof index !== 'number' ? null : chart.data[series]?.[index];
    const step = typeof index === 'number' ? chart.data[0][index] : undefined;
    if (typeof value !== 'number' || step === undefined || typeof index !== 'number') return;
    const [x, y] = [chart.valToPos(step, 'x'), chart.valToPos(value, 'y')];
    const away = Math.abs(y - top);
    if (away >= near) return;
    near = away;
    best = { series: series - 1, index, left: x, top: y };
  });
  return best;
}

/**
 * The canvas of a LineChart. Made once for its colours and series (the caller gives a `key` for those); data and size
 * only update it.
 */
export function LineCanvas({
  width,
  height,
  data,
  series,
  format,
  yRange,
  onHover,
  xTitle,
  yTitle,
  onFocus,
}: LineCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);

  const build = useEffectEvent((node: HTMLDivElement): uPlot => {
    const [ink = '', grid = '', axis = '', ...lines] = paintColours([
      ...TOKENS,
      ...series.map((one) => one.colour ?? 'var(--color-accent)'),
    ]);
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const plotSeries: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    series.forEach((one, index) => {
      const colour = lines[index] ?? ink;
      plotSeries.push({
        label: one.label,
        stroke: colour,
        width: 1.5,
        spanGaps: one.sparse === true || one.joined === true,
        ...(one.dashed === true ? { dash: [5, 4] } : {}),
        points: { show: one.sparse === true, size: 5, fill: colour },
      });
      if (one.interval === undefined) return;
      plotSeries.push(...[0, 1].map(() => ({ label: '', width: 0, spanGaps: true, points: { show: false } })));
      bands.push({
        series: [plotSeries.length - 1, plotSeries.length - 2],
        fill: colour.replace('rgb(', 'rgba(').replace(')', ', 0.14)'),
      });
    });
    return new uPlot(
      {
        width,
        height,
        bands,
        series: plotSeries,
        legend: { show: false },
        cursor: {
          points: { size: 6 },
          drag: { x: true, y: false },
          ...(onFocus === undefined ? {} : { focus: { prox: NEAR }, dataIdx: nearestKnown }),
        },
        ...(onFocus === undefined ? {} : { focus: { alpha: 0.25 } }),
        scales: {
          x: { time: false },
          y: yRange === undefined ? {} : { range: (_plot, low, high) => [yRange[0] ?? low, yRange[1] ?? high] },
        },
        axes: [
          {
            stroke: ink,
            font,
            size: 26,
            gap: 4,
            space: 70,
            ...(xTitle === undefined ? {} : { label: xTitle, labelFont: font, labelSize: 18 }),
            grid: { show: false },
            ticks: { stroke: axis, width: 1, size: 4 },
          },
          {
            stroke: ink,
            font,
            size: 48,
            gap: 6,
            space: 34,
            ...(yTitle === undefined ? {} : { label: yTitle, labelFont: font, labelSize: 18 }),
            grid: { stroke: grid, width: 1 },
            ticks: { show: false },
            values: (_plot, ticks) => ticks.map(format),
          },
        ],
        hooks: {
          setCursor: [
            (chart) => {
              onHover(chart.cursor.idx ?? null);
              onFocus?.(focusOf(chart));
            },
          ],
        },
      },
      data,
      node,
    );
  });

  useEffect(() => {
    const node = host.current;
    if (node === null) return undefined;
    const chart = build(node);
    plot.current = chart;
    return () => {
      chart.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    plot.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  return <div ref={host} />;
}
