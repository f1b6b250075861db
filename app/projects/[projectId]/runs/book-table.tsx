'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { BookColumn, BookRun, BookSort, Cell } from '#core/book/book-table.ts';
import type { SettingNames } from '#core/book/settings.ts';
import { cn } from '../../../_lib/cn.ts';
import { useText } from '../../../_text/text.tsx';
import type { Spoken } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import { Interval } from '../../../_ui/stat.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { Sparkline } from '../../../_charts/sparkline.tsx';
import { cellOf, columnName } from './book-words.ts';
import { RunStatusBadge, runWords } from '../../../_runs/words.tsx';

/** The first columns stay in sight while the others are scrolled, on a phone as well. */
const STUCK = 'sticky left-0 z-10 bg-panel group-aria-selected/row:bg-accent-soft';

/** A row a run. Every head sorts; every row can be chosen. */
export function BookTable({
  runs,
  columns,
  names,
  sort,
  onSort,
  chosen,
  onChosen,
  onTag,
}: {
  runs: readonly BookRun[];
  columns: readonly BookColumn[];
  names: SettingNames;
  sort: BookSort;
  onSort: (key: string) => void;
  chosen: ReadonlySet<string>;
  onChosen: (chosen: ReadonlySet<string>) => void;
  onTag: (tag: string) => void;
}) {
  const text = useText();
  const { t } = text;
  const all = runs.length > 0 && runs.every(({ id }) => chosen.has(id));
  const some = runs.some(({ id }) => chosen.has(id));
  const choose = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChosen(next);
  };
  return (
    <Table label={t('runbook.title')}>
      <thead>
        <tr>
          <Th className="w-8">
            <Checkbox
              ariaLabel={t('runbook.chooseAll')}
              checked={all ? true : some ? 'indeterminate' : false}
              onChange={(on) => onChosen(new Set(on ? runs.map(({ id }) => id) : []))}
            />
          </Th>
          <SortHead className={STUCK} name={t('runbook.run')} by="run" sort={sort} onSort={onSort} />
          {columns.map((column) => (
            <SortHead
              key={column.key}
              name={columnName(text, column, names)}
              by={column.key}
              numeric={isNumeric(column.kind)}
              sort={sort}
              onSort={onSort}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Tr key={run.id} className="group/row" aria-selected={chosen.has(run.id)}>
            <Td>
              <Checkbox
                ariaLabel={t('runbook.choose', { number: String(run.number) })}
                checked={chosen.has(run.id)}
                onChange={(on) => choose(run.id, on)}
              />
            </Td>
            <Td className={cn(STUCK, 'max-w-44 min-w-28 sm:max-w-80 sm:min-w-52')}>
              <RunCell run={run} onTag={onTag} />
            </Td>
            {columns.map((column) => (
              <Td key={column.key} numeric={isNumeric(column.kind)} className="whitespace-nowrap tabular">
                <Value column={column} run={run} names={names} />
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

const isNumeric = (kind: BookColumn['kind']): boolean => kind !== 'text' && kind !== 'date';

function SortHead({
  name,
  by,
  sort,
  onSort,
  numeric = false,
  className = '',
}: {
  name: string;
  by: string;
  sort: BookSort;
  onSort: (key: string) => void;
  numeric?: boolean;
  className?: string;
}) {
  const on = sort.key === by;
  const Arrow = sort.down ? ArrowDown : ArrowUp;
  return (
    <Th numeric={numeric} className={className} aria-sort={on ? (sort.down ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        className={cn('inline-flex items-center gap-1 rounded-sm hover:text-ink', on && 'text-ink')}
        onClick={() => onSort(by)}
      >
        {name}
        {on && <Arrow size={12} aria-hidden />}
      </button>
    </Th>
  );
}

function RunCell({ run, onTag }: { run: BookRun; onTag: (tag: string) => void }) {
  const { t } = useText();
  const { project } = useProject();
  return (
    <span className="block py-1.5">
      <Link
        href={projectHref(project.id, `runs/${run.id}`)}
        className="font-medium break-words text-accent-text hover:underline"
      >
        {runWords(t, run)}
      </Link>
      {(run.tags.length > 0 || run.sweepId !== null || run.archivedAt !== null) && (
        <span className="mt-0.5 flex flex-wrap gap-1">
          {run.archivedAt !== null && <Badge tone="outline">{t('runbook.archived')}</Badge>}
          {run.sweepId !== null && (
            <Link
              href={projectHref(project.id, `runs?sweep=${run.sweepId}`)}
              aria-label={t('runbook.sweepOf', { run: runWords(t, run) })}
            >
              <Badge tone="outline">{t('runbook.sweep')}</Badge>
            </Link>
          )}
          {run.tags.map((tag) => (
            <button key={tag} type="button" aria-label={t('runbook.findTag', { tag })} onClick={() => onTag(tag)}>
              <Badge tone="accent">{tag}</Badge>
            </button>
          ))}
        </span>
      )}
    </span>
  );
}

function Value({ column, run, names }: { column: BookColumn; run: BookRun; names: SettingNames }) {
  const text = useText();
  if (column.key === 'status') return <RunStatusBadge status={run.status} />;
  const cell = cellOf(text, column, run, names);
  if (column.key === 'validation')
    return (
      <span className="inline-flex items-center gap-2">
        <ByRound run={run} />
        <Interval value={cell.number} interval={cell.interval} />
      </span>
    );
  return write(text, column.kind, cell);
}

function write({ t, format }: Spoken, kind: BookColumn['kind'], { text, number, interval }: Cell): ReactNode {
  if (number === null || text !== '') return text === '' ? <span className="text-faint">–</span> : text;
  switch (kind) {
    case 'count':
      return format.number(number);
    case 'share':
      return interval ? <Interval value={number} interval={interval} /> : format.percent(number);
    case 'points':
      return (
        <>
          {format.points(number)}
          {interval && (
            <span className="ml-1 text-[0.85em] text-muted">
              {t('runbook.pointsRange', { low: format.points(interval[0], 0), high: format.points(interval[1], 0) })}
            </span>
          )}
        </>
      );
    case 'seconds':
      return format.duration(number);
    case 'date':
      return <time dateTime={new Date(number).toISOString()}>{format.relative(new Date(number))}</time>;
    case 'text':
      return text;
  }
}

function ByRound({ run }: { run: BookRun }) {
  const { t, format } = useText();
  const measured = run.rounds.filter(
    ({ role, rolledBackAt, valCount }) => role !== 'control' && rolledBackAt === null && valCount > 0,
  );
  if (measured.length < 2) return null;
  return (
    <Sparkline
      width={48}
      values={measured.map(({ valAccuracy }) => valAccuracy)}
      label={t('runbook.overRounds', {
        count: measured.length,
        first: format.percent(measured[0]?.valAccuracy),
        last: format.percent(measured.at(-1)?.valAccuracy),
      })}
    />
  );
}
