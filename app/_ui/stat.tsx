'use client';
import type { ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';
import { useText } from '../_text/text.tsx';

/** A share with its 95% interval: "63.4% [60–67]". The interval is quieter, and read aloud in full. */
export function Interval({
  value,
  interval,
  digits = 1,
  className,
}: {
  value: number | null;
  interval: readonly [number, number] | null;
  digits?: number;
  className?: string;
}) {
  const { t, format } = useText();
  if (value === null) return <span className={cn('text-faint', className)}>–</span>;
  return (
    <span className={cn('tabular whitespace-nowrap', className)}>
      {format.percent(value, digits)}
      {interval !== null && (
        <span className="ml-1 text-[0.85em] font-normal text-muted">
          <span aria-hidden>
            [{(interval[0] * 100).toFixed(0)}–{(interval[1] * 100).toFixed(0)}]
          </span>
          <span className="sr-only">
            {t('common.interval', { low: format.percent(interval[0]), high: format.percent(interval[1]) })}
          </span>
        </span>
      )}
    </span>
  );
}

export interface StatProps {
  label: ReactNode;
  value: ReactNode;
  /** 95% interval, fractions 0..1, shown beside the value. */
  interval?: readonly [number, number] | null;
  /** One quiet line below. */
  note?: ReactNode;
  icon?: ReactNode;
  className?: string;
}

/** One figure. */
export function Stat({ label, value, interval, note, icon, className }: StatProps) {
  return (
    <div className={cn('min-w-0', className)}>
      <div className="flex items-center gap-1.5 text-xs text-muted">
        {icon}
        {label}
      </div>
      <div className="mt-0.5 text-xl font-semibold tracking-tight tabular">
        {value}
        {interval !== undefined && interval !== null && (
          <span className="ml-1.5 text-xs font-normal tracking-normal text-muted">
            [{(interval[0] * 100).toFixed(0)}–{(interval[1] * 100).toFixed(0)}]
          </span>
        )}
      </div>
      {note !== undefined && <div className="text-xs text-muted">{note}</div>}
    </div>
  );
}

/** Figures in a row with hairlines between them. */
export const StatRow = ({ children, className }: { children: ReactNode; className?: string }) => (
  <div
    className={cn(
      'grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line ' +
        'sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] [&>*]:bg-panel [&>*]:px-4 [&>*]:py-3 ' +
        'max-sm:[&>*:last-child:nth-child(odd)]:col-span-2',
      className,
    )}
  >
    {children}
  </div>
);
