'use client';
import { Table2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';
import { useText } from '../_text/text.tsx';
import { IconButton } from '../_ui/form/button.tsx';
import { Table, Td, Th, Tr } from '../_ui/table.tsx';

export interface ChartTable {
  head: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}

export interface ChartFrameProps {
  /** Short title above the chart; also its accessible name. */
  label: string;
  /** The message of the chart in a sentence, read aloud in its place. */
  summary?: string;
  legend?: ReactNode;
  actions?: ReactNode;
  /** The same numbers as a table, made only when asked for. */
  table?: () => ChartTable;
  className?: string;
  children: ReactNode;
}

/** Around every chart: title, legend, and the way to read the numbers as a table. */
export function ChartFrame({ label, summary, legend, actions, table, className, children }: ChartFrameProps) {
  const { t } = useText();
  const [asTable, setAsTable] = useState(false);
  const numbers = asTable && table !== undefined ? table() : null;
  return (
    <figure aria-label={label} className={cn('min-w-0', className)}>
      <figcaption className="mb-2 flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className="text-xs font-medium">{label}</span>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
          {legend}
          {actions}
          {table !== undefined && (
            <IconButton
              label={t(asTable ? 'chart.asChart' : 'chart.asTable')}
              size="sm"
              aria-pressed={asTable}
              onClick={() => setAsTable(!asTable)}
            >
              <Table2 size={14} aria-hidden />
            </IconButton>
          )}
        </span>
      </figcaption>
      {summary !== undefined && <p className="sr-only">{summary}</p>}
      {/* Kept while the table stands in its place: a canvas that goes has to be drawn anew. */}
      <div hidden={numbers !== null}>{children}</div>
      {numbers !== null && (
        <div className="max-h-80 overflow-y-auto rounded-md border border-line">
          <Table label={label}>
            <thead>
              <tr>
                {numbers.head.map((cell, index) => (
                  <Th key={cell} numeric={index > 0}>
                    {cell}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {numbers.rows.map((row, index) => (
                <Tr key={index}>
                  {row.map((cell, column) => (
                    <Td key={column} numeric={column > 0} className="h-8">
                      {cell}
                    </Td>
                  ))}
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </figure>
  );
}

/** One entry of a legend: a line or a block, and its word. */
export const LegendKey = ({
  colour,
  dashed = false,
  block = false,
  children,
}: {
  colour: string;
  dashed?: boolean;
  block?: boolean;
  children: ReactNode;
}) => (
  <span className="inline-flex items-center gap-1.5">
    {block ? (
      <span aria-hidden className="size-2.5 rounded-[2px]" style={{ background: colour }} />
    ) : (
      <span
        aria-hidden
        className="w-4 border-t-2"
        style={{ borderColor: colour, borderStyle: dashed ? 'dashed' : 'solid' }}
      />
    )}
    {children}
  </span>
);
