'use client';
import { Said, useText } from '../_text/text.tsx';
import { formatFraction, formatNumber, formatPercent } from '../_lib/format.ts';
import { ChartFrame, LegendKey } from './frame.tsx';
import { linePath } from './geometry.ts';
import type { ReliabilityBin } from './geometry.ts';
import { useWidth } from './use-size.ts';

const PAD = { left: 34, right: 6, top: 8, bottom: 48 } as const;
const WIDEST = 560;
/** Height of the plot against its width: nearly square where there is little room, flatter where there is much. */
const heightFor = (inner: number): number => Math.round(Math.min(inner * 0.85, 300));
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export interface ReliabilityProps {
  label?: string;
  /** After calibration: a bar each, with its count below. */
  bins: readonly ReliabilityBin[];
  /** Before calibration: a dashed line. */
  before: readonly ReliabilityBin[];
  /** Expected calibration error after and before, as the round's metrics have it: over finer bins than are drawn. */
  error: number;
  errorBefore: number;
}

/**
 * Accuracy by stated confidence; on the diagonal the model means what it says. Whiskers are 95% intervals: wide ones
 * stand on few images.
 */
export function Reliability({ label: given, bins, before, error, errorBefore }: ReliabilityProps) {
  const { t, format } = useText();
  const label = given ?? t('chart.reliability');
  const { ref, width: room } = useWidth();
  const width = Math.min(room, WIDEST);
  const inner = Math.max(0, width - PAD.left - PAD.right);
  const tall = heightFor(inner);
  const height = tall + PAD.top + PAD.bottom;
  const x = (share: number) => PAD.left + share * inner;
  const y = (share: number) => PAD.top + (1 - share) * tall;
  return (
    <ChartFrame
      label={label}
      summary={t('chart.ece', { error: formatFraction(error), before: formatFraction(errorBefore) })}
      legend={
        <>
          <LegendKey colour="var(--color-accent)" block>
            <Said of="chart.eceNow" with={{ b: <b className="font-medium text-ink">{formatFraction(error)}</b> }} />
          </LegendKey>
          <LegendKey colour="var(--color-warn)" dashed>
            <Said
              of="chart.eceBefore"
              with={{ b: <b className="font-medium text-ink">{formatFraction(errorBefore)}</b> }}
            />
          </LegendKey>
          <LegendKey colour="var(--color-ink)">{t('chart.interval')}</LegendKey>
          <LegendKey colour="var(--color-ink)" dashed>
            {t('chart.meanConfidence')}
          </LegendKey>
        </>
      }
      table={() => ({
        head: [
          t('chart.confidence'),
          t('chart.images'),
          t('chart.meanConfidenceHead'),
          t('chart.accuracy'),
          t('chart.low'),
          t('chart.high'),
          t('chart.accuracyBefore'),
        ],
        rows: bins.map((bin, at) => [
          `${formatPercent(bin.from, 0)}–${formatPercent(bin.to, 0)}`,
          formatNumber(bin.count),
          formatPercent(bin.confidence),
          formatPercent(bin.accuracy),
          ...(bin.count === 0 ? ['–', '–'] : bin.interval.map((end) => formatPercent(end))),
          formatPercent(before[at]?.accuracy),
        ]),
      })}
    >
      <div ref={ref} style={{ minHeight: 300 }}>
        {width > 0 && (
          <svg width={width} height={height} role="img" aria-label={t('chart.reliabilityOf', { label })}>
            {TICKS.map((tick) => (
              <g key={tick} className="fill-muted text-[10px] tabular">
                <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} className="stroke-line" />
                <text x={PAD.left - 6} y={y(tick) + 3} textAnchor="end">
                  {Math.round(tick * 100)}
                </text>
                <text x={x(tick)} y={y(0) + 28} textAnchor={tick === 1 ? 'end' : 'middle'}>
                  {Math.round(tick * 100)}
                </text>
              </g>
            ))}
            <text
              x={9}
              y={y(0.5)}
              textAnchor="middle"
              transform={`rotate(-90 9 ${y(0.5)})`}
              className="fill-muted text-[10px]"
            >
              {t('chart.accuracyPercent')}
            </text>
            <text x={x(0.5)} y={height - 5} textAnchor="middle" className="fill-muted text-[10px]">
              {t('chart.confidencePercent')}
            </text>
            <text x={PAD.left - 6} y={y(0) + 14} textAnchor="end" className="fill-muted text-[10px] italic">
              n
            </text>
            {bins.map((bin) => {
              const middle = (x(bin.from) + x(bin.to)) / 2;
              const [left, span] = [x(bin.from) + 1, Math.max(1, x(bin.to) - x(bin.from) - 2)];
              return (
                <g key={bin.from}>
                  <title>{`${formatPercent(bin.from, 0)}–${formatPercent(bin.to, 0)}: ${
                    bin.accuracy === null
                      ? t('chart.noImage')
                      : t('chart.rightOn', { accuracy: formatPercent(bin.accuracy), count: bin.count })
                  }`}</title>
                  <rect x={left} width={span} y={y(1)} height={tall} fill="transparent" />
                  {bin.accuracy !== null && bin.confidence !== null && (
                    <>
                      <rect
                        x={left}
                        width={span}
                        y={y(bin.accuracy)}
                        height={y(0) - y(bin.accuracy)}
                        rx={2}
                        className="fill-accent/60"
                      />
                      <line
                        x1={left}
                        x2={left + span}
                        y1={y(bin.confidence)}
                        y2={y(bin.confidence)}
                        className="stroke-ink"
                        strokeWidth={1}
                        strokeDasharray="2 2"
                      />
                      <path
                        d={`M${middle - 3} ${y(bin.interval[0])}h6m-3 0V${y(bin.interval[1])}m-3 0h6`}
                        className="fill-none stroke-ink"
                        strokeWidth={1}
                      />
                    </>
                  )}
                  <text
                    x={middle}
                    y={y(0) + 14}
                    textAnchor="middle"
                    className={bin.count === 0 ? 'fill-faint text-[10px] tabular' : 'fill-ink text-[10px] tabular'}
                  >
                    {format.compact(bin.count)}
                  </text>
                </g>
              );
            })}
            <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="stroke-control" strokeDasharray="3 3" />
            <path
              d={linePath(
                before.map((bin): [number, number] | null =>
                  bin.accuracy === null || bin.confidence === null ? null : [x(bin.confidence), y(bin.accuracy)],
                ),
              )}
              className="fill-none stroke-warn"
              strokeWidth={1.5}
              strokeDasharray="4 3"
            />
          </svg>
        )}
      </div>
    </ChartFrame>
  );
}
