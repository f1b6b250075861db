/** The table of runs: which figures stand for a run, its columns, their order and their CSV. */
import { chainLine } from '../chain/chain-words.ts';
import { formatCsvRow } from '../formats/csv.ts';
import { wilsonInterval } from '../math/statistics.ts';
import type { Interval } from '../math/statistics.ts';
import type { Standings } from '../round/verdict.ts';
import { chainOf } from '../run/chain-of.ts';
import type { RunConfig, Verdict } from '../run/learning.ts';
import { finalRound, isRunEnded, roundName } from '../run/run.ts';
import type { RoundPlace, RoundStage, RunStatus } from '../run/run.ts';
import { foldText } from '../text/search.ts';
import { differingSettings, settingsOf } from './settings.ts';
import type { SettingNames } from './settings.ts';

/** A measured round as the table needs it: no matrices, no thresholds. */
export interface BookRound extends RoundPlace {
  id: string;
  stage: RoundStage;
  verdict: Verdict | null;
  rolledBackAt: Date | null;
  standings: Standings | null;
  labeled: number;
  pseudo: number;
  valAccuracy: number;
  valInterval: Interval;
  valCount: number;
  calibrationError: number;
  testAccuracy: number | null;
  testCount: number | null;
}

export interface BookRun {
  id: string;
  number: number;
  name: string;
  tags: string[];
  /** Shared by runs that were started as one. */
  sweepId: string | null;
  status: RunStatus;
  config: RunConfig;
  createdByName: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  archivedAt: Date | null;
  /** Those that are measured, in their order. */
  rounds: BookRound[];
}

/**
 * The round whose figures stand for a run: its final model once it has ended, the newest measured one until then. Never
 * the best of all: the highest of several figures is higher than what it measures.
 */
export function speakingRound({ status, rounds }: Pick<BookRun, 'status' | 'rounds'>): BookRound | null {
  const standing = rounds.filter(({ role, rolledBackAt }) => role !== 'control' && rolledBackAt === null);
  return (isRunEnded(status) ? finalRound(standing) : null) ?? standing.at(-1) ?? null;
}

/** How a value is written: shares as percent, points signed, the rest as it is. */
export type CellKind = 'text' | 'count' | 'share' | 'points' | 'seconds' | 'date';

export interface Cell {
  text: string;
  /** What it sorts by and is written from; shares 0..1, times in s or ms. Null where there is none. */
  number: number | null;
  /** 95% interval of a figure. */
  interval: Interval | null;
}

export interface BookColumn {
  key: string;
  name: string;
  kind: CellKind;
  /** One of those that a table shows before anybody chooses. */
  first: boolean;
  cell: (run: BookRun) => Cell;
}

const NONE: Cell = { text: '', number: null, interval: null };
const words = (text: string | null): Cell => ({ text: text ?? '', number: null, interval: null });
const figure = (number: number | null | undefined, interval: Interval | null = null): Cell =>
  number === null || number === undefined ? NONE : { text: '', number, interval };

const ofRound =
  (read: (round: BookRound) => Cell) =>
  (run: BookRun): Cell => {
    const round = speakingRound(run);
    return round ? read(round) : NONE;
  };

/** Test was read once, on so many images: its interval follows. */
const testCell = ({ testAccuracy, testCount }: BookRound): Cell =>
  testAccuracy === null || !testCount
    ? NONE
    : figure(testAccuracy, wilsonInterval(Math.round(testAccuracy * testCount), testCount));

/** Columns of figures, the same for every project. The run itself stands before them. */
const figureColumns = (names: SettingNames): BookColumn[] => [
  { key: 'status', name: 'Status', kind: 'text', first: true, cell: ({ status }) => words(status) },
  {
    key: 'chain',
    name: 'Chain',
    kind: 'text',
    first: true,
    cell: ({ config }) => words(chainLine(chainOf(config), names.backbones)),
  },
  { key: 'round', name: 'Figures of', kind: 'text', first: false, cell: ofRound((round) => words(roundName(round))) },
  { key: 'labeled', name: 'Labels', kind: 'count', first: true, cell: ofRound(({ labeled }) => figure(labeled)) },
  { key: 'pseudo', name: 'Pseudo-labels', kind: 'count', first: false, cell: ofRound(({ pseudo }) => figure(pseudo)) },
  {
    key: 'validation',
    name: 'Validation accuracy',
    kind: 'share',
    first: true,
    // Nothing was labeled there: no figure, rather than the worst.
    cell: ofRound(({ valCount, valAccuracy, valInterval }) => (valCount > 0 ? figure(valAccuracy, valInterval) : NONE)),
  },
  { key: 'test', name: 'Test accuracy', kind: 'share', first: true, cell: ofRound(testCell) },
  {
    key: 'control',
    name: 'Over control, points',
    kind: 'points',
    first: true,
    cell: ofRound(({ standings }) => figure(standings?.control?.difference, standings?.control?.interval ?? null)),
  },
  {
    key: 'calibration',
    name: 'Calibration error',
    kind: 'share',
    first: false,
    cell: ofRound(({ valCount, calibrationError }) => (valCount > 0 ? figure(calibrationError) : NONE)),
  },
  {
    key: 'seconds',
    name: 'Time',
    kind: 'seconds',
    first: true,
    cell: ({ startedAt, endedAt }) =>
      figure(startedAt && endedAt ? (endedAt.getTime() - startedAt.getTime()) / 1000 : null),
  },
  {
    key: 'created',
    name: 'Started',
    kind: 'date',
    first: true,
    cell: ({ createdAt }) => figure(createdAt.getTime()),
  },
  { key: 'by', name: 'By', kind: 'text', first: false, cell: ({ createdByName }) => words(createdByName) },
];

/** Columns for these runs: figures, then every setting in which they differ. */
export function bookColumns(runs: readonly BookRun[], names: SettingNames): BookColumn[] {
  const settings = new Map(
    runs.map((run) => [run.id, new Map(settingsOf(run.config, names).map((one) => [one.key, one]))]),
  );
  const differing = differingSettings(
    runs.map(({ config }) => config),
    names,
  ).map(({ key, name }): BookColumn => ({
    key: `setting.${key}`,
    name,
    kind: 'text',
    first: false,
    cell: ({ id }) => {
      const found = settings.get(id)?.get(key);
      return found ? { text: found.value, number: found.number, interval: null } : NONE;
    },
  }));
  return [...figureColumns(names), ...differing];
}

export interface BookSort {
  /** A column's key, or `run` for the number. */
  key: string;
  down: boolean;
}

/**
 * Sorted by a column; what has no value stands last either way, and equals keep the newest first.
 * @param locale of the reader, for columns of words
 */
export function sortRuns(
  runs: readonly BookRun[],
  columns: readonly BookColumn[],
  { key, down }: BookSort,
  locale = 'en',
): BookRun[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const sign = down ? -1 : 1;
  const column = columns.find((one) => one.key === key);
  const newest = runs.toSorted((a, b) => b.number - a.number);
  if (!column) return down ? newest : newest.reverse();
  return newest
    .map((run) => ({ run, cell: column.cell(run) }))
    .sort(({ cell: a }, { cell: b }) => {
      if (a.number !== null || b.number !== null)
        return a.number === null ? 1 : b.number === null ? -1 : sign * (a.number - b.number);
      if (a.text === '' || b.text === '') return Number(a.text === '') - Number(b.text === '');
      return sign * compare(a.text, b.text);
    })
    .map(({ run }) => run);
}

/**
 * Those whose number, name, tag, chain or notes hold every word; an empty search finds all.
 * @param titleOf how a run is called where it is searched for, beside its English title
 */
export function searchRuns(
  runs: readonly BookRun[],
  search: string,
  titleOf: (run: BookRun) => string = () => '',
): BookRun[] {
  const wanted = foldText(search, 'en').split(/\s+/u).filter(Boolean);
  return runs.filter((run) => {
    const { number, name, tags, createdByName } = run;
    const text = `run ${number} ${name} ${titleOf(run)} ${tags.join(' ')} ${createdByName ?? ''}`;
    const folded = foldText(text, 'en');
    return wanted.every((word) => folded.includes(word));
  });
}

/**
 * The table as CSV: shares as fractions, points as fractions, times in seconds, dates in ISO 8601; a column of figures
 * is followed by the ends of its interval.
 */
export function bookCsv(runs: readonly BookRun[], columns: readonly BookColumn[]): string {
  const hasInterval = new Set(
    columns.filter(({ cell }) => runs.some((run) => cell(run).interval !== null)).map(({ key }) => key),
  );
  const unit = ({ kind, name }: BookColumn): string =>
    kind === 'seconds' ? `${name}, s` : kind === 'points' ? name.replace(', points', '') : name;
  const head = columns.flatMap((column) =>
    hasInterval.has(column.key)
      ? [unit(column), `${unit(column)}, 95% from`, `${unit(column)}, 95% to`]
      : [unit(column)],
  );
  const write = (column: BookColumn, { text, number }: Cell): string | number =>
    column.kind === 'date' && number !== null
      ? new Date(number).toISOString()
      : text !== '' || number === null
        ? text
        : Number(number.toPrecision(6));
  const rows = runs.map((run) => [
    run.number,
    run.name,
    run.tags.join('; '),
    ...columns.flatMap((column) => {
      const cell = column.cell(run);
      if (!hasInterval.has(column.key)) return [write(column, cell)];
      const ends = cell.interval?.map((end) => Number(end.toPrecision(6))) ?? ['', ''];
      return [write(column, cell), ...ends];
    }),
  ]);
  return [['Run', 'Name', 'Tags', ...head], ...rows].map(formatCsvRow).join('');
}
