'use client';
import type { Translate } from '#core/text/text.ts';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useRef } from 'react';
import { readKey } from '#core/labeling/key-press.ts';
import { useText } from '../_text/text.tsx';
import { classColour } from '../_lib/class-colour.ts';
import { formatNumber, formatPercent } from '../_lib/format.ts';
import { ChartFrame } from './frame.tsx';
import type { Bin } from './geometry.ts';
import { useWidth } from './use-size.ts';

export interface Threshold {
  id: string;
  label: string;
  /** 0..1 */
  value: number;
  /** #rrggbb of a class; the accent when absent. */
  colour?: string;
}

export interface HistogramProps {
  label: string;
  summary?: string;
  /** Equal bins over 0..1. */
  bins: readonly Bin[];
  /** A part of each bin that is drawn stronger (right ones, accepted ones), in bin order. */
  part?: readonly number[];
  thresholds?: readonly Threshold[];
  /** Called while a threshold is dragged or moved by arrow keys (step 0.01, with Shift 0.1). */
  onThreshold?: (id: string, value: number) => void;
  height?: number;
  /** Logarithmic counts, for pools where one bin dwarfs the rest. */
  log?: boolean;
}

const PAD = { left: 36, right: 8, top: 18, bottom: 20 } as const;

/** The message of the bars in a sentence: how many there are, and where most of them lie. */
function summarise(t: Translate, bins: readonly Bin[]): string {
  if (bins.every(({ count }) => count === 0)) return t('chart.nothingKnown');
  const fullest = bins.toSorted((a, b) => b.count - a.count)[0];
  return t('chart.mostBetween', {
    count: bins.reduce((sum, bin) => sum + bin.count, 0),
    from: formatPercent(fullest?.from, 0),
    to: formatPercent(fullest?.to, 0),
  });
}

export function Histogram({
  label,
  summary,
  bins,
  part,
  thresholds = [],
  onThreshold,
  height = 160,
  log = false,
}: HistogramProps) {
  const { t, format } = useText();
  const { ref, width } = useWidth();
  const svg = useRef<SVGSVGElement>(null);
  const inner = Math.max(0, width - PAD.left - PAD.right);
  const scale = (count: number) => (log ? Math.log10(count + 1) : count);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const x = (share: number) => PAD.left + share * inner;
  const y = (count: number) => height - PAD.bottom - (scale(count) / scale(most)) * (height - PAD.top - PAD.bottom);
  const clamp = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
  const drag = (id: string) => (event: PointerEvent<SVGGElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || svg.current === null) return;
    onThreshold?.(id, clamp((event.clientX - svg.current.getBoundingClientRect().left - PAD.left) / inner));
  };
  const nudge = (threshold: Threshold) => (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.01;
    const by: Record<string, number> = {
      ArrowRight: step,
      ArrowUp: step,
      ArrowLeft: -step,
      ArrowDown: -step,
      Home: -1,
      End: 1,
    };
    const change = by[readKey(event) ?? ''];
    if (change === undefined) return;
    event.preventDefault();
    onThreshold?.(threshold.id, clamp(threshold.value + change));
  };
  return (
    <ChartFrame
      label={label}
      summary={summary ?? summarise(t, bins)}
      table={() => ({
        head: [
          t('chart.from'),
          t('chart.to'),
          t('chart.images'),
          ...(part === undefined ? [] : [t('chart.theseOnly')]),
        ],
        rows: bins.map((bin, index) => [
          formatPercent(bin.from, 0),
          formatPercent(bin.to, 0),
          formatNumber(bin.count),
          ...(part === undefined ? [] : [formatNumber(part[index])]),
        ]),
      })}
    >
      <div ref={ref} style={{ height }}>
        {width > 0 && (
          <svg
            ref={svg}
            width={width}
            height={height}
            role={thresholds.length > 0 ? 'group' : 'img'}
            aria-label={label}
            className="touch-pan-y select-none"
          >
            {[0, 0.5, 1].map((share) => {
              const count = log ? 10 ** (share * scale(most)) - 1 : share * most;
              return (
                <g key={share} className="fill-muted text-[10px] tabular">
                  <line x1={x(0)} x2={x(1)} y1={y(count)} y2={y(count)} className="stroke-line" />
                  <text x={PAD.left - 6} y={y(count) + 3} textAnchor="end">
                    {format.compact(Math.round(count))}
                  </text>
                </g>
              );
            })}
            {bins.map((bin, index) => {
              const left = x(bin.from) + 0.5;
              const span = Math.max(1, x(bin.to) - x(bin.from) - 1);
              const strong = part?.[index] ?? bin.count;
              return (
                <g key={bin.from}>
                  <title>
                    {`${formatPercent(bin.from, 0)}–${formatPercent(bin.to, 0)}: ${
                      part === undefined
                        ? formatNumber(bin.count)
                        : t('chart.ofThese', { count: bin.count, part: strong })
                    }`}
                  </title>
                  <rect x={left} width={span} y={PAD.top} height={height - PAD.top - PAD.bottom} fill="transparent" />
                  {bin.count > 0 && (
                    <rect
                      x={left}
                      width={span}
                      y={y(bin.count)}
                      height={y(0) - y(bin.count)}
                      rx={1.5}
                      className="fill-accent/25"
                    />
                  )}
                  {strong > 0 && (
                    <rect
                      x={left}
                      width={span}
                      y={y(strong)}
                      height={y(0) - y(strong)}
                      rx={1.5}
                      className="fill-accent/80"
                    />
                  )}
                </g>
              );
            })}
            {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
              <text
                key={tick}
                x={x(tick)}
                y={height - 5}
                textAnchor={tick === 0 ? 'start' : tick === 1 ? 'end' : 'middle'}
                className="fill-muted text-[10px] tabular"
              >
                {tick * 100}%
              </text>
            ))}
            {thresholds.map((threshold) => {
              const colour = threshold.colour === undefined ? 'var(--color-ink)' : classColour(threshold.colour);
              const at = x(threshold.value);
              return (
                <g
                  key={threshold.id}
                  role="slider"
                  tabIndex={onThreshold === undefined ? -1 : 0}
                  aria-label={t('chart.threshold', { label: threshold.label })}
                  aria-valuemin={0}
                  aria-valuemax={1}
                  aria-valuenow={threshold.value}
                  aria-valuetext={formatPercent(threshold.value, 0)}
                  aria-disabled={onThreshold === undefined}
                  className={onThreshold === undefined ? '' : 'cursor-ew-resize'}
                  onPointerDown={(event) =>
                    onThreshold !== undefined && event.currentTarget.setPointerCapture(event.pointerId)
                  }
                  onPointerMove={drag(threshold.id)}
                  onKeyDown={nudge(threshold)}
                >
                  <rect x={at - 10} y={0} width={20} height={height - PAD.bottom} fill="transparent" />
                  <line
                    x1={at}
                    x2={at}
                    y1={PAD.top - 4}
                    y2={height - PAD.bottom}
                    style={{ stroke: colour }}
                    strokeWidth={1.5}
                  />
                  <circle
                    cx={at}
                    cy={PAD.top - 6}
                    r={5}
                    style={{ fill: colour }}
                    className="stroke-panel"
                    strokeWidth={1.5}
                  />
                  <text
                    x={at + (threshold.value > 0.8 ? -9 : 9)}
                    y={PAD.top - 3}
                    textAnchor={threshold.value > 0.8 ? 'end' : 'start'}
                    className="fill-ink text-[10px] tabular"
                  >
                    {threshold.label} {formatPercent(threshold.value, 0)}
                  </text>
                </g>
              );
            })}
          </svg>
        )}
      </div>
    </ChartFrame>
  );
}
