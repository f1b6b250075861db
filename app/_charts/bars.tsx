'use client';
import type { ReactNode } from 'react';
import { useText } from '../_text/text.tsx';
import { cn } from '../_lib/cn.ts';
import type { Translate } from '#core/text/text.ts';
import { formatNumber, formatPercent } from '../_lib/format.ts';
import { ChartFrame, LegendKey } from './frame.tsx';

export interface BarRow {
  id: string;
  /** Name, often a ClassBadge. */
  label: ReactNode;
  /** Plain name for the table and screen readers. */
  name: string;
  /** 0..1; null when nothing is known. */
  value: number | null;
  interval?: readonly [number, number] | null;
  /** A second value to hold against (last round, control), drawn as a tick. */
  against?: number | null;
  /** Behind the value: "82 of 100". */
  note?: string;
}

export interface BarWithIntervalProps {
  label: string;
  rows: readonly BarRow[];
  againstLabel?: string;
  onRow?: (id: string) => void;
}

/** The message of the bars in a sentence: which stands highest, which lowest. */
function summarise(t: Translate, rows: readonly BarRow[]): string {
  const known = rows.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  const sorted = known.toSorted((a, b) => b.value - a.value);
  const [most, least] = [sorted[0], sorted.at(-1)];
  if (most === undefined || least === undefined) return t('chart.nothingKnown');
  return t('chart.mostAndLeast', {
    most: most.name,
    value: formatPercent(most.value),
    least: least.name,
    lowest: formatPercent(least.value),
  });
}

/** Shares as bars, each with the whisker of its 95% interval. */
export function BarWithInterval({ label, rows, againstLabel, onRow }: BarWithIntervalProps) {
  const { t } = useText();
  return (
    <ChartFrame
      label={label}
      summary={summarise(t, rows)}
      legend={
        <>
          <LegendKey colour="var(--color-ink)">{t('chart.interval')}</LegendKey>
          {againstLabel !== undefined && (
            <LegendKey colour="var(--color-warn)" block>
              {againstLabel}
            </LegendKey>
          )}
        </>
      }
      table={() => ({
        head: [
          '',
          t('chart.value'),
          t('chart.low'),
          t('chart.high'),
          ...(againstLabel === undefined ? [] : [againstLabel]),
          t('chart.count'),
        ],
        rows: rows.map((row) => [
          row.name,
          formatPercent(row.value),
          formatPercent(row.interval?.[0]),
          formatPercent(row.interval?.[1]),
          ...(againstLabel === undefined ? [] : [formatPercent(row.against)]),
          row.note ?? '',
        ]),
      })}
    >
      <ul className="space-y-1">
        {rows.map((row) => {
          const line = (
            <>
              <span className="w-28 shrink-0 truncate text-left text-xs sm:w-36">{row.label}</span>
              <span className="relative h-4 min-w-0 flex-1 rounded-sm bg-hover" aria-hidden>
                {row.value !== null && (
                  <span
                    className="absolute inset-y-0 left-0 rounded-sm bg-accent/70"
                    style={{ width: `${row.value * 100}%` }}
                  />
                )}
                {row.interval !== undefined && row.interval !== null && (
                  <span
                    className="absolute top-1/2 h-2 -translate-y-1/2 border-x border-ink before:absolute
                    before:inset-x-0 before:top-1/2 before:border-t before:border-ink"
                    style={{
                      left: `${row.interval[0] * 100}%`,
                      width: `${Math.max(0.3, (row.interval[1] - row.interval[0]) * 100)}%`,
                    }}
                  />
                )}
                {row.against !== undefined && row.against !== null && (
                  <span
                    className="absolute -inset-y-0.5 w-[3px] -translate-x-1/2 rounded-full bg-warn"
                    style={{ left: `${row.against * 100}%` }}
                  />
                )}
              </span>
              <span className="w-14 shrink-0 text-right text-xs font-medium tabular">{formatPercent(row.value)}</span>
              {row.note !== undefined && (
                <span className="w-20 shrink-0 text-right text-2xs text-muted tabular max-sm:hidden">{row.note}</span>
              )}
            </>
          );
          const classes = 'flex w-full items-center gap-2 rounded-sm py-0.5';
          return (
            <li key={row.id}>
              {onRow === undefined ? (
                <div className={classes}>{line}</div>
              ) : (
                <button type="button" className={cn(classes, 'hover:bg-hover')} onClick={() => onRow(row.id)}>
                  {line}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </ChartFrame>
  );
}

export interface StackedPart {
  id: string;
  name: string;
  count: number;
  /** Any CSS colour. */
  colour: string;
}

export interface StackedRow {
  id: string;
  label: ReactNode;
  name: string;
  parts: readonly StackedPart[];
}

export interface StackedBarProps {
  label: string;
  rows: readonly StackedRow[];
  /** Each row fills the width (shares); otherwise lengths compare counts. */
  normalise?: boolean;
}

/** How a whole is made up, a row each. Numbers stand in the segments that have room, and all in the table. */
export function StackedBar({ label, rows, normalise = false }: StackedBarProps) {
  const { t } = useText();
  const totalOf = (row: StackedRow) => row.parts.reduce((sum, part) => sum + part.count, 0);
  const most = Math.max(1, ...rows.map(totalOf));
  const keys = [...new Map(rows.flatMap((row) => row.parts).map((part) => [part.id, part])).values()];
  return (
    <ChartFrame
      label={label}
      summary={rows
        .map((row) => `${row.name}: ${row.parts.map((part) => `${part.name} ${formatNumber(part.count)}`).join(', ')}.`)
        .join(' ')}
      legend={keys.map((part) => (
        <LegendKey key={part.id} colour={part.colour} block>
          {part.name}
        </LegendKey>
      ))}
      table={() => ({
        head: ['', ...keys.map((part) => part.name), t('chart.all')],
        rows: rows.map((row) => [
          row.name,
          ...keys.map((key) => formatNumber(row.parts.find((part) => part.id === key.id)?.count ?? 0)),
          formatNumber(totalOf(row)),
        ]),
      })}
    >
      <ul className="space-y-1.5">
        {rows.map((row) => {
          const total = totalOf(row);
          return (
            <li key={row.id} className="flex items-center gap-2">
              <span className="w-28 shrink-0 truncate text-xs sm:w-36">{row.label}</span>
              <span
                className="flex h-5 min-w-0 flex-1 gap-px"
                role="img"
                aria-label={`${row.name}: ${row.parts.map((part) => `${part.name} ${part.count}`).join(', ')}`}
              >
                {row.parts
                  .filter((part) => part.count > 0)
                  .map((part) => {
                    const share = part.count / (normalise ? Math.max(1, total) : most);
                    return (
                      <span
                        key={part.id}
                        title={`${part.name}: ${formatNumber(part.count)}`}
                        className="overflow-hidden first:rounded-l-sm last:rounded-r-sm"
                        style={{ width: `${share * 100}%`, background: part.colour }}
                      />
                    );
                  })}
              </span>
              <span className="w-14 shrink-0 text-right text-xs font-medium tabular">{formatNumber(total)}</span>
            </li>
          );
        })}
      </ul>
    </ChartFrame>
  );
}
