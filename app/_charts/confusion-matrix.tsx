'use client';
import { useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { readKey } from '#core/labeling/key-press.ts';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../_text/text.tsx';
import { cn } from '../_lib/cn.ts';
import { formatPercent } from '../_lib/format.ts';
import { ClassSwatch } from '../_ui/class-badge.tsx';
import { Segmented } from '../_ui/form/toggles.tsx';
import { ChartFrame } from './frame.tsx';
import { rowShares, worstCell } from './geometry.ts';

export interface ConfusionMatrixProps {
  label?: string;
  /** Counts [truth][predicted], in the order of `classes`. */
  counts: readonly (readonly number[])[];
  classes: readonly { id: string; name: string; colour: string; position: number }[];
  /** A cell was opened, by pointer, Enter or Space. Indices into `classes`. */
  onCell?: (truth: number, predicted: number) => void;
  selected?: { truth: number; predicted: number } | null;
}

/** How many are right, and which answer is wrong most often. */
function summarise(
  t: Translate,
  counts: ConfusionMatrixProps['counts'],
  classes: ConfusionMatrixProps['classes'],
): string {
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  if (total === 0) return t('chart.nothingKnown');
  const right = counts.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
  const worst = worstCell(counts);
  const said = t('chart.rightOf', { right, count: total, share: formatPercent(right / total) });
  if (worst === null) return said;
  const nameOf = (at: number): string => classes[at]?.name ?? '';
  const [truth, predicted] = [nameOf(worst.truth), nameOf(worst.predicted)];
  return `${said} ${t('chart.wrongMost', { truth, predicted, count: worst.count })}`;
}

/** Truth in rows, answer in columns. Deeper means more of the row; the number is always there too. */
export function ConfusionMatrix({ label, counts, classes, onCell, selected = null }: ConfusionMatrixProps) {
  const { t } = useText();
  const [unit, setUnit] = useState<'count' | 'share'>('count');
  const [cursor, setCursor] = useState<[number, number]>([0, 0]);
  const grid = useRef<HTMLTableElement>(null);
  const shares = rowShares(counts);
  const small = classes.length > 12;
  const move = (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[readKey(event) ?? ''];
    if (step === undefined) return;
    event.preventDefault();
    const clamp = (value: number) => Math.min(classes.length - 1, Math.max(0, value));
    const next: [number, number] = [clamp(cursor[0] + step[0]), clamp(cursor[1] + step[1])];
    setCursor(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next[0]}:${next[1]}"]`)?.focus();
  };
  return (
    <ChartFrame
      label={label ?? t('chart.confusion')}
      summary={`${summarise(t, counts, classes)} ${t('chart.confusionSummary')}`}
      actions={
        <Segmented
          label={t('chart.unit')}
          value={unit}
          onChange={setUnit}
          options={[
            { value: 'count', label: t('chart.images') },
            { value: 'share', label: t('chart.ofRow') },
          ]}
        />
      }
    >
      <div className="overflow-x-auto pb-1">
        <table
          ref={grid}
          role="grid"
          aria-label={label ?? t('chart.confusion')}
          onKeyDown={move}
          className="border-separate border-spacing-px"
        >
          <thead>
            <tr>
              <td className="pr-2 pb-1 align-bottom text-2xs text-faint">{t('chart.truthAnswer')}</td>
              {classes.map((one) => (
                <th key={one.id} scope="col" className="h-20 pb-1 align-bottom text-2xs font-medium text-muted">
                  <span
                    className="mx-auto flex max-h-20 items-center gap-1 overflow-hidden [writing-mode:vertical-rl]
                  rotate-180"
                  >
                    <span className="rotate-180">
                      <ClassSwatch look={one} size={9} />
                    </span>{' '}
                    <span className="truncate">{one.name}</span>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((truth, row) => (
              <tr key={truth.id}>
                <th scope="row" className="max-w-36 pr-2 text-right text-2xs font-medium text-muted">
                  <span className="flex items-center justify-end gap-1">
                    <span className="truncate">{truth.name}</span> <ClassSwatch look={truth} size={9} />
                  </span>
                </th>
                {classes.map((predicted, column) => {
                  const count = counts[row]?.[column] ?? 0;
                  const share = shares[row]?.[column] ?? 0;
                  const right = row === column;
                  const depth = Math.round(Math.sqrt(share) * 62);
                  return (
                    <td key={predicted.id} role="gridcell" className="p-0">
                      <button
                        type="button"
                        data-cell={`${row}:${column}`}
                        tabIndex={cursor[0] === row && cursor[1] === column ? 0 : -1}
                        onFocus={() => setCursor([row, column])}
                        onClick={() => onCell?.(row, column)}
                        aria-label={t('chart.cell', {
                          truth: truth.name,
                          predicted: predicted.name,
                          count,
                          share: formatPercent(share, 0),
                        })}
                        title={`${truth.name} → ${predicted.name}: ${count} (${formatPercent(share, 0)})`}
                        className={cn(
                          'flex items-center justify-center rounded-[3px] text-2xs tabular',
                          small ? 'size-7' : 'h-9 w-11',
                          count === 0 ? 'text-faint' : 'text-ink',
                          selected?.truth === row && selected.predicted === column && 'ring-2 ring-accent',
                          onCell === undefined ? '!cursor-default' : 'hover:ring-1 hover:ring-control',
                        )}
                        style={{
                          background:
                            count === 0
                              ? 'var(--color-sunken)'
                              : `color-mix(in oklab, var(${right ? '--color-accent' : '--color-warn'}) ${depth}%, ` +
                                `var(--color-panel))`,
                        }}
                      >
                        {count === 0 ? '' : unit === 'count' ? count : `${Math.round(share * 100)}`}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </ChartFrame>
  );
}
