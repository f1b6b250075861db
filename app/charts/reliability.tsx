'use client';
import { formatFraction, formatNumber, formatPercent } from '../lib/format.ts';
import { ChartFrame, LegendKey } from './frame.tsx';
import { calibrationError, linePath } from './geometry.ts';
import type { ReliabilityBin } from './geometry.ts';

const SIDE = 240;
const PAD = { left: 34, bottom: 30, top: 6, right: 14 } as const;
const x = (share: number) => PAD.left + share * (SIDE - PAD.left - PAD.right);
const y = (share: number) => SIDE - PAD.bottom - share * (SIDE - PAD.bottom - PAD.top);

export interface ReliabilityProps {
  label?: string;
  /** After calibration: bars. */
  bins: readonly ReliabilityBin[];
  /** Before calibration: a dashed line. */
  before?: readonly ReliabilityBin[];
}

/** Accuracy by stated confidence; on the diagonal the model means what it says. Bar width follows how many images stand in the bin. */
export function Reliability({ label = 'Reliability', bins, before }: ReliabilityProps) {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const error = calibrationError(bins);
  return (
    <ChartFrame
      label={label}
      summary={`Expected calibration error ${formatFraction(error)}${before === undefined ? '' : `, before calibration ${formatFraction(calibrationError(before))}`}.`}
      legend={
        <>
          <LegendKey colour="var(--color-accent)" block>ECE <b className="font-medium text-ink">{formatFraction(error)}</b></LegendKey>
          {before !== undefined && <LegendKey colour="var(--color-warn)" dashed>before <b className="font-medium text-ink">{formatFraction(calibrationError(before))}</b></LegendKey>}
        </>
      }
      table={() => ({
        head: ['Confidence', 'Images', 'Mean confidence', 'Accuracy'],
        rows: bins.map((bin) => [`${formatPercent(bin.from, 0)}–${formatPercent(bin.to, 0)}`, formatNumber(bin.count), formatPercent(bin.confidence), formatPercent(bin.accuracy)]),
      })}
    >
      <svg viewBox={`0 0 ${SIDE} ${SIDE}`} className="w-full max-w-80" role="img" aria-label={`${label}: accuracy by confidence`}>
        {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
          <g key={tick} className="fill-muted text-[9px] tabular">
            <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} className="stroke-line" />
            <text x={PAD.left - 5} y={y(tick) + 3} textAnchor="end">{tick * 100}</text>
            <text x={x(tick)} y={SIDE - PAD.bottom + 12} textAnchor="middle">{tick * 100}</text>
          </g>
        ))}
        <text x={x(0.5)} y={SIDE - 4} textAnchor="middle" className="fill-muted text-[9px]">confidence, %</text>
        <text x={9} y={y(0.5)} textAnchor="middle" transform={`rotate(-90 9 ${y(0.5)})`} className="fill-muted text-[9px]">accuracy, %</text>
        {bins.map((bin) => {
          if (bin.accuracy === null || bin.confidence === null) return null;
          const full = x(bin.to) - x(bin.from) - 1;
          const width = Math.max(2, full * Math.sqrt(bin.count / most));
          const middle = (x(bin.from) + x(bin.to)) / 2;
          return (
            <g key={bin.from}>
              <rect x={middle - width / 2} width={width} y={y(bin.accuracy)} height={y(0) - y(bin.accuracy)} rx={1.5} className="fill-accent/75" />
              <line x1={middle - full / 2} x2={middle + full / 2} y1={y(bin.confidence)} y2={y(bin.confidence)} className="stroke-ink" strokeWidth={1} strokeDasharray="2 2" />
            </g>
          );
        })}
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="stroke-control" strokeDasharray="3 3" />
        {before !== undefined && (
          <path
            d={linePath(before.map((bin): [number, number] | null => (bin.accuracy === null || bin.confidence === null ? null : [x(bin.confidence), y(bin.accuracy)])))}
            className="fill-none stroke-warn" strokeWidth={1.5} strokeDasharray="4 3"
          />
        )}
      </svg>
    </ChartFrame>
  );
}
